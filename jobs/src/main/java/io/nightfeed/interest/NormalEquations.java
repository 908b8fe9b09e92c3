package io.nightfeed.interest;

import dev.ludovic.netlib.blas.BLAS;
import dev.ludovic.netlib.blas.JavaBLAS;
import dev.ludovic.netlib.lapack.JavaLAPACK;
import dev.ludovic.netlib.lapack.LAPACK;
import java.io.Serializable;
import java.util.Arrays;
import org.netlib.util.intW;

/**
 * A symmetric positive definite system {@code A x = b} that is summed up row by row and solved by
 * Cholesky. A is packed as LAPACK packs an upper triangle, by columns. The Java implementations of
 * BLAS and LAPACK are asked for by name: native ones differ in the last digits between machines.
 */
final class NormalEquations implements Serializable {
  private static final long serialVersionUID = 1L;

  static final BLAS BLAS_JAVA = JavaBLAS.getInstance();
  static final LAPACK LAPACK_JAVA = JavaLAPACK.getInstance();

  private final int size;
  private final double[] matrix;
  private final double[] rightSide;

  NormalEquations(int size) {
    this(size, new double[size * (size + 1) / 2], new double[size]);
  }

  private NormalEquations(int size, double[] matrix, double[] rightSide) {
    this.size = size;
    this.matrix = matrix;
    this.rightSide = rightSide;
  }

  NormalEquations copy() {
    return new NormalEquations(size, matrix.clone(), rightSide.clone());
  }

  /** A += weight · x xᵀ and b += target · x. */
  void add(double[] x, double weight, double target) {
    add(x, 0, weight, target);
  }

  /** The same for the vector that starts at {@code offset}. */
  void add(double[] x, int offset, double weight, double target) {
    BLAS_JAVA.dspr("U", size, weight, x, offset, 1, matrix, 0);
    if (target != 0) {
      BLAS_JAVA.daxpy(size, target, x, offset, 1, rightSide, 0, 1);
    }
  }

  void add(NormalEquations other) {
    add(1, other);
  }

  /** Adds a multiple of another system of the same size. */
  void add(double factor, NormalEquations other) {
    BLAS_JAVA.daxpy(matrix.length, factor, other.matrix, 1, matrix, 1);
    BLAS_JAVA.daxpy(size, factor, other.rightSide, 1, rightSide, 1);
  }

  /** b += scale · x. */
  void addToRightSide(double scale, double[] x) {
    BLAS_JAVA.daxpy(size, scale, x, 1, rightSide, 1);
  }

  void scale(double factor) {
    BLAS_JAVA.dscal(matrix.length, factor, matrix, 1);
    BLAS_JAVA.dscal(size, factor, rightSide, 1);
  }

  void negateRightSide() {
    BLAS_JAVA.dscal(size, -1, rightSide, 1);
  }

  /** A += ridge · identity. */
  void addRidge(double ridge) {
    for (int i = 0; i < size; i++) {
      matrix[packed(i, i)] += ridge;
    }
  }

  /** Gaussian prior: A += precision · identity, b += precision · mean. */
  void addPrior(double precision, double[] mean) {
    addRidge(precision);
    addToRightSide(precision, mean);
  }

  static double dot(double[] left, double[] right) {
    return BLAS_JAVA.ddot(left.length, left, 1, right, 1);
  }

  int size() {
    return size;
  }

  double[] rightSide() {
    return rightSide;
  }

  double diagonal(int i) {
    return matrix[packed(i, i)];
  }

  double meanDiagonal() {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += matrix[packed(i, i)];
    }
    return sum / size;
  }

  /**
   * A⁻¹ b; the system stays as it is.
   *
   * @throws ArithmeticException when A is not positive definite
   */
  double[] solve() {
    return solve(rightSide);
  }

  /** A⁻¹ times the columns of {@code rightSides} (size × n, by columns). */
  double[] solve(double[] rightSides) {
    double[] factor = matrix.clone();
    double[] solution = rightSides.clone();
    var info = new intW(0);
    LAPACK_JAVA.dppsv("U", size, rightSides.length / size, factor, solution, size, info);
    requireSolved(info, solution);
    return solution;
  }

  /** A⁻¹ by Cholesky, as a system without a right side. */
  NormalEquations inverse() {
    var inverse = new NormalEquations(size, matrix.clone(), new double[size]);
    var info = new intW(0);
    LAPACK_JAVA.dpptrf("U", size, inverse.matrix, info);
    if (info.val == 0) {
      LAPACK_JAVA.dpptri("U", size, inverse.matrix, info);
    }
    requireSolved(info, inverse.matrix);
    return inverse;
  }

  /** xᵀ A x for the vector that starts at {@code offset}. */
  double quadraticForm(double[] x, int offset) {
    double sum = 0;
    for (int column = 0, at = 0; column < size; column++) {
      double above = 0;
      for (int row = 0; row < column; row++) {
        above += matrix[at++] * x[offset + row];
      }
      sum += x[offset + column] * (2 * above + matrix[at++] * x[offset + column]);
    }
    return sum;
  }

  /** The system of the leading unknowns; the next column, negated, is its right side. */
  NormalEquations leadingWithNextColumn(int leading) {
    var part = new NormalEquations(leading);
    System.arraycopy(matrix, 0, part.matrix, 0, part.matrix.length);
    System.arraycopy(matrix, packed(0, leading), part.rightSide, 0, leading);
    part.negateRightSide();
    return part;
  }

  /**
   * Largest eigenvalues and their eigenvectors.
   *
   * @param values largest first
   * @param vectors of length one, as columns
   */
  record Eigenpairs(double[] values, double[] vectors) {}

  /** The {@code count} largest eigenvalues of A with their eigenvectors. */
  Eigenpairs leadingEigenpairs(int count) {
    double[] full = new double[size * size];
    for (int column = 0; column < size; column++) {
      System.arraycopy(matrix, packed(0, column), full, column * size, column + 1);
    }
    double[] values = new double[size];
    double[] vectors = new double[size * count];
    double[] work = new double[32 * size];
    int[] integerWork = new int[10 * size];
    var info = new intW(0);
    LAPACK_JAVA.dsyevr(
        "V",
        "I",
        "U",
        size,
        full,
        size,
        0,
        0,
        size - count + 1,
        size,
        0,
        new intW(0),
        values,
        vectors,
        size,
        new int[2 * size],
        work,
        work.length,
        integerWork,
        integerWork.length,
        info);
    if (info.val != 0) {
      throw new ArithmeticException(
          "Eigenvectors of a matrix of size %d were not found (LAPACK dsyevr: %d)."
              .formatted(size, info.val));
    }
    // LAPACK sorts ascending.
    var leading = new Eigenpairs(new double[count], new double[size * count]);
    for (int j = 0; j < count; j++) {
      leading.values()[j] = values[count - 1 - j];
      System.arraycopy(vectors, (count - 1 - j) * size, leading.vectors(), j * size, size);
    }
    return leading;
  }

  private void requireSolved(intW info, double[] solution) {
    if (info.val != 0 || !Arrays.stream(solution).allMatch(Double::isFinite)) {
      throw new ArithmeticException(
          "A system of %d normal equations is not positive definite (LAPACK: %d)."
                  .formatted(size, info.val)
              + " Its inputs hold extreme or non-finite numbers, or a regularization is 0: raise the"
              + " regularizations of the settings' section `train`.");
    }
  }

  private static int packed(int row, int column) {
    return row + column * (column + 1) / 2;
  }
}
