package io.nightfeed.interest;

import io.nightfeed.interest.ContentHeads.ItemVectors;
import io.nightfeed.interest.Taste.UserTaste;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
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
  /**
   * Iterations without a head, unless start is warm: it would learn from vectors that say nothing
   * yet.
   */
  private static final int WITHOUT_HEAD = 2;

  private final TrainingData data;
  private final StartingVectors start;
  private final Hyperparameters parameters;
  private final JavaSparkContext context;
  private final JavaRDD<ItemLinks> links;

  private ImplicitFactorization(
      TrainingData data, StartingVectors start, Hyperparameters parameters) {
    this.data = data;
    this.start = start;
    this.parameters = parameters;
    context = JavaSparkContext.fromSparkContext(data.users().context());
    links = ItemFactors.links(data, parameters.blocks(), context.broadcast(new Engagements()));
  }

  /** Everybody's vectors. */
  static Taste fit(TrainingData data, Hyperparameters parameters) {
    var factorization = new ImplicitFactorization(data, StartingVectors.NONE, parameters);
    var items = factorization.itemFeatures();
    var users = factorization.tastes(factorization.solveUsers(items));
    return new Taste(data.posts(), items, users.persist(StorageLevel.MEMORY_AND_DISK()));
  }

  /** Everybody's vectors and what they say of everybody's rows. */
  static LearnedTaste learn(TrainingData data, StartingVectors start, Hyperparameters parameters) {
    var factorization = new ImplicitFactorization(data, start, parameters);
    var items = factorization.itemFeatures();
    return new LearnedTaste(items, factorization.rowTastes(items));
  }

  private FactorMatrix itemFeatures() {
    var components = ContentComponents.of(data, parameters.contentComponents());
    var counts = Engagements.counts(data);
    var features =
        ItemFeatures.of(data.authors(), components, parameters)
            .beside(items(components, counts), counts);
    links.unpersist();
    components.unpersist();
    return features;
  }

  private FactorMatrix items(ContentComponents components, int[] counts) {
    var head = LinearHead.of(components, weights(counts), parameters.headRegularization());
    var zeros = FactorMatrix.zeros(counts.length, parameters.rank());
    var engaged = IntStream.range(0, counts.length).filter(item -> counts[item] > 0);
    var items = start.over(zeros, data.posts(), engaged, parameters.seed());
    var predictions = start.isWarm() ? head.predictions(items) : zeros;
    for (int iteration = 0; iteration < parameters.iterations(); iteration++) {
      var users = solveUsers(items).persist(StorageLevel.MEMORY_AND_DISK());
      items = solveItems(users, predictions);
      users.unpersist();
      if (start.isWarm() || iteration >= WITHOUT_HEAD - 1) {
        predictions = head.predictions(items);
        items =
            parameters.hasOffsets() ? untouchedPredicted(items, predictions, counts) : predictions;
      }
    }
    return items;
  }

  /** What a post's vector is worth to the head: its ridge, against that of one engagement. */
  private double[] weights(int[] counts) {
    double unobserved = parameters.unobservedWeight() * data.totals().users();
    return IntStream.of(counts)
        .mapToDouble(count -> count == 0 ? 0 : (count + unobserved) / (1 + unobserved))
        .toArray();
  }

  /** One side's vectors, as the other side's systems need them. */
  private record Side(
      ImplicitLeastSquares systems, FactorMatrix vectors, double ridge, double unobserved)
      implements Serializable {

    /** λ of somebody with so many engagements. */
    double ridge(int engagements) {
      return ridge * (engagements + unobserved);
    }

    /** Vectors of some rows, one after another. */
    double[] of(int[] rows) {
      var some = new double[rows.length * vectors.columns()];
      for (int i = 0; i < rows.length; i++) {
        vectors.copyRow(rows[i], some, i * vectors.columns());
      }
      return some;
    }
  }

  private Broadcast<Side> side(FactorMatrix items) {
    var systems = ImplicitLeastSquares.of(gramian(items), parameters.unobservedWeight());
    return context.broadcast(
        new Side(
            systems,
            systems.rotated(items),
            parameters.regularization(),
            parameters.unobservedWeight() * items.rows()));
  }

  private JavaRDD<FactorMatrix> solveUsers(FactorMatrix items) {
    var side = side(items);
    return data.users().map(block -> solveUsers(block, side.value()));
  }

  private static FactorMatrix solveUsers(List<UserHistory> histories, Side side) {
    int rank = side.vectors().columns();
    var users = FactorMatrix.zeros(histories.size(), rank);
    for (int user = 0; user < users.rows(); user++) {
      int[] engaged = Engagements.posts(histories.get(user));
      if (engaged.length > 0) {
        users.setRow(user, side.systems().restored(solved(engaged, side)));
      }
    }
    return users;
  }

  /** In the basis of the systems. */
  private static double[] solved(int[] engaged, Side side) {
    var prior = new double[side.vectors().columns()];
    return side.systems()
        .solve(side.of(engaged), engaged.length, side.ridge(engaged.length), prior);
  }

  private JavaRDD<List<RowTaste>> rowTastes(FactorMatrix items) {
    var side = side(items);
    return data.users()
        .map(block -> block.stream().map(history -> rowTaste(history, side.value())).toList());
  }

  /**
   * Without post p, whose leverage is h, the user's taste for it would be {@code (s - h) / (1 - h)}
   * in place of s, as of any ridge regression; that λ_u would be a little less is left aside.
   */
  private static RowTaste rowTaste(UserHistory history, Side side) {
    int[] engaged = Engagements.posts(history);
    var vector = new double[side.vectors().columns()];
    var leverages = new double[0];
    if (engaged.length > 0) {
      vector = solved(engaged, side);
      leverages =
          side.systems().leverages(side.of(engaged), engaged.length, side.ridge(engaged.length));
    }
    var scores = new double[history.size()];
    var support = new double[history.size()];
    for (int row = 0; row < scores.length; row++) {
      int item = history.items()[row];
      scores[row] = side.vectors().dot(item, vector);
      int place = Arrays.binarySearch(engaged, item);
      if (place >= 0) {
        double unexplained = 1 - scores[row];
        if (Engagements.isFirst(history, row)) {
          support[row] = unexplained / side.ridge(engaged.length);
        }
        scores[row] = 1 - unexplained / (1 - leverages[place]);
      }
    }
    return new RowTaste(Floats.of(side.systems().restored(vector)), scores, support);
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
