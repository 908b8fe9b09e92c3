package io.nightfeed.interest;

import static io.nightfeed.interest.NormalEquations.BLAS_JAVA;
import static io.nightfeed.interest.NormalEquations.LAPACK_JAVA;

import java.io.Serializable;
import java.util.Arrays;
import org.netlib.util.intW;

/**
 * One side of implicit alternating least squares (Hu, Koren and Volinsky 2008), solved exactly: for
 * whoever engaged with the vectors of S,
 *
 * <pre>
 *   minimise Σ_{i∈S} (1 - w·v_i)² + α Σ_i (w·v_i)² + λ |w - m|²
 * </pre>
 *
 * In the basis of the eigenvectors of αΣvvᵀ everybody shares one diagonal matrix D = diag(e) + λ,
 * and w has a form of as many unknowns as there are engagements (Woodbury):
 *
 * <pre>
 *   w = D⁻¹b - D⁻¹V (I + VᵀD⁻¹V)⁻¹ VᵀD⁻¹b,   b = Σ_{i∈S} v_i + λm
 * </pre>
 *
 * which for people of few engagements, nearly all, is far less work than a system of the rank.
 */
final class ImplicitLeastSquares implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Vectors that are rotated at once. */
  private static final int CHUNK = 1024;

  private final int rank;
  private final double[] eigenvalues;
  private final double[] basis;

  private ImplicitLeastSquares(int rank, double[] eigenvalues, double[] basis) {
    this.rank = rank;
    this.eigenvalues = eigenvalues;
    this.basis = basis;
  }

  /**
   * @param gramian Σ v vᵀ over all vectors of the other side
   * @param unobservedWeight α
   */
  static ImplicitLeastSquares of(NormalEquations gramian, double unobservedWeight) {
    var pairs = gramian.leadingEigenpairs(gramian.size());
    return new ImplicitLeastSquares(
        gramian.size(),
        Arrays.stream(pairs.values()).map(value -> unobservedWeight * Math.max(0, value)).toArray(),
        pairs.vectors());
  }

  /** Vectors in the basis that {@link #solve} works in. */
  FactorMatrix rotated(FactorMatrix vectors) {
    var rotated = FactorMatrix.zeros(vectors.rows(), rank);
    var chunk = new double[CHUNK * rank];
    var product = new double[CHUNK * rank];
    for (int from = 0; from < vectors.rows(); from += CHUNK) {
      int count = Math.min(CHUNK, vectors.rows() - from);
      for (int row = 0; row < count; row++) {
        vectors.copyRow(from + row, chunk, row * rank);
      }
      // Rows one after another are columns to BLAS.
      BLAS_JAVA.dgemm("T", "N", rank, count, rank, 1, basis, rank, chunk, rank, 0, product, rank);
      for (int i = 0; i < count * rank; i++) {
        rotated.values()[from * rank + i] = (float) product[i];
      }
    }
    return rotated;
  }

  /** A vector of the rotated basis in the usual one. */
  double[] restored(double[] vector) {
    var restored = new double[rank];
    BLAS_JAVA.dgemv("N", rank, rank, 1, basis, rank, vector, 1, 0, restored, 1);
    return restored;
  }

  /**
   * w, in the rotated basis.
   *
   * @param engaged rotated vectors of S, one after another
   * @param count how many they are, at least 1
   * @param ridge λ
   * @param prior m, rotated
   */
  double[] solve(double[] engaged, int count, double ridge, double[] prior) {
    var diagonal = new double[rank];
    var rightSide = new double[rank];
    for (int j = 0; j < rank; j++) {
      diagonal[j] = eigenvalues[j] + ridge;
      rightSide[j] = ridge * prior[j];
    }
    for (int i = 0; i < count; i++) {
      BLAS_JAVA.daxpy(rank, 1, engaged, i * rank, 1, rightSide, 0, 1);
    }
    return count < rank
        ? byEngagements(engaged, count, diagonal, rightSide)
        : byRank(engaged, count, diagonal, rightSide);
  }

  /**
   * The leverage of each engagement: by how much its own target of 1 raises what is fitted to it,
   * in [0, 1).
   *
   * @param engaged as for {@link #solve}, likewise the others
   */
  double[] leverages(double[] engaged, int count, double ridge) {
    var diagonal = Arrays.stream(eigenvalues).map(value -> value + ridge).toArray();
    var leverages = new double[count];
    if (count < rank) {
      var inverse = inverse(engagementSystem(engaged, count, diagonal), count);
      for (int i = 0; i < count; i++) {
        leverages[i] = 1 - inverse[i * count + i];
      }
      return leverages;
    }
    var inverse = inverse(rankSystem(engaged, count, diagonal), rank);
    var product = new double[rank];
    var vector = new double[rank];
    for (int i = 0; i < count; i++) {
      System.arraycopy(engaged, i * rank, vector, 0, rank);
      BLAS_JAVA.dsymv("U", rank, 1, inverse, rank, vector, 1, 0, product, 1);
      leverages[i] = BLAS_JAVA.ddot(rank, vector, 1, product, 1);
    }
    return leverages;
  }

  private double[] byEngagements(
      double[] engaged, int count, double[] diagonal, double[] rightSide) {
    var system = engagementSystem(engaged, count, diagonal);
    var w = new double[rank];
    for (int j = 0; j < rank; j++) {
      w[j] = rightSide[j] / diagonal[j];
    }
    var products = new double[count];
    BLAS_JAVA.dgemv("T", rank, count, 1, engaged, rank, w, 1, 0, products, 1);
    solve(system, products);
    var correction = new double[rank];
    BLAS_JAVA.dgemv("N", rank, count, 1, engaged, rank, products, 1, 0, correction, 1);
    for (int j = 0; j < rank; j++) {
      w[j] -= correction[j] / diagonal[j];
    }
    return w;
  }

  /** I + VᵀD⁻¹V. */
  private double[] engagementSystem(double[] engaged, int count, double[] diagonal) {
    var scaled = new double[count * rank];
    for (int i = 0; i < count; i++) {
      for (int j = 0, at = i * rank; j < rank; j++, at++) {
        scaled[at] = engaged[at] / Math.sqrt(diagonal[j]);
      }
    }
    var system = new double[count * count];
    BLAS_JAVA.dsyrk("U", "T", count, rank, 1, scaled, rank, 0, system, count);
    for (int i = 0; i < count; i++) {
      system[i * count + i]++;
    }
    return system;
  }

  private double[] byRank(double[] engaged, int count, double[] diagonal, double[] rightSide) {
    solve(rankSystem(engaged, count, diagonal), rightSide);
    return rightSide;
  }

  /** D + VVᵀ. */
  private double[] rankSystem(double[] engaged, int count, double[] diagonal) {
    var system = new double[rank * rank];
    BLAS_JAVA.dsyrk("U", "N", rank, count, 1, engaged, rank, 0, system, rank);
    for (int j = 0; j < rank; j++) {
      system[j * rank + j] += diagonal[j];
    }
    return system;
  }

  /** Solves in place. */
  private static void solve(double[] system, double[] rightSide) {
    var info = new intW(0);
    LAPACK_JAVA.dposv(
        "U", rightSide.length, 1, system, rightSide.length, rightSide, rightSide.length, info);
    requireDefinite(info, rightSide.length);
  }

  /** In place; its upper triangle. */
  private static double[] inverse(double[] system, int size) {
    var info = new intW(0);
    LAPACK_JAVA.dpotrf("U", size, system, size, info);
    requireDefinite(info, size);
    LAPACK_JAVA.dpotri("U", size, system, size, info);
    requireDefinite(info, size);
    return system;
  }

  private static void requireDefinite(intW info, int size) {
    if (info.val != 0) {
      throw new ArithmeticException(
          "A system of %d equations is not positive definite (LAPACK: %d): vectors hold"
                  .formatted(size, info.val)
              + " non-finite numbers, or a regularization is 0.");
    }
  }
}
