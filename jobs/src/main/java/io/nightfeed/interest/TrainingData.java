package io.nightfeed.interest;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * The rows of a fit as its algorithms read them: posts numbered by their place in the sorted
 * catalogue, users grouped into a fixed number of blocks by a hash of their ids. One partition is
 * one block, and nothing in it depends on how the input was partitioned or sorted.
 *
 * @param posts post ids, ascending; the place of a post is its <em>item</em> number everywhere
 * @param authors author of each post, null where unknown
 * @param contentEmotions a_c of each post, eight emotions
 * @param embedded per block, the embeddings of its posts by encoder
 * @param users per block, its users' histories by user id
 * @param totals sums over all histories
 */
record TrainingData(
    String[] posts,
    String[] authors,
    float[][] contentEmotions,
    JavaRDD<List<EncodedPosts>> embedded,
    JavaRDD<List<UserHistory>> users,
    Totals totals) {

  /**
   * What the histories add up to.
   *
   * @param users users with at least one row about a known post
   * @param interactions rows about known posts
   * @param engagement sum of engagements
   * @param successes sum of engagements, at most one per impression
   * @param exposure sum of impressions, sampled negatives included
   * @param touched items with at least one row
   * @param passedBy logged rows without engagement: what was shown and left alone
   */
  record Totals(
      long users,
      long interactions,
      double engagement,
      double successes,
      double exposure,
      BitSet touched,
      long passedBy)
      implements Serializable {

    /** The logs say what people chose, but not from what. */
    boolean isEngagementAlone() {
      return passedBy == 0;
    }
  }

  /**
   * Numbers the posts and groups the rows.
   *
   * @param catalogue columns post_id, author_id, encoder, embedding, content_emotions
   * @param interactions columns user_id, post_id, engagement, exposure, emotional_state,
   *     is_held_out; rows about posts that the catalogue lacks and those held out are left out
   */
  static TrainingData of(
      Dataset<Row> catalogue, Dataset<Row> interactions, Hyperparameters parameters) {
    var rows = catalogue.select(POST_ID, CONTENT_EMOTIONS, AUTHOR_ID).sort(POST_ID).collectAsList();
    var posts = rows.stream().map(row -> row.getString(0)).toArray(String[]::new);
    var authors = rows.stream().map(row -> row.getString(2)).toArray(String[]::new);
    var emotions = rows.stream().map(row -> floats(row, 1)).toArray(float[][]::new);
    var numbers = itemNumbers(catalogue, posts, parameters.blocks());
    var logged = groupByUser(interactions, numbers, parameters.blocks());
    var touched = totals(logged.map(TrainingData::kept)).touched().stream().toArray();
    var users = logged.map(block -> completed(block, touched, parameters));
    users.persist(StorageLevel.MEMORY_AND_DISK());
    var totals = totals(users);
    logged.unpersist();
    return new TrainingData(
        posts,
        authors,
        emotions,
        groupByEncoder(catalogue, numbers, parameters.blocks()),
        users,
        totals);
  }

  /** Drops the cached rows. */
  void unpersist() {
    users.unpersist();
    embedded.unpersist();
  }

  private static Dataset<Row> itemNumbers(Dataset<Row> catalogue, String[] posts, int blocks) {
    var spark = catalogue.sparkSession();
    var rows =
        IntStream.range(0, posts.length).mapToObj(i -> RowFactory.create(posts[i], i)).toList();
    var schema = new StructType().add(POST_ID, StringType).add(ITEM, IntegerType);
    return spark.createDataFrame(
        JavaSparkContext.fromSparkContext(spark.sparkContext()).parallelize(rows, blocks), schema);
  }

  private static JavaRDD<List<EncodedPosts>> groupByEncoder(
      Dataset<Row> catalogue, Dataset<Row> numbers, int blocks) {
    return catalogue
        .where(col(EMBEDDING).isNotNull())
        .join(broadcast(numbers), POST_ID)
        .select(ENCODER, ITEM, EMBEDDING)
        .repartition(blocks, col(ITEM))
        .sortWithinPartitions(ENCODER, ITEM)
        .toJavaRDD()
        .mapPartitions(rows -> List.of(groups(rows, TrainingData::encodedPosts)).iterator())
        .persist(StorageLevel.MEMORY_AND_DISK());
  }

  private static EncodedPosts encodedPosts(List<Row> group) {
    return new EncodedPosts(
        group.get(0).getString(0),
        group.stream().mapToInt(row -> row.getInt(1)).toArray(),
        group.stream().map(row -> floats(row, 2)).toArray(float[][]::new));
  }

  /**
   * @param kept without what is held out
   * @param heldOut items, which are no negatives either
   */
  private record Logged(UserHistory kept, int[] heldOut) implements Serializable {}

  private static List<UserHistory> kept(List<Logged> block) {
    return block.stream().map(Logged::kept).toList();
  }

  private static JavaRDD<List<Logged>> groupByUser(
      Dataset<Row> interactions, Dataset<Row> numbers, int blocks) {
    return interactions
        .join(broadcast(numbers), POST_ID)
        .select(USER_ID, ITEM, ENGAGEMENT, EXPOSURE, EMOTIONAL_STATE, IS_HELD_OUT)
        .repartition(blocks, col(USER_ID))
        .sortWithinPartitions(USER_ID, ITEM, ENGAGEMENT, EXPOSURE, EMOTIONAL_STATE)
        .toJavaRDD()
        .mapPartitions(rows -> List.of(logged(rows)).iterator())
        .persist(StorageLevel.MEMORY_AND_DISK());
  }

  /** One result per run of rows with the same first column. */
  private static <T> List<T> groups(Iterator<Row> rows, Function<List<Row>, T> result) {
    var results = new ArrayList<T>();
    var group = new ArrayList<Row>();
    while (rows.hasNext()) {
      var row = rows.next();
      if (!group.isEmpty() && !group.get(0).getString(0).equals(row.getString(0))) {
        results.add(result.apply(group));
        group.clear();
      }
      group.add(row);
    }
    if (!group.isEmpty()) {
      results.add(result.apply(group));
    }
    return results;
  }

  /** Users of whom anything is kept. */
  private static List<Logged> logged(Iterator<Row> rows) {
    return groups(rows, TrainingData::logged).stream()
        .filter(user -> user.kept().size() > 0)
        .toList();
  }

  private static Logged logged(List<Row> group) {
    return new Logged(
        history(
            group.get(0).getString(0), group.stream().filter(row -> !row.getBoolean(5)).toList()),
        group.stream().filter(row -> row.getBoolean(5)).mapToInt(row -> row.getInt(1)).toArray());
  }

  private static UserHistory history(String user, List<Row> group) {
    return new UserHistory(
        user,
        group.stream().mapToInt(row -> row.getInt(1)).toArray(),
        group.stream().mapToDouble(row -> row.getDouble(2)).toArray(),
        group.stream().mapToDouble(row -> row.getDouble(3)).toArray(),
        group.stream().map(row -> floats(row, 4)).toArray(float[][]::new),
        group.size());
  }

  private static List<UserHistory> completed(
      List<Logged> block, int[] touched, Hyperparameters parameters) {
    return block.stream()
        .map(
            user ->
                user.kept().lacksNegatives() && parameters.sampledNegatives() > 0
                    ? user.kept()
                        .withSampledNegatives(
                            touched,
                            user.heldOut(),
                            parameters.sampledNegatives(),
                            parameters.seed())
                    : user.kept())
        .toList();
  }

  private static Totals totals(JavaRDD<List<UserHistory>> users) {
    long people = 0;
    long interactions = 0;
    double engagement = 0;
    double successes = 0;
    double exposure = 0;
    long passedBy = 0;
    var touched = new BitSet();
    for (var part : users.map(TrainingData::blockTotals).collect()) {
      people += part.users();
      interactions += part.interactions();
      engagement += part.engagement();
      successes += part.successes();
      exposure += part.exposure();
      touched.or(part.touched());
      passedBy += part.passedBy();
    }
    return new Totals(people, interactions, engagement, successes, exposure, touched, passedBy);
  }

  private static Totals blockTotals(List<UserHistory> block) {
    long interactions = 0;
    double engagement = 0;
    double successes = 0;
    double exposure = 0;
    long passedBy = 0;
    var touched = new BitSet();
    for (var user : block) {
      interactions += user.logged();
      for (int row = 0; row < user.logged(); row++) {
        passedBy += user.engagement()[row] > 0 ? 0 : 1;
      }
      for (int row = 0; row < user.size(); row++) {
        touched.set(user.items()[row]);
        engagement += user.engagement()[row];
        successes += user.cappedRate(row) * user.exposure()[row];
        exposure += user.exposure()[row];
      }
    }
    return new Totals(
        block.size(), interactions, engagement, successes, exposure, touched, passedBy);
  }

  /** An array&lt;float&gt; column; zeros of the emotions' length when null. */
  private static float[] floats(Row row, int column) {
    return row.isNullAt(column) ? new float[Intensities.EMOTIONS] : Floats.of(row.getSeq(column));
  }
}
