package io.nightfeed.interest;

import io.nightfeed.interest.ContentHeads.ItemVectors;
import io.nightfeed.interest.Taste.UserTaste;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;

/**
 * Learns taste from engagements alone, as logs without impressions hold them: implicit alternating
 * least squares whose item vectors are drawn towards a head on the content (collaborative topic
 * regression, Wang and Blei 2011, with a linear head in closed form), and whose users then weigh
 * the item vectors and the content itself in one regression:
 *
 * <pre>
 *   1 ~ w_u·v_c where u engaged with c, weight 1;  0 ~ w_u·v_c for every pair, weight α
 *   v_c ~ N(head(x̃_c), 1/λ_c),  λ_c = λ (n_c + α users)
 *   taste(u,c) = w_u·[v_c ; κ x̃_c ; κ' s_c],  w_u ~ N(0, 1/λ_u),  λ_u = λ (n_u + α posts)
 * </pre>
 *
 * <p>Ridges grow with what everybody's system holds (Rendle et al. 2021), so that one λ serves
 * people of few and of many engagements. x̃ are {@link ContentComponents}, κ is such that they are
 * as long as the item vectors times {@code contentScale}: what a user engaged with speaks for texts
 * like it, whatever the head made of them. s_c stands for the author in the same way, by {@code
 * authorScale}. Posts without a text are drawn to 0, and those that nobody touched are what the
 * head predicts. {@link ItemFeatures} puts the three side by side.
 *
 * <p>Users' vectors stay distributed, a matrix per block; the catalogue's are collected and
 * broadcast, as in {@link ContentFactorization}.
 */
final class ImplicitFactorization {
  /** Root mean square of the length of a first item vector. */
  private static final double FIRST_LENGTH = 0.1;

  /** Iterations without a head: it would learn from vectors that say nothing yet. */
  private static final int WITHOUT_HEAD = 2;

  private final TrainingData data;
  private final Hyperparameters parameters;
  private final JavaSparkContext context;
  private final JavaRDD<ItemLinks> links;

  private ImplicitFactorization(TrainingData data, Hyperparameters parameters) {
    this.data = data;
    this.parameters = parameters;
    context = JavaSparkContext.fromSparkContext(data.users().context());
    links = ItemFactors.links(data, parameters.blocks(), context.broadcast(new Engagements()));
  }

  /** Who engaged with a post once is as good as who did often; the rest is not observed. */
  private record Engagements() implements ItemLinks.Weights {
    @Override
    public double activity(UserHistory history) {
      return 1;
    }

    @Override
    public double weight(UserHistory history, int row, double activity) {
      return isFirstEngagement(history, row) ? 1 : 0;
    }

    @Override
    public double weightedTarget(UserHistory history, int row) {
      return weight(history, row, 1);
    }
  }

  static Taste fit(TrainingData data, Hyperparameters parameters) {
    return new ImplicitFactorization(data, parameters).fit();
  }

  /**
   * v_c of every post alone, in the catalogue's order, centred on the touched posts and scaled to
   * mean squared length one there.
   */
  static FactorMatrix contentVectors(TrainingData data, Hyperparameters parameters) {
    var factorization = new ImplicitFactorization(data, parameters);
    var components = ContentComponents.of(data, parameters.contentComponents());
    var items = factorization.items(components, factorization.engagements());
    factorization.links.unpersist();
    components.unpersist();
    return items.standardized(data.totals().touched().stream().toArray());
  }

  private Taste fit() {
    var components = ContentComponents.of(data, parameters.contentComponents());
    var counts = engagements();
    var vectors =
        ItemFeatures.of(data.authors(), components, parameters)
            .beside(items(components, counts), counts);
    var tastes = tastes(solveUsers(vectors)).persist(StorageLevel.MEMORY_AND_DISK());
    // Before what it is computed from goes.
    tastes.count();
    links.unpersist();
    components.unpersist();
    return new Taste(data.posts(), vectors, tastes);
  }

  private FactorMatrix items(ContentComponents components, int[] counts) {
    var head = LinearHead.of(components, weights(counts), parameters.headRegularization());
    var predictions = FactorMatrix.zeros(counts.length, parameters.rank());
    var items = first(counts);
    for (int iteration = 0; iteration < parameters.iterations(); iteration++) {
      var users = solveUsers(items).persist(StorageLevel.MEMORY_AND_DISK());
      items = solveItems(users, predictions);
      users.unpersist();
      if (iteration >= WITHOUT_HEAD - 1) {
        predictions = head.predictions(items);
        items = untouchedPredicted(items, predictions, counts);
      }
    }
    return items;
  }

  /** People who engaged with each post. */
  private int[] engagements() {
    int posts = data.posts().length;
    var sums = new int[posts];
    for (var part : data.users().map(block -> engagements(block, posts)).collect()) {
      for (int item = 0; item < posts; item++) {
        sums[item] += part[item];
      }
    }
    return sums;
  }

  private static int[] engagements(List<UserHistory> block, int posts) {
    var counts = new int[posts];
    for (var history : block) {
      for (int item : engaged(history)) {
        counts[item]++;
      }
    }
    return counts;
  }

  /** The posts that a user engaged with, ascending. */
  private static int[] engaged(UserHistory history) {
    return IntStream.range(0, history.size())
        .filter(row -> isFirstEngagement(history, row))
        .map(row -> history.items()[row])
        .toArray();
  }

  /** Of the user with the post: rows are sorted by post, and then by engagement. */
  private static boolean isFirstEngagement(UserHistory history, int row) {
    boolean isRepeated =
        row > 0
            && history.items()[row - 1] == history.items()[row]
            && history.engagement()[row - 1] > 0;
    return history.engagement()[row] > 0 && !isRepeated;
  }

