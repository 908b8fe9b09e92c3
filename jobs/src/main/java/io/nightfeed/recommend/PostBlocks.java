package io.nightfeed.recommend;

import static io.nightfeed.tables.Columns.*;
import static io.nightfeed.tables.SparkFunctions.unix_micros;
import static org.apache.spark.sql.functions.col;

import io.nightfeed.interest.Floats;
import io.nightfeed.lake.History;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/** All candidates: their ids in memory, the rest on the executors, to be had block by block. */
final class PostBlocks implements AutoCloseable {
  private static final double MICROSECONDS_PER_DAY = 86_400e6;
  private static final StructType ID = new StructType().add(POST_ID, DataTypes.StringType, false);

  private final Dataset<Row> posts;
  private final String[] postIds;
  private final int postsPerBlock;

  private PostBlocks(Dataset<Row> posts, int postsPerBlock) {
    this.posts = posts;
    this.postsPerBlock = postsPerBlock;
    postIds =
        posts.select(POST_ID).collectAsList().stream()
            .map(row -> row.getString(0))
            .sorted()
            .toArray(String[]::new);
  }

  /**
   * @param posts post and author ids, and when each was written
   * @param items see {@link ScoringModel#items}; posts that it lacks are left out
   * @param runDate at whose end posts' ages are taken
   * @param postsPerBlock at most
   */
  static PostBlocks of(
      Dataset<Row> posts, Dataset<Row> items, LocalDate runDate, int postsPerBlock) {
    var age =
        unix_micros(History.endOf(runDate))
            .minus(unix_micros(col(CREATED_AT)))
            .divide(MICROSECONDS_PER_DAY);
    var candidates =
        posts
            .select(col(POST_ID), col(AUTHOR_ID), age.as(AGE_DAYS))
            .join(items, POST_ID)
            .select(POST_ID, AUTHOR_ID, AGE_DAYS, VECTOR, EMOTION_VECTOR, CONTENT_EMOTIONS)
            .persist(StorageLevel.MEMORY_AND_DISK());
    return new PostBlocks(candidates, postsPerBlock);
  }

  /** Ids of all candidates, in the order of their numbers. */
  String[] postIds() {
    return postIds;
  }

  int size() {
    return postIds.length;
  }

  /** How many blocks there are. */
  int count() {
    return (size() + postsPerBlock - 1) / postsPerBlock;
  }

  /** Brings a block into memory; blocks count from 0. */
  PostBlock block(int number) {
    int from = number * postsPerBlock;
    var ids = Arrays.copyOfRange(postIds, from, Math.min(size(), from + postsPerBlock));
    var rows = new ArrayList<>(of(ids).collectAsList());
    rows.sort((left, right) -> left.getString(0).compareTo(right.getString(0)));
    return new PostBlock(
        from,
        new Candidates(
            ids,
            rows.stream().map(row -> Floats.of(row, VECTOR)).toArray(float[][]::new),
            rows.stream().map(row -> Floats.of(row, EMOTION_VECTOR)).toArray(float[][]::new)),
        new PostFacts(
            ids,
            rows.stream().map(row -> row.getString(1)).toArray(String[]::new),
            rows.stream().map(row -> Floats.of(row, CONTENT_EMOTIONS)).toArray(float[][]::new),
            rows.stream().mapToDouble(row -> row.getDouble(2)).toArray()));
  }

  private Dataset<Row> of(String[] ids) {
    if (ids.length == size()) {
      return posts;
    }
    var wanted = Arrays.stream(ids).map(id -> RowFactory.create(id)).toList();
    return posts.join(
        posts.sparkSession().createDataFrame(wanted, ID), new String[] {POST_ID}, "left_semi");
  }

  @Override
  public void close() {
    posts.unpersist();
  }
}
