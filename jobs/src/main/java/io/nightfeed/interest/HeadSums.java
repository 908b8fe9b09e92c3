package io.nightfeed.interest;

import static io.nightfeed.interest.NormalEquations.BLAS_JAVA;

import io.nightfeed.interest.ContentHeads.Head;
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
    int dimension() {
      return sum.length;
    }

    /** Adds the other's sums to these arrays. */
    Moments plus(Moments other) {
      BLAS_JAVA.daxpy(sum.length, 1, other.sum, 1, sum, 1);
      squares.add(other.squares);
      return new Moments(count + other.count, sum, squares);
    }
  }

  /**
   * Right sides of a ridge regression.
   *
   * @param products sum of x̃ vᵀ, dimension × rank, by columns
   * @param sum sum of v
   */
  record Targets(long count, double[] products, double[] sum) implements Serializable {
    /** Adds the other's sums to these arrays. */
    Targets plus(Targets other) {
      BLAS_JAVA.daxpy(products.length, 1, other.products, 1, products, 1);
      BLAS_JAVA.daxpy(sum.length, 1, other.sum, 1, sum, 1);
      return new Targets(count + other.count, products, sum);
    }
  }

  static Map<String, Moments> moments(List<EncodedPosts> block, BitSet touched) {
    var moments = new TreeMap<String, Moments>();
    for (var posts : block) {
      int dimension = posts.dimension();
      var sum = new double[dimension];
      var squares = new NormalEquations(dimension);
      var x = new double[dimension];
      long count = 0;
      for (int i = 0; i < posts.items().length; i++) {
        if (touched.get(posts.items()[i])) {
          for (int j = 0; j < dimension; j++) {
            x[j] = posts.embeddings()[i][j];
          }
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
      List<EncodedPosts> block, Map<String, Head> heads, BitSet touched, FactorMatrix vectors) {
    var targets = new TreeMap<String, Targets>();
    int rank = vectors.columns();
    var vector = new double[rank];
    for (var posts : block) {
      int dimension = posts.dimension();
      var head = heads.get(posts.encoder());
      var products = new double[dimension * rank];
      var sum = new double[rank];
      var x = new double[dimension];
      long count = 0;
      for (int i = 0; i < posts.items().length; i++) {
        if (touched.get(posts.items()[i])) {
          head.standardize(posts.embeddings()[i], x);
          vectors.copyRow(posts.items()[i], vector);
          BLAS_JAVA.dger(dimension, rank, 1, x, 1, vector, 1, products, dimension);
          BLAS_JAVA.daxpy(rank, 1, vector, 1, sum, 1);
          count++;
        }
      }
      targets.put(posts.encoder(), new Targets(count, products, sum));
    }
    return targets;
  }
}
