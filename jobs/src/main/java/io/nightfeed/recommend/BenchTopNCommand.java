package io.nightfeed.recommend;

import static io.nightfeed.tables.Columns.*;

import io.nightfeed.config.Settings;
import io.nightfeed.recommend.TopN.Request;
import io.nightfeed.recommend.TopN.Scored;
import io.nightfeed.run.BenchCost;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.MeasuredFigures;
import io.nightfeed.run.PeakMemory;
import io.nightfeed.run.Sessions;
import io.nightfeed.tables.SparkFunctions;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.recommendation.ALSModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import scala.Tuple3;

/** Measures how fast everyone gets the best of all posts, beside Spark's ALS. */
@Command(
    name = "bench-topn",
    mixinStandardHelpOptions = true,
    description = {
      "Makes random users and posts, and the lists of all users with the engine that recommend"
          + " runs:",
      "behaviour, emotion, excluded posts; one row a user, as ALS gives them, and once more one row"
          + " a",
      "post with its reasons, as recommend does. In the same run Spark's"
          + " ALSModel.recommendForAllUsers makes",
      "lists by the dot product alone, from the same vectors, and ONNX Runtime multiplies the same",
      "matrices and does nothing with the product. Lists of some users are compared with scoring"
          + " and",
      "sorting everything. Prints one name=value line for each figure and writes the same as JSON;",
      "seconds are the least of the rounds."
    },
    footer = {"", "Example: nightfeed bench-topn --users 50000 --posts 50000 --rank 64 --top 100"})
public final class BenchTopNCommand implements Callable<Integer> {
  private static final StructType REQUESTS =
      new StructType()
          .add(USER_ID, DataTypes.StringType)
          .add(VECTOR, DataTypes.createArrayType(DataTypes.FloatType, false))
          .add(EMOTIONAL_STATE, DataTypes.createArrayType(DataTypes.FloatType, false))
          .add(CONFIDENCE, DataTypes.DoubleType)
          .add(EXCLUDED, DataTypes.createArrayType(DataTypes.IntegerType, false))
          .add(HISTORY, DataTypes.StringType)
          .add(HISTORY_TONE, DataTypes.StringType)
          .add(REMOVED_OWN, DataTypes.IntegerType)
          .add(REMOVED_REJECTED, DataTypes.IntegerType)
          .add(REMOVED_SEEN, DataTypes.IntegerType);

  private static final StructType FACTORS =
      new StructType()
          .add("id", DataTypes.IntegerType)
          .add("features", DataTypes.createArrayType(DataTypes.FloatType, false));

  /** Eight emotions and a constant, as the emotion vectors of the literal form have. */
  private static final int EMOTION_WIDTH = 9;

  private static final int EMOTIONS = 8;
  private static final int EXCLUDED_POSTS = 20;
  private static final int COMPARED_USERS = 200;

  @Spec private CommandSpec spec;

  @Option(names = "--users", defaultValue = "50000", description = "Default ${DEFAULT-VALUE}.")
  private int users;

  @Option(names = "--posts", defaultValue = "50000", description = "Default ${DEFAULT-VALUE}.")
  private int posts;

  @Option(names = "--rank", defaultValue = "64", description = "Default ${DEFAULT-VALUE}.")
  private int rank;

  @Option(names = "--top", defaultValue = "100", description = "Default ${DEFAULT-VALUE}.")
  private int top;

  @Option(
      names = "--rounds",
      defaultValue = "5",
      description = "Default ${DEFAULT-VALUE}; of ALS two at most.")
  private int rounds;

  @Option(
      names = "--json",
      defaultValue = "target/bench/topn.json",
      paramLabel = "FILE",
      description = "Where the figures go (default ${DEFAULT-VALUE}).")
  private Path json;

  private MeasuredFigures figures;
  private int cores;

  @Override
  public Integer call() throws Exception {
    if (Math.min(Math.min(users / 4, posts), Math.min(Math.min(rank, top), rounds)) < 1) {
      throw new JobFailure(
          ExitCode.USAGE,
          "--users must be 4 or more, and --posts, --rank, --top and --rounds 1 or more");
    }
    figures = new MeasuredFigures(spec.commandLine().getOut(), json);
    var userVectors = vectors(users, rank, 1, 0.2);
    var emotionVectors = withConstant(vectors(posts, EMOTION_WIDTH, 3, 0.5));
    var candidates =
        new Candidates(
            IntStream.range(0, posts).mapToObj("p%08d"::formatted).toArray(String[]::new),
            vectors(posts, rank, 2, 0.5),
            emotionVectors);
    try (var spark = Sessions.open("nightfeed bench-topn")) {
      cores = spark.sparkContext().defaultParallelism();
      figures.add("topn.users", users);
      figures.add("topn.posts", posts);
      measure(spark, candidates, userVectors);
    }
    return ExitCode.OK.status();
  }

