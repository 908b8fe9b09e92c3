package io.nightfeed.interest;

import static io.nightfeed.interest.NormalEquations.BLAS_JAVA;

import io.nightfeed.interest.HeadSums.Moments;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;

/**
 * What the texts say, in few numbers: for each encoder the leading principal components of the
 * centred embeddings of posts that somebody touched, scaled to mean squared length one in total.
 * Encoders have spaces of their own, even of different dimension. In this basis the features of a
 * ridge regression are orthogonal, so that each of its coefficients has a formula.
 *
 * @param blocks the components in place of the embeddings
 * @param touched posts that somebody touched
 * @param spectra by encoder
 */
record ContentComponents(
    JavaRDD<List<EncodedPosts>> blocks, BitSet touched, Map<String, Spectrum> spectra) {

  /** Embeddings whose spread is below this are all the same. */
  private static final double SMALLEST_SPREAD = 1e-6;

  /**
   * What is known of one encoder's components.
   *
   * @param squares sum of squares of each component over touched posts, largest first
   * @param count touched posts
   */
  record Spectrum(double[] squares, long count) implements Serializable {}

  /** x̃ = Pᵀ(x - mean): what turns an encoder's embeddings into components. */
  private record Projection(double[] mean, double[] directions, Spectrum spectrum)
      implements Serializable {
    float[] apply(float[] embedding) {
      var centred = new double[mean.length];
      for (int i = 0; i < centred.length; i++) {
        centred[i] = embedding[i] - mean[i];
      }
      var components = new double[spectrum.squares().length];
      BLAS_JAVA.dgemv(
          "T",
          centred.length,
          components.length,
          1,
          directions,
          centred.length,
          centred,
          1,
          0,
          components,
          1);
      return Floats.of(components);
    }
  }

  /**
   * @param most components kept of each encoder, as many as it has numbers at most
   */
  static ContentComponents of(TrainingData data, int most) {
    var touched = data.totals().touched();
    var projections = new TreeMap<String, Projection>();
    moments(data.embedded(), touched)
        .forEach((encoder, moments) -> projections.put(encoder, projection(moments, most)));
    var shared =
        JavaSparkContext.fromSparkContext(data.embedded().context()).broadcast(projections);
    var blocks =
        data.embedded()
            .map(block -> project(block, shared.value()))
            .persist(StorageLevel.MEMORY_AND_DISK());
    var spectra = new TreeMap<String, Spectrum>();
    projections.forEach((encoder, projection) -> spectra.put(encoder, projection.spectrum()));
    return new ContentComponents(blocks, touched, spectra);
  }

  /**
   * Where each encoder's components stand in a vector of all.
   *
   * @param first by encoder, the place of its first component
   * @param width of the vector
   */
  record Places(Map<String, Integer> first, int width) {}

  /**
   * @param before numbers before the components
   */
  Places places(int before) {
    var first = new TreeMap<String, Integer>();
    int width = before;
    for (var entry : spectra.entrySet()) {
      first.put(entry.getKey(), width);
      width += entry.getValue().squares().length;
    }
    return new Places(first, width);
  }

  void unpersist() {
    blocks.unpersist();
  }

  private static Map<String, Moments> moments(
      JavaRDD<List<EncodedPosts>> embedded, BitSet touched) {
    var total = new TreeMap<String, Moments>();
    for (var part : embedded.map(block -> HeadSums.moments(block, touched)).collect()) {
      part.forEach((encoder, moments) -> total.merge(encoder, moments, Moments::plus));
    }
    return total;
  }

  private static Projection projection(Moments moments, int most) {
    int dimension = moments.sum().length;
    double count = Math.max(1, moments.count());
    double[] mean = moments.sum().clone();
    BLAS_JAVA.dscal(dimension, 1 / count, mean, 1);
    var covariance = moments.squares().copy();
    covariance.add(mean, -count, 0);
    double spread = Math.sqrt(Math.max(0, covariance.meanDiagonal() * dimension / count));
    if (spread < SMALLEST_SPREAD) {
      // No embeddings, or one and the same: nothing to tell posts apart by.
      return new Projection(
          mean, new double[dimension], new Spectrum(new double[1], moments.count()));
    }
    var pairs = covariance.leadingEigenpairs(Math.min(most, dimension));
    BLAS_JAVA.dscal(pairs.vectors().length, 1 / spread, pairs.vectors(), 1);
    var squares =
        Arrays.stream(pairs.values()).map(value -> Math.max(0, value / (spread * spread)));
    return new Projection(mean, pairs.vectors(), new Spectrum(squares.toArray(), moments.count()));
  }

  private static List<EncodedPosts> project(
      List<EncodedPosts> block, Map<String, Projection> projections) {
    var projected = new ArrayList<EncodedPosts>();
    for (var posts : block) {
      var projection = projections.get(posts.encoder());
      projected.add(
          new EncodedPosts(
              posts.encoder(),
              posts.items(),
              Arrays.stream(posts.embeddings()).map(projection::apply).toArray(float[][]::new)));
    }
    return projected;
  }
}
