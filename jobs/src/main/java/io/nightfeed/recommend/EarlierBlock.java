package io.nightfeed.recommend;

import static io.nightfeed.tables.Columns.BEST;

import io.nightfeed.tables.SparkFunctions;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** A block of posts that others follow: users go through it and carry their best on. */
final class EarlierBlock implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  private final Scoring scoring;

  private EarlierBlock(Scoring scoring) {
    this.scoring = scoring;
  }

  /**
   * Done, and the block gone from memory, on return.
   *
   * @param users as {@link Scoring#best} takes them, in partitions of their own
   * @param topN of the block
   * @return the users with their best so far, on the executors until nobody refers to them
   */
  static Dataset<Row> carry(Dataset<Row> users, TopN topN, ScoringModel model) {
    var spark = new JavaSparkContext(users.sparkSession().sparkContext());
    var broadcast = spark.broadcast(topN);
    try {
      // Without what it was made from, which refers to the block.
      return users
          .mapPartitions(
              new EarlierBlock(new Scoring(broadcast, model)),
              SparkFunctions.rowEncoder(with(users)))
          .localCheckpoint();
    } finally {
      broadcast.destroy();
    }
  }

  private static StructType with(Dataset<Row> users) {
    return users.drop(BEST).schema().add(BEST, BestPosts.TYPE, false);
  }

  @Override
  public Iterator<Row> call(Iterator<Row> users) {
    return Scoring.together(users, this::carry);
  }

  private List<Row> carry(List<Row> users) {
    var best = scoring.best(users);
    return IntStream.range(0, users.size())
        .mapToObj(i -> withBest(users.get(i), best.get(i)))
        .toList();
  }

  /** The last column, which a user of the first block lacks. */
  private static Row withBest(Row user, BestPosts best) {
    boolean carries = Arrays.asList(user.schema().fieldNames()).contains(BEST);
    int columns = user.size() - (carries ? 1 : 0);
    var values = new Object[columns + 1];
    for (int i = 0; i < columns; i++) {
      values[i] = user.get(i);
    }
    values[columns] = best.rows();
    return RowFactory.create(values);
  }
}
