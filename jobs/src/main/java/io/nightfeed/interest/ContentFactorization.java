package io.nightfeed.interest;

import static java.lang.Math.sqrt;

import io.nightfeed.interest.ContentHeads.ItemVectors;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Learns the content vectors v_c: implicit alternating least squares (Hu, Koren and Volinsky 2008)
 * whose item factors are drawn towards a head on the content's embedding (collaborative topic
 * regression, Wang and Blei 2011, with a linear head in closed form). With m the mean engagement
 * rate, it minimises
 *
 * <pre>
 *   Σ_{all u,c} a_uc (t_uc - w_u·v_c - s_u)² + λ_u Σ_u |(w_u, s_u) - mean|²
 *                                            + λ_v Σ_c |v_c - head(x_c)|² + λ_h |H|²
 *   t_uc = min(engagement/exposure, 1) / m      the engagement rate relative to the mean; 0 if unseen
 *   a_uc = m · (exposure + unobservedWeight)    in expected engagements
 * </pre>
 *
 * by turns: users, items, heads. An impression without engagement is thus evidence for 0 like one
 * with engagement is for 1/m, and the weights, being expected engagements, are on the scale of a
 * Poisson likelihood's information. The priors are on that scale, too: λ_u = userRegularization;
 * λ_v = rank · itemRegularization, so that itemRegularization is the inverse of an offset's prior
 * squared length; ridge λ_h/λ_v = headRegularization/itemRegularization. The all-pairs term costs
 * one Gramian per side.
 *
 * <p>Posts that nobody touched take no part: their offset is 0 and their v_c the head's prediction.
 * Users' factors stay distributed, a matrix per block; the catalogue's vectors are collected and
 * broadcast (4 · rank bytes per post: 128 MB for a million posts at rank 32). A catalogue far
 * beyond that needs them streamed by blocks, as Spark's ALS does.
 */
final class ContentFactorization {
  /** Root mean square of a coordinate's initial offset, against 1/sqrt(rank) of the vectors. */
  private static final double INITIAL_NOISE = 0.1;

  /** What both sides' normal equations share. */
  private record Weights(double meanRate, double everyPair) implements Serializable {
    double of(double exposure) {
      return meanRate * exposure;
    }

    double relative(double cappedRate) {
      return cappedRate / meanRate;
    }
  }

  /** Over all users: sum of w wᵀ with right side sum of s·w; sum of (w, s); number of users. */
  private record UserSums(NormalEquations gramian, double[] sum, long count)
      implements Serializable {}

  /** Some items' vectors and the sum of the data's information about them. */
  private record SolvedBlock(ItemVectors items, NormalEquations information)
      implements Serializable {}

  /** All items' vectors and the mean of the data's information about a touched one. */
  private record SolvedItems(FactorMatrix items, NormalEquations information) {}

  private final TrainingData data;
  private final Hyperparameters parameters;
  private final int rank;
  private final Weights weights;
  private final JavaSparkContext context;

  private ContentFactorization(TrainingData data, Hyperparameters parameters) {
    this.data = data;
    this.parameters = parameters;
    this.rank = parameters.rank();
    double meanRate = data.totals().successes() / data.totals().exposure();
    this.weights = new Weights(meanRate, meanRate * parameters.unobservedWeight());
    this.context = JavaSparkContext.fromSparkContext(data.users().context());
  }

  /**
   * v_c of every post, in the catalogue's order, centred on the touched posts and scaled to mean
   * squared length one there.
   */
  static FactorMatrix contentVectors(TrainingData data, Hyperparameters parameters) {
    return new ContentFactorization(data, parameters).run();
  }

  private FactorMatrix run() {
    double headRidge = parameters.headRegularization() / parameters.itemRegularization();
    var links = itemLinks();
    var heads = ContentHeads.initial(data, rank);
    var predictions = heads.predict(data.posts().length);
    var items = withInitialOffsets(predictions);
    double[] prior = new double[rank + 1];
    prior[rank] = 1;
    UserSums sums = null;
    for (int iteration = 0; iteration < parameters.iterations(); iteration++) {
      var users = solveUsers(items, prior);
      sums = userSums(users);
      for (int j = 0; j <= rank; j++) {
        prior[j] = sums.sum()[j] / sums.count();
      }
      var solved = solveItems(links, users, sums, predictions);
      users.unpersist();
      items = solved.items();
      heads = heads.refit(items, predictions, solved.information(), precision(), headRidge);
      predictions = heads.predict(data.posts().length);
      copyUntouched(predictions, items);
    }
    links.unpersist();
    heads.unpersist();
    return standardized(items, sums);
  }

