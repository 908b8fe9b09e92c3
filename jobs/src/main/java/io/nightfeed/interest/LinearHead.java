package io.nightfeed.interest;

import static io.nightfeed.interest.NormalEquations.BLAS_JAVA;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Ridge regression of item vectors on what their texts say, an encoder at a time: head(x̃) = Hᵀx̃ +
 * h, fitted anew to each round's vectors. The matrix of the regression stays the same.
 */
final class LinearHead {
  private final ContentComponents components;
  private final double[] weights;
  private final Map<String, NormalEquations> systems;

  private LinearHead(
      ContentComponents components, double[] weights, Map<String, NormalEquations> systems) {
    this.components = components;
    this.weights = weights;
    this.systems = systems;
  }

  /** Features of one encoder's posts times their vectors, summed; by columns. */
  private record Products(String encoder, double[] values) implements Serializable {}

  /** Σ weight · [x̃ 1][x̃ 1]ᵀ of one encoder's posts. */
  private record Squares(String encoder, NormalEquations matrix) implements Serializable {}

  /**
   * @param weights of the posts; 0 for those that it must not learn from
   */
  static LinearHead of(ContentComponents components, double[] weights, double ridge) {
    var shared =
        JavaSparkContext.fromSparkContext(components.blocks().context()).broadcast(weights);
    var systems = new TreeMap<String, NormalEquations>();
    components
        .blocks()
        .flatMap(block -> block.stream().map(posts -> squares(posts, shared.value())).iterator())
        .collect()
        .forEach(
            part ->
                systems
                    .computeIfAbsent(
                        part.encoder(), missing -> new NormalEquations(part.matrix().size()))
                    .add(part.matrix()));
    systems.values().forEach(system -> system.addRidge(ridge));
    return new LinearHead(components, weights, systems);
  }

  /** The head fitted to these vectors says of every post what follows; 0 without a text. */
  FactorMatrix predictions(FactorMatrix items) {
    var context = JavaSparkContext.fromSparkContext(components.blocks().context());
    var vectors = context.broadcast(items);
    var shared = context.broadcast(weights);
    var products = new TreeMap<String, double[]>();
    components
        .blocks()
        .flatMap(
            block ->
                block.stream()
                    .map(posts -> products(posts, shared.value(), vectors.value()))
                    .iterator())
        .collect()
        .forEach(
            part ->
                products.merge(
                    part.encoder(),
                    part.values(),
                    (sum, other) -> {
                      BLAS_JAVA.daxpy(sum.length, 1, other, 1, sum, 1);
                      return sum;
                    }));
    var heads = new TreeMap<String, double[]>();
    products.forEach((encoder, sums) -> heads.put(encoder, systems.get(encoder).solve(sums)));
    var fitted = context.broadcast(heads);
    int rank = items.columns();
    var predictions = FactorMatrix.zeros(items.rows(), rank);
    components
        .blocks()
        .flatMap(
            block ->
                block.stream()
                    .map(posts -> predictions(posts, fitted.value().get(posts.encoder()), rank))
                    .iterator())
        .collect()
        .forEach(part -> part.copyInto(predictions));
    return predictions;
  }

  private static Squares squares(EncodedPosts posts, double[] weights) {
    var matrix = new NormalEquations(posts.dimension() + 1);
    for (int i = 0; i < posts.items().length; i++) {
      matrix.add(features(posts.embeddings()[i]), weights[posts.items()[i]], 0);
    }
    return new Squares(posts.encoder(), matrix);
  }

  private static double[] features(float[] components) {
    var features = new double[components.length + 1];
    for (int j = 0; j < components.length; j++) {
      features[j] = components[j];
    }
    features[components.length] = 1;
    return features;
  }

  private static Products products(EncodedPosts posts, double[] weights, FactorMatrix items) {
    int rows = posts.dimension() + 1;
    int rank = items.columns();
    var sums = new double[rows * rank];
    var vector = new double[rank];
    for (int i = 0; i < posts.items().length; i++) {
      int item = posts.items()[i];
      if (weights[item] > 0) {
        items.copyRow(item, vector);
        BLAS_JAVA.dger(
            rows, rank, weights[item], features(posts.embeddings()[i]), 1, vector, 1, sums, rows);
      }
    }
    return new Products(posts.encoder(), sums);
  }

  private static ContentHeads.ItemVectors predictions(EncodedPosts posts, double[] head, int rank) {
    int rows = posts.dimension() + 1;
    var vectors = FactorMatrix.zeros(posts.items().length, rank);
    var vector = new double[rank];
    for (int i = 0; i < posts.items().length; i++) {
      BLAS_JAVA.dgemv(
          "T", rows, rank, 1, head, rows, features(posts.embeddings()[i]), 1, 0, vector, 1);
      vectors.setRow(i, vector);
    }
    return new ContentHeads.ItemVectors(posts.items(), vectors);
  }
}
