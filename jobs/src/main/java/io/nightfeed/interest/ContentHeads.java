package io.nightfeed.interest;

import static io.nightfeed.interest.NormalEquations.BLAS_JAVA;

import io.nightfeed.interest.ContentComponents.Spectrum;
import io.nightfeed.interest.HeadSums.Targets;
import io.nightfeed.interest.NormalEquations.Eigenpairs;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * The content heads: for each encoder a linear map from its embeddings to content vectors, {@code
 * head(x) = Hᵀ x̃ + h0}. Encoders have spaces of their own, even of different dimension; their
 * heads lead into the one space of content vectors. x̃ are {@link ContentComponents}.
 */
final class ContentHeads {
  /** Principal components kept of each encoder: later ones hold next to no variance. */
  private static final int COMPONENTS = 128;

  /** Least share of the information that is trusted when offsets are integrated out. */
  private static final double LEAST_RELIABILITY = 0.02;

  /**
   * One encoder's map.
   *
   * @param squares sum of squares of each component over touched posts, largest first
   * @param count touched posts
   * @param weights H, components × rank, by columns
   * @param intercept h0, length rank
   */
  record Head(double[] squares, long count, double[] weights, double[] intercept)
      implements Serializable {}

  /** Vectors of some items. */
  record ItemVectors(int[] items, FactorMatrix vectors) implements Serializable {
    void copyInto(FactorMatrix all) {
      for (int i = 0; i < items.length; i++) {
        all.setRow(items[i], vectors, i);
      }
    }
  }

  private final ContentComponents components;
  private final int rank;
  private final Map<String, Head> heads;
  private final double[] mean;

  private ContentHeads(
      ContentComponents components, int rank, Map<String, Head> heads, double[] mean) {
    this.components = components;
    this.rank = rank;
    this.heads = heads;
    this.mean = mean;
  }

  /**
   * Heads to begin with: the encoder with most touched posts gives its principal components as
   * content vectors, the best linear guess before anyone's taste is known. The others begin with
   * nothing: components of different encoders mean different things until users connect them.
   */
  static ContentHeads initial(TrainingData data, int rank) {
    var components = ContentComponents.of(data, COMPONENTS);
    var spectra = components.spectra();
    var largest = spectra.values().stream().mapToLong(Spectrum::count).max().orElse(0);
    var heads = new TreeMap<String, Head>();
    boolean isFirst = true;
    for (var entry : spectra.entrySet()) {
      var spectrum = entry.getValue();
      boolean isReference = isFirst && spectrum.count() == largest;
      isFirst = isFirst && !isReference;
      heads.put(
          entry.getKey(),
          new Head(
              spectrum.squares(),
              spectrum.count(),
              isReference ? identity(spectrum, rank) : new double[spectrum.squares().length * rank],
              new double[rank]));
    }
    return new ContentHeads(components, rank, heads, new double[rank]);
  }

  /**
   * Heads that say what these content vectors do, as far as texts tell: a ridge regression.
   *
   * @param ridge of the heads' weights
   */
  ContentHeads of(FactorMatrix contentVectors, double ridge) {
    var nothing = new TreeMap<String, Head>();
    heads.forEach(
        (encoder, head) ->
            nothing.put(
                encoder,
                new Head(
                    head.squares(),
                    head.count(),
                    new double[head.weights().length],
                    new double[rank])));
    var isotropic = new NormalEquations(rank);
    isotropic.addRidge(1);
    // Vectors that nothing has shrunk: a prior of no precision.
    return new ContentHeads(components, rank, nothing, new double[rank])
        .refit(
            contentVectors, FactorMatrix.zeros(contentVectors.rows(), rank), isotropic, 0, ridge);
  }

  /** head(x_c) of every post; the mean content vector for posts without an embedding. */
  FactorMatrix predict(int posts) {
    var shared = broadcast(heads);
    int columns = rank;
    var predictions = FactorMatrix.zeros(posts, rank);
    for (int item = 0; item < posts; item++) {
      predictions.setRow(item, mean);
    }
    components
        .blocks()
        .map(block -> predictions(block, shared.value(), columns))
        .collect()
        .forEach(part -> part.copyInto(predictions));
    return predictions;
  }