  /** What a post's vector is worth to the head: its ridge, against that of one engagement. */
  private double[] weights(int[] counts) {
    double unobserved = parameters.unobservedWeight() * data.totals().users();
    return IntStream.of(counts)
        .mapToDouble(count -> count == 0 ? 0 : (count + unobserved) / (1 + unobserved))
        .toArray();
  }

  /** Small hashed vectors where somebody engaged. */
  private FactorMatrix first(int[] counts) {
    int rank = parameters.rank();
    double bound = FIRST_LENGTH * Math.sqrt(3.0 / rank);
    var items = FactorMatrix.zeros(counts.length, rank);
    for (int item = 0; item < counts.length; item++) {
      if (counts[item] > 0) {
        var random =
            new SplittableRandom(parameters.seed() ^ UserHistory.hash64(data.posts()[item]));
        for (int j = 0; j < rank; j++) {
          items.set(item, j, random.nextDouble(-bound, bound));
        }
      }
    }
    return items;
  }

  private JavaRDD<FactorMatrix> solveUsers(FactorMatrix items) {
    var side =
        context.broadcast(ImplicitLeastSquares.of(gramian(items), parameters.unobservedWeight()));
    var vectors = context.broadcast(side.value().rotated(items));
    double ridge = parameters.regularization();
    double unobserved = parameters.unobservedWeight() * items.rows();
    return data.users()
        .map(block -> solveUsers(block, side.value(), vectors.value(), ridge, unobserved));
  }

  private static FactorMatrix solveUsers(
      List<UserHistory> histories,
      ImplicitLeastSquares side,
      FactorMatrix items,
      double ridge,
      double unobserved) {
    int rank = items.columns();
    var prior = new double[rank];
    var users = FactorMatrix.zeros(histories.size(), rank);
    for (int user = 0; user < users.rows(); user++) {
      int[] engaged = engaged(histories.get(user));
      if (engaged.length > 0) {
        var vectors = new double[engaged.length * rank];
        for (int i = 0; i < engaged.length; i++) {
          items.copyRow(engaged[i], vectors, i * rank);
        }
        double scaled = ridge * (engaged.length + unobserved);
        users.setRow(user, side.restored(side.solve(vectors, engaged.length, scaled, prior)));
      }
    }
    return users;
  }

  private FactorMatrix solveItems(JavaRDD<FactorMatrix> users, FactorMatrix predictions) {
    var gramian = new NormalEquations(parameters.rank());
    users.map(ImplicitFactorization::gramian).collect().forEach(gramian::add);
    var side = context.broadcast(ImplicitLeastSquares.of(gramian, parameters.unobservedWeight()));
    var priors = context.broadcast(side.value().rotated(predictions));
    double ridge = parameters.regularization();
    double unobserved = parameters.unobservedWeight() * data.totals().users();
    var rotated = users.map(block -> side.value().rotated(block));
    var solved =
        links
            .zipPartitions(
                ItemFactors.toEveryItemBlock(rotated, links.getNumPartitions()),
                (mine, vectors) ->
                    List.of(
                            solveItems(
                                mine.next(),
                                ItemFactors.ordered(vectors),
                                side.value(),
                                priors.value(),
                                ridge,
                                unobserved))
                        .iterator())
            .collect();
    var items = FactorMatrix.zeros(predictions.rows(), predictions.columns());
    solved.forEach(block -> block.copyInto(items));
    return items;
  }

  private static NormalEquations gramian(FactorMatrix vectors) {
    var gramian = new NormalEquations(vectors.columns());
    var vector = new double[vectors.columns()];
    for (int row = 0; row < vectors.rows(); row++) {
      vectors.copyRow(row, vector);
      gramian.add(vector, 1, 0);
    }
    return gramian;
  }

  private static ItemVectors solveItems(
      ItemLinks links,
      FactorMatrix[] users,
      ImplicitLeastSquares side,
      FactorMatrix priors,
      double ridge,
      double unobserved) {
    int rank = priors.columns();
    int[] items = links.distinctItems();
    var vectors = FactorMatrix.zeros(items.length, rank);
    var prior = new double[rank];
    for (int i = 0, link = 0; i < items.length; i++) {
      int end = link;
      while (end < links.size() && links.items()[end] == items[i]) {
        end++;
      }
      var engaged = new double[(end - link) * rank];
      for (int at = 0; link < end; link++, at += rank) {
        users[links.userBlocks()[link]].copyRow(links.users()[link], engaged, at);
      }
      int count = engaged.length / rank;
      priors.copyRow(items[i], prior);
      double scaled = ridge * (count + unobserved);
      vectors.setRow(i, side.restored(side.solve(engaged, count, scaled, prior)));
    }
    return new ItemVectors(items, vectors);
  }

  private static FactorMatrix untouchedPredicted(
      FactorMatrix items, FactorMatrix predictions, int[] counts) {
    for (int item = 0; item < counts.length; item++) {
      if (counts[item] == 0) {
        items.setRow(item, predictions, item);
      }
    }
    return items;
  }

  private JavaRDD<UserTaste> tastes(JavaRDD<FactorMatrix> vectors) {
    return data.users()
        .zipPartitions(
            vectors,
            (histories, factors) -> {
              var block = histories.next();
              var mine = factors.next();
              return IntStream.range(0, block.size())
                  .mapToObj(user -> new UserTaste(block.get(user).userId(), mine.row(user)))
                  .iterator();
            });
  }
}