  private void measure(SparkSession spark, Candidates candidates, float[][] userVectors)
      throws Exception {
    var context = new JavaSparkContext(spark.sparkContext());
    var facts =
        new PostFacts(
            IntStream.range(0, posts).mapToObj(candidates::postId).toArray(String[]::new),
            IntStream.range(0, posts).mapToObj(candidates::postId).toArray(String[]::new),
            new float[posts][EMOTIONS],
            new double[posts]);
    var topN = context.broadcast(new TopN(new PostBlock(0, candidates, facts), top));
    var inOrder =
        new Reranking(
            BestPosts.NONE.vectors(),
            rank,
            BestPosts.NONE.facts(),
            new Settings.Reranking(1, top, 0, 0, 0, 0, 0, -2, -1),
            top,
            LocalDate.EPOCH,
            new ToneSum(-2));
    var model =
        new ScoringModel(
            "bench", rank, null, new float[rank], null, null, BenchTopNCommand::withConstant);
    var figuresOfLists = RerankingFigures.in(spark.sparkContext());
    var scoring = new Scoring(topN, model);
    var withReasons = new Lists(scoring, posts, inOrder, figuresOfLists, rank);
    var all = requests(spark, userVectors);
    var quarter = requests(spark, Arrays.copyOf(userVectors, users / 4));
    var everyone = lists(all, scoring);
    var fewer = lists(quarter, scoring);
    var explained = all.mapPartitions(withReasons, SparkFunctions.rowEncoder(Lists.SCHEMA));
    double seconds;
    try (var matrices = new MatrixProduct(userVectors, rows(candidates.vectors()));
        var memory = PeakMemory.watchQuietly()) {
      var least =
          leastInTurn(
              rounds,
              () -> write(everyone),
              () -> write(fewer),
              () -> {
                matrices.multiply(cores);
                return matrices;
              });
      seconds = least[0];
      figures.add("topn.heap_mb", memory.heapMegabytes());
      figures.add("topn.seconds", seconds);
      figures.add("topn.million_pairs_per_second", 1e-6 * users * posts / seconds);
      figures.add("topn.scaling_4x", seconds / least[1]);
      figures.add("topn.sgemm_gflops", 2e-9 * users * posts * rank / least[2]);
      figures.add("topn.ratio_sgemm", least[2] / seconds);
    }
    figures.add("topn.seconds_with_reasons", leastInTurn(rounds, () -> write(explained))[0]);
    figures.add("topn.compared_lists", compare(topN.value(), candidates, userVectors));
    var als =
        new ALSModel(
            "bench", rank, factors(spark, userVectors), factors(spark, rows(candidates.vectors())));
    als.setUserCol("user").setItemCol("item");
    var alsSeconds =
        leastInTurn(Math.min(rounds, 2), () -> write(als.recommendForAllUsers(top)))[0];
    figures.add("topn.als_seconds", alsSeconds);
    figures.add("topn.ratio_als", alsSeconds / seconds);
  }

  /** One row a user, as ALS gives them: the user, posts and scores. */
  private static Dataset<Tuple3<String, int[], double[]>> lists(
      Dataset<Row> requests, Scoring scoring) {
    var arrays = requests.sparkSession().implicits();
    MapPartitionsFunction<Row, Tuple3<String, int[], double[]>> lists =
        users -> Scoring.together(users, block -> lists(block, scoring.scored(block)));
    return requests.mapPartitions(
        lists,
        Encoders.tuple(
            Encoders.STRING(), arrays.newIntArrayEncoder(), arrays.newDoubleArrayEncoder()));
  }

  private static List<Tuple3<String, int[], double[]>> lists(
      List<Row> users, List<List<Scored>> best) {
    return IntStream.range(0, users.size())
        .mapToObj(
            i ->
                Tuple3.apply(
                    users.get(i).getString(0),
                    best.get(i).stream().mapToInt(Scored::candidate).toArray(),
                    best.get(i).stream().mapToDouble(Scored::score).toArray()))
        .toList();
  }