  /** Small hashed offsets, so that posts without a text can tell users apart, too. */
  private FactorMatrix withInitialOffsets(FactorMatrix predictions) {
    var items = new FactorMatrix(rank, predictions.values().clone());
    double bound = INITIAL_NOISE * sqrt(3.0 / rank);
    data.totals().touched().stream()
        .forEach(
            item -> {
              var random =
                  new SplittableRandom(parameters.seed() ^ UserHistory.hash64(data.posts()[item]));
              for (int j = 0; j < rank; j++) {
                items.set(item, j, items.get(item, j) + random.nextDouble(-bound, bound));
              }
            });
    return items;
  }

  // Users

  private JavaRDD<FactorMatrix> solveUsers(FactorMatrix items, double[] prior) {
    var withLevel = items.append(1);
    var everyPair = new NormalEquations(rank + 1);
    var v = new double[rank + 1];
    for (int item = 0; item < withLevel.rows(); item++) {
      withLevel.copyRow(item, v);
      everyPair.add(v, weights.everyPair(), 0);
    }
    everyPair.addPrior(parameters.userRegularization(), prior);
    var shared = context.broadcast(withLevel);
    var sharedSystem = context.broadcast(everyPair);
    var scale = weights;
    return data.users()
        .map(block -> solveUsers(block, shared.value(), sharedSystem.value(), scale))
        .persist(StorageLevel.MEMORY_AND_DISK());
  }

  private static FactorMatrix solveUsers(
      List<UserHistory> block, FactorMatrix items, NormalEquations everyPair, Weights weights) {
    var users = FactorMatrix.zeros(block.size(), items.columns());
    var v = new double[items.columns()];
    for (int user = 0; user < block.size(); user++) {
      var history = block.get(user);
      var system = everyPair.copy();
      for (int row = 0; row < history.size(); row++) {
        double weight = weights.of(history.exposure()[row]);
        double target = weights.relative(history.cappedRate(row));
        items.copyRow(history.items()[row], v);
        system.add(v, weight, (weight + weights.everyPair()) * target);
      }
      users.setRow(user, system.solve());
    }
    return users;
  }

  private UserSums userSums(JavaRDD<FactorMatrix> users) {
    int columns = rank;
    var gramian = new NormalEquations(rank);
    var sum = new double[rank + 1];
    long count = 0;
    for (var part : users.map(block -> userSums(block, columns)).collect()) {
      gramian.add(part.gramian());
      for (int j = 0; j <= rank; j++) {
        sum[j] += part.sum()[j];
      }
      count += part.count();
    }
    return new UserSums(gramian, sum, count);
  }

  private static UserSums userSums(FactorMatrix users, int rank) {
    var gramian = new NormalEquations(rank);
    var sum = new double[rank + 1];
    var w = new double[rank + 1];
    for (int user = 0; user < users.rows(); user++) {
      users.copyRow(user, w);
      gramian.add(w, 1, w[rank]);
      for (int j = 0; j <= rank; j++) {
        sum[j] += w[j];
      }
    }
    return new UserSums(gramian, sum, users.rows());
  }

  // Items

  /** The rows again, by post: one element per block of items. */
  private JavaRDD<ItemLinks> itemLinks() {
    int blocks = parameters.blocks();
    var scale = weights;
    return data.users()
        .mapPartitionsWithIndex(
            (source, histories) ->
                ItemLinks.split(source, histories.next(), blocks, scale::of, scale::relative),
            true)
        .mapToPair(links -> new Tuple2<>(links.block(), links))
        .partitionBy(new HashPartitioner(blocks))
        .values()
        .mapPartitions(parts -> List.of(ItemLinks.merge(parts)).iterator())
        .persist(StorageLevel.MEMORY_AND_DISK());
  }