  /**
   * Heads refitted to content vectors, with offsets integrated out. Content vectors are estimates
   * that have been shrunk towards the present heads; regressing on them as they are would move
   * heads by a fraction of the way each time. In a direction where users hold information σ about a
   * post, the shrinkage is ρ = σ/(σ + precision), so the regression's target is head + (v - head)/ρ
   * with weight ρ. Directions are the eigenvectors of the mean information.
   *
   * @param contentVectors v_c of every post
   * @param predictions what these heads predict
   * @param information mean over touched posts of the data's information about v_c
   * @param precision of the offsets' prior
   * @param ridge of the heads' weights against the offsets'
   */
  ContentHeads refit(
      FactorMatrix contentVectors,
      FactorMatrix predictions,
      NormalEquations information,
      double precision,
      double ridge) {
    var vectors = broadcast(contentVectors);
    var priors = broadcast(predictions);
    var isTouched = components.touched();
    var parts =
        components
            .blocks()
            .map(block -> HeadSums.targets(block, isTouched, vectors.value(), priors.value()))
            .collect();
    var directions = information.leadingEigenpairs(rank);
    var reliability =
        Arrays.stream(directions.values())
            .map(value -> Math.max(LEAST_RELIABILITY, value / (value + precision)))
            .toArray();
    var refitted = new TreeMap<String, Head>();
    heads.forEach(
        (encoder, head) ->
            refitted.put(
                encoder,
                parts.stream()
                    .map(part -> part.get(encoder))
                    .filter(Objects::nonNull)
                    .reduce(Targets::plus)
                    .filter(targets -> head.count() > 0)
                    .map(targets -> solve(head, targets, directions, reliability, ridge))
                    .orElse(head)));
    return new ContentHeads(
        components, rank, refitted, contentVectors.mean(components.touched().stream().toArray()));
  }

  void unpersist() {
    components.unpersist();
  }

  private <T> Broadcast<T> broadcast(T value) {
    return JavaSparkContext.fromSparkContext(components.blocks().context()).broadcast(value);
  }

  /** The leading components as content vectors of mean squared length one. */
  private static double[] identity(Spectrum spectrum, int rank) {
    int rows = spectrum.squares().length;
    int kept = Math.min(rank, rows);
    double squares = Arrays.stream(spectrum.squares(), 0, kept).sum();
    var weights = new double[rows * rank];
    for (int j = 0; j < kept && squares > 0; j++) {
      weights[j * rows + j] = Math.sqrt(spectrum.count() / squares);
    }
    return weights;
  }

  private static ItemVectors predictions(
      List<EncodedPosts> block, Map<String, Head> heads, int rank) {
    int[] items = block.stream().flatMapToInt(posts -> Arrays.stream(posts.items())).toArray();
    var vectors = FactorMatrix.zeros(items.length, rank);
    int row = 0;
    for (var posts : block) {
      var head = heads.get(posts.encoder());
      for (var components : posts.embeddings()) {
        var x = Floats.toDoubles(components);
        var vector = head.intercept().clone();
        BLAS_JAVA.dgemv("T", x.length, rank, 1, head.weights(), x.length, x, 1, 1, vector, 1);
        vectors.setRow(row++, vector);
      }
    }
    return new ItemVectors(items, vectors);
  }

  /** Ridge regression, coefficient by coefficient, in the basis of {@code directions}. */
  private static Head solve(
      Head head, Targets targets, Eigenpairs directions, double[] reliability, double ridge) {
    int rank = reliability.length;
    int rows = head.squares().length;
    var q = directions.vectors();
    var weights = multiply("N", rows, rank, head.weights(), q);
    var products = multiply("N", rows, rank, targets.products(), q);
    var intercept = multiply("N", 1, rank, head.intercept(), q);
    var sum = multiply("N", 1, rank, targets.sum(), q);
    for (int j = 0; j < rank; j++) {
      double shrinkage = reliability[j];
      for (int i = 0, at = j * rows; i < rows; i++, at++) {
        double square = head.squares()[i];
        weights[at] =
            (square * weights[at] + products[at] / shrinkage) / (square + ridge / shrinkage);
      }
      // x̃ has mean zero, so the intercept is a regression of its own.
      intercept[j] += sum[j] / shrinkage / head.count();
    }
    return new Head(
        head.squares(),
        head.count(),
        multiply("T", rows, rank, weights, q),
        multiply("T", 1, rank, intercept, q));
  }

  /** (rows × rank) times (rank × rank), the latter transposed or not. */
  private static double[] multiply(
      String transposed, int rows, int rank, double[] left, double[] right) {
    var product = new double[rows * rank];
    BLAS_JAVA.dgemm(
        "N", transposed, rows, rank, rank, 1, left, rows, right, rank, 0, product, rows);
    return product;
  }
}
