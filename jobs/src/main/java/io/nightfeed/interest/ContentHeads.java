package io.nightfeed.interest;

import static io.nightfeed.interest.NormalEquations.BLAS_JAVA;

import io.nightfeed.interest.HeadSums.Moments;
import io.nightfeed.interest.HeadSums.Targets;
import java.io.Serializable;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * The content heads: for each encoder a linear map from its embeddings to content vectors, {@code
 * head(x) = Hᵀ(x - mean)/scale + h0}. Encoders have spaces of their own, even of different
 * dimension; their heads lead into the one space of content vectors.
 *
 * <p>A head is fitted by ridge regression on the posts that somebody touched. Its normal equations
 * are summed per block and solved where the fit runs (dimension up to about 1000).
 */
final class ContentHeads {

  /**
   * One encoder's head.
   *
   * @param mean mean embedding
   * @param scale root mean square distance from it
   * @param weights H, dimension × rank, by columns
   * @param intercept h0, length rank
   */
  record Head(double[] mean, double scale, double[] weights, double[] intercept)
      implements Serializable {

    /** x̃ = (x - mean)/scale. */
    void standardize(float[] embedding, double[] target) {
      for (int i = 0; i < mean.length; i++) {
        target[i] = (embedding[i] - mean[i]) / scale;
      }
    }
  }

  /** Vectors of some items. */
  record ItemVectors(int[] items, FactorMatrix vectors) implements Serializable {
    void copyInto(FactorMatrix all) {
      for (int i = 0; i < items.length; i++) {
        all.setRow(items[i], vectors, i);
      }
    }
  }

  /** Embeddings whose spread is below this are all the same. */
  private static final double SMALLEST_SCALE = 1e-6;

  private final JavaRDD<List<EncodedPosts>> embedded;
  private final BitSet touched;
  private final int rank;
  private final Map<String, NormalEquations> systems;
  private final Map<String, Head> heads;

  private ContentHeads(
      JavaRDD<List<EncodedPosts>> embedded,
      BitSet touched,
      int rank,
      Map<String, NormalEquations> systems,
      Map<String, Head> heads) {
    this.embedded = embedded;
    this.touched = touched;
    this.rank = rank;
    this.systems = systems;
    this.heads = heads;
  }

  /**
   * Heads that project onto the principal components of each encoder's embeddings, scaled to
   * content vectors of mean squared length one: the best linear guess before anyone's taste is
   * known.
   */
  static ContentHeads principalComponents(TrainingData data, int rank) {
    var touched = data.totals().touched();
    var parts = data.embedded().map(block -> HeadSums.moments(block, touched)).collect();
    var encoders = new TreeSet<String>();
    parts.forEach(part -> encoders.addAll(part.keySet()));
    var systems = new TreeMap<String, NormalEquations>();
    var heads = new TreeMap<String, Head>();
    for (var encoder : encoders) {
      var moments =
          parts.stream()
              .map(part -> part.get(encoder))
              .filter(Objects::nonNull)
              .reduce(Moments::plus)
              .orElseThrow();
      var system = new NormalEquations(moments.dimension());
      heads.put(encoder, principalComponents(moments, rank, system));
      systems.put(encoder, system);
    }
    return new ContentHeads(data.embedded(), touched, rank, systems, heads);
  }

  /** head(x_c) of every post; zeros for posts without an embedding. */
  FactorMatrix predict(int posts) {
    var shared = broadcast(heads);
    int columns = rank;
    var predictions = FactorMatrix.zeros(posts, rank);
    embedded
        .map(block -> predictions(block, shared.value(), columns))
        .collect()
        .forEach(part -> part.copyInto(predictions));
    return predictions;
  }

  /** Heads refitted to the content vectors of the touched posts. */
  ContentHeads refit(FactorMatrix contentVectors, double ridge) {
    var sharedHeads = broadcast(heads);
    var sharedVectors = broadcast(contentVectors);
    var isTouched = touched;
    var parts =
        embedded
            .map(
                block ->
                    HeadSums.targets(block, sharedHeads.value(), isTouched, sharedVectors.value()))
            .collect();
    var refitted = new TreeMap<String, Head>();
    heads.forEach(
        (encoder, head) ->
            refitted.put(
                encoder,
                parts.stream()
                    .map(part -> part.get(encoder))
                    .filter(Objects::nonNull)
                    .reduce(Targets::plus)
                    .filter(targets -> targets.count() > 0)
                    .map(targets -> solve(head, targets, systems.get(encoder), ridge))
                    .orElse(head)));
    return new ContentHeads(embedded, touched, rank, systems, refitted);
  }

  private <T> Broadcast<T> broadcast(T value) {
    return JavaSparkContext.fromSparkContext(embedded.context()).broadcast(value);
  }

  /** Fills {@code system} with the sum of x̃ x̃ᵀ, in place. */
  private static Head principalComponents(Moments moments, int rank, NormalEquations system) {
    int dimension = moments.dimension();
    double count = Math.max(1, moments.count());
    double[] mean = moments.sum().clone();
    BLAS_JAVA.dscal(dimension, 1 / count, mean, 1);
    system.add(moments.squares());
    system.add(mean, -count, 0);
    double scale = Math.sqrt(Math.max(0, system.meanDiagonal() * dimension / count));
    var weights = new double[dimension * rank];
    if (scale < SMALLEST_SCALE) {
      // No embeddings, or one and the same: nothing to tell posts apart by.
      return new Head(mean, 1, weights, new double[rank]);
    }
    system.scale(1 / (scale * scale));
    int components = Math.min(rank, dimension);
    var vectors = system.leadingEigenvectors(components);
    double squaredLength = 0;
    for (int j = 0; j < components; j++) {
      var component = Arrays.copyOfRange(vectors, j * dimension, (j + 1) * dimension);
      squaredLength += system.quadraticForm(component) / count;
    }
    BLAS_JAVA.daxpy(vectors.length, 1 / Math.sqrt(squaredLength), vectors, 1, weights, 1);
    return new Head(mean, scale, weights, new double[rank]);
  }

  /** Since x̃ has mean zero, h0 is the mean of v, and H needs no centring of v. */
  private static Head solve(Head head, Targets targets, NormalEquations squares, double ridge) {
    var system = squares.copy();
    system.addRidge(ridge);
    double[] intercept = targets.sum().clone();
    BLAS_JAVA.dscal(intercept.length, 1.0 / targets.count(), intercept, 1);
    return new Head(head.mean(), head.scale(), system.solve(targets.products()), intercept);
  }

  private static ItemVectors predictions(
      List<EncodedPosts> block, Map<String, Head> heads, int rank) {
    int[] items = block.stream().flatMapToInt(posts -> Arrays.stream(posts.items())).toArray();
    var vectors = FactorMatrix.zeros(items.length, rank);
    int row = 0;
    for (var posts : block) {
      var head = heads.get(posts.encoder());
      var x = new double[posts.dimension()];
      for (var embedding : posts.embeddings()) {
        head.standardize(embedding, x);
        var vector = head.intercept().clone();
        BLAS_JAVA.dgemv("T", x.length, rank, 1, head.weights(), x.length, x, 1, 1, vector, 1);
        vectors.setRow(row++, vector);
      }
    }
    return new ItemVectors(items, vectors);
  }
}