  /** What is compared takes turns, for the machine may be slower now and then. */
  private static double[] leastInTurn(int rounds, Callable<?>... works) throws Exception {
    var least = new double[works.length];
    Arrays.fill(least, Double.POSITIVE_INFINITY);
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < works.length; i++) {
        least[i] = Math.min(least[i], BenchCost.of(works[i]).seconds());
      }
    }
    return least;
  }

  private static Object write(Dataset<?> rows) {
    rows.write().format("noop").mode("overwrite").save();
    return rows;
  }

  /** How many lists are the same as by the definition. */
  private int compare(TopN topN, Candidates candidates, float[][] userVectors) {
    var random = new SplittableRandom(4);
    var compared = IntStream.range(0, COMPARED_USERS).map(i -> random.nextInt(users)).toArray();
    var requests =
        Arrays.stream(compared)
            .mapToObj(
                user ->
                    new Request(
                        userVectors[user], withConstant(state(user)), excluded(user), List.of()))
            .toList();
    var lists = topN.best(requests);
    for (int i = 0; i < compared.length; i++) {
      var found = lists.get(i).stream().map(Scored::candidate).toList();
      var expected = byDefinition(candidates, requests.get(i));
      if (!found.equals(expected)) {
        throw new JobFailure(
            ExitCode.FAILED,
            "The list of user %d is %s, by scoring everything it is %s"
                .formatted(compared[i], found, expected));
      }
    }
    return compared.length;
  }

  private List<Integer> byDefinition(Candidates candidates, Request request) {
    var scores = new double[candidates.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] =
          StrictMath.exp(dot(request.vector(), candidates.vectors(), i))
              + StrictMath.exp(dot(request.emotionVector(), candidates.emotionVectors(), i));
    }
    return IntStream.range(0, scores.length)
        .filter(i -> Arrays.binarySearch(request.excluded(), i) < 0)
        .boxed()
        .sorted(Comparator.<Integer>comparingDouble(i -> -scores[i]).thenComparing(i -> i))
        .limit(top)
        .toList();
  }

  private static double dot(float[] user, VectorBlock items, int item) {
    double sum = 0;
    for (int k = 0; k < user.length; k++) {
      sum += (double) user[k] * items.values()[item * items.width() + k];
    }
    return sum;
  }

  private Dataset<Row> requests(SparkSession spark, float[][] userVectors) {
    var rows = new ArrayList<Row>();
    for (int user = 0; user < userVectors.length; user++) {
      rows.add(
          RowFactory.create(
              "u%08d".formatted(user),
              userVectors[user],
              state(user),
              1.0,
              excluded(user),
              null,
              null,
              null,
              null,
              null));
    }
    var requests = spark.createDataFrame(rows, REQUESTS).repartition(8 * cores).cache();
    requests.count();
    return requests;
  }

  private int[] excluded(int user) {
    return new SplittableRandom(user).ints(EXCLUDED_POSTS, 0, posts).sorted().distinct().toArray();
  }

  private static float[] state(int user) {
    return vectors(1, EMOTIONS, user, 0.3)[0];
  }

  /** The emotion exponent's constant, as b_E: mood adds a tenth or so to taste. */
  private static float[] withConstant(float[] state) {
    var vector = Arrays.copyOf(state, EMOTION_WIDTH);
    vector[EMOTION_WIDTH - 1] = 1;
    return vector;
  }

  private static float[][] withConstant(float[][] vectors) {
    for (var vector : vectors) {
      vector[EMOTION_WIDTH - 1] = -2;
    }
    return vectors;
  }

  private static Dataset<Row> factors(SparkSession spark, float[][] vectors) {
    var rows = new ArrayList<Row>();
    for (int i = 0; i < vectors.length; i++) {
      rows.add(RowFactory.create(i, vectors[i]));
    }
    var factors = spark.createDataFrame(rows, FACTORS).cache();
    factors.count();
    return factors;
  }

  private static float[][] rows(VectorBlock block) {
    return IntStream.range(0, block.count())
        .mapToObj(
            i -> Arrays.copyOfRange(block.values(), i * block.width(), (i + 1) * block.width()))
        .toArray(float[][]::new);
  }

  private static float[][] vectors(int count, int width, long seed, double scale) {
    var random = new SplittableRandom(seed);
    var vectors = new float[count][width];
    for (var vector : vectors) {
      for (int k = 0; k < width; k++) {
        vector[k] = (float) (scale * random.nextGaussian());
      }
    }
    return vectors;
  }
}