  private SolvedItems solveItems(
      JavaRDD<ItemLinks> links,
      JavaRDD<FactorMatrix> users,
      UserSums sums,
      FactorMatrix predictions) {
    var everyPair = sums.gramian().copy();
    everyPair.scale(weights.everyPair());
    everyPair.negateRightSide();
    var sharedSystem = context.broadcast(everyPair);
    var sharedPriors = context.broadcast(predictions);
    var scale = weights;
    double precision = precision();
    var items = new FactorMatrix(rank, predictions.values().clone());
    var information = new NormalEquations(rank);
    var parts =
        links
            .zipPartitions(
                toEveryItemBlock(users),
                (mine, factors) ->
                    List.of(
                            solveItems(
                                mine.next(),
                                ordered(factors),
                                sharedSystem.value(),
                                sharedPriors.value(),
                                precision,
                                scale))
                        .iterator())
            .collect();
    for (var part : parts) {
      part.items().copyInto(items);
      information.add(part.information());
    }
    information.scale(1.0 / data.totals().touched().cardinality());
    return new SolvedItems(items, information);
  }

  private double precision() {
    return rank * parameters.itemRegularization();
  }

  /** A copy of every user block's factors for every block of items. */
  private JavaRDD<Tuple2<Integer, FactorMatrix>> toEveryItemBlock(JavaRDD<FactorMatrix> users) {
    int blocks = parameters.blocks();
    return users
        .mapPartitionsWithIndex(
            (source, factors) -> {
              var message = new Tuple2<>(source, factors.next());
              return IntStream.range(0, blocks)
                  .mapToObj(target -> new Tuple2<>(target, message))
                  .iterator();
            },
            true)
        .mapToPair(message -> message)
        .partitionBy(new HashPartitioner(blocks))
        .values();
  }

  private static FactorMatrix[] ordered(Iterator<Tuple2<Integer, FactorMatrix>> parts) {
    var list = new TreeMap<Integer, FactorMatrix>();
    parts.forEachRemaining(part -> list.put(part._1(), part._2()));
    return list.values().toArray(FactorMatrix[]::new);
  }

  private static SolvedBlock solveItems(
      ItemLinks links,
      FactorMatrix[] users,
      NormalEquations everyPair,
      FactorMatrix priors,
      double precision,
      Weights weights) {
    int rank = priors.columns();
    int[] items = links.distinctItems();
    var solved = FactorMatrix.zeros(items.length, rank);
    var w = new double[rank + 1];
    var prior = new double[rank];
    var information = new NormalEquations(rank);
    int link = 0;
    for (int i = 0; i < items.length; i++) {
      var system = everyPair.copy();
      for (; link < links.size() && links.items()[link] == items[i]; link++) {
        double weight = links.weights()[link];
        double target = links.targets()[link];
        users[links.userBlocks()[link]].copyRow(links.users()[link], w);
        system.add(w, weight, (weight + weights.everyPair()) * target - weight * w[rank]);
      }
      information.add(system);
      priors.copyRow(items[i], prior);
      system.addPrior(precision, prior);
      solved.setRow(i, system.solve());
    }
    return new SolvedBlock(new ItemVectors(items, solved), information);
  }

  private void copyUntouched(FactorMatrix predictions, FactorMatrix items) {
    var touched = data.totals().touched();
    for (int item = 0; item < items.rows(); item++) {
      if (!touched.get(item)) {
        items.setRow(item, predictions, item);
      }
    }
  }

  /**
   * Content vectors whose coordinates are principal directions of taste, each as long as users
   * differ in it: v̂ = Λ^½ Qᵀ (v - mean) with Q Λ Qᵀ the covariance of the users' factors. A prior
   * that treats all coordinates alike then expects of each pair of posts the similarity that users
   * have shown.
   */
  private FactorMatrix standardized(FactorMatrix items, UserSums sums) {
    var covariance = sums.gramian().copy();
    covariance.add(sums.sum(), -1.0 / sums.count(), 0);
    var taste = covariance.leadingEigenpairs(rank);
    int[] touched = data.totals().touched().stream().toArray();
    var mean = items.mean(touched);
    var rotated = FactorMatrix.zeros(items.rows(), rank);
    var v = new double[rank];
    for (int item = 0; item < items.rows(); item++) {
      items.copyRow(item, v);
      for (int j = 0; j < rank; j++) {
        double coordinate = 0;
        for (int i = 0; i < rank; i++) {
          coordinate += taste.vectors()[j * rank + i] * (v[i] - mean[i]);
        }
        rotated.set(item, j, coordinate * sqrt(Math.max(0, taste.values()[j])));
      }
    }
    return rotated.scaledToLengthOne(touched);
  }
}
