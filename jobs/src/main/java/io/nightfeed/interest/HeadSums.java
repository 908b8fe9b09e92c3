package io.nightfeed.interest;

import static io.nightfeed.interest.NormalEquations.BLAS_JAVA;

import java.io.Serializable;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the content heads sum up over one block's touched posts, by encoder. */
final class HeadSums {
  private HeadSums() {}

  /** Count, sum and sum of squares of embeddings. */
  record Moments(long count, double[] sum, NormalEquations squares) implements Serializable {
    /** Adds the other's sums to these arrays. */
    Moments plus(Moments other) {
      BLAS_JAVA.daxpy(sum.length, 1, other.sum, 1, sum, 1);
      squares.add(other.squares);
      return new Moments(count + other.count, sum, squares);
    }
  }

  /**
   * Right sides of a regression of offsets v - head(x) on components x̃.
   *
   * @param products sum of x̃ offsetᵀ, components × rank, by columns
   * @param sum sum of offsets
   */
  record Targets(double[] products, double[] sum) implements Serializable {
    /** Adds the other's sums to these arrays. */
    Targets plus(Targets other) {
      BLAS_JAVA.daxpy(products.length, 1, other.products, 1, products, 1);
      BLAS_JAVA.daxpy(sum.length, 1, other.sum, 1, sum, 1);
      return this;
    }
  }

  static Map<String, Moments> moments(List<EncodedPosts> block, BitSet touched) {
    var moments = new TreeMap<String, Moments>();
    for (var posts : block) {
      int dimension = posts.dimension();
      var sum = new double[dimension];
      var squares = new NormalEquations(dimension);
      long count = 0;
      for (int i = 0; i < posts.items().length; i++) {
        if (touched.get(posts.items()[i])) {
          var x = Floats.toDoubles(posts.embeddings()[i]);
          BLAS_JAVA.daxpy(dimension, 1, x, 1, sum, 1);
          squares.add(x, 1, 0);
          count++;
        }
      }
      moments.put(posts.encoder(), new Moments(count, sum, squares));
    }
    return moments;
  }

  static Map<String, Targets> targets(
      List<EncodedPosts> block, BitSet touched, FactorMatrix vectors, FactorMatrix predictions) {
    var targets = new TreeMap<String, Targets>();
    int rank = vectors.columns();
    var offset = new double[rank];
    for (var posts : block) {
      int dimension = posts.dimension();
      var products = new double[dimension * rank];
      var sum = new double[rank];
      for (int i = 0; i < posts.items().length; i++) {
        int item = posts.items()[i];
        if (touched.get(item)) {
          for (int j = 0; j < rank; j++) {
            offset[j] = (double) vectors.get(item, j) - predictions.get(item, j);
          }
          var x = Floats.toDoubles(posts.embeddings()[i]);
          BLAS_JAVA.dger(dimension, rank, 1, x, 1, offset, 1, products, dimension);
          BLAS_JAVA.daxpy(rank, 1, offset, 1, sum, 1);
        }
      }
      targets.put(posts.encoder(), new Targets(products, sum));
    }
    return targets;
  }
}
