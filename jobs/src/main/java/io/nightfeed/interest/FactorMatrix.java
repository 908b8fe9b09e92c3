package io.nightfeed.interest;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Row vectors of one length in one array, single precision: the catalogue's item vectors, or one
 * block's user vectors. A model publishes exactly these numbers, so everything is fitted to them.
 *
 * @param columns length of each vector
 * @param values rows one after another
 */
record FactorMatrix(int columns, float[] values) implements Serializable {

  static FactorMatrix zeros(int rows, int columns) {
    return new FactorMatrix(columns, new float[Math.multiplyExact(rows, columns)]);
  }

  /** Of vectors of one length. */
  static FactorMatrix of(float[][] rows) {
    var matrix = zeros(rows.length, rows[0].length);
    for (int row = 0; row < rows.length; row++) {
      System.arraycopy(rows[row], 0, matrix.values, row * matrix.columns, matrix.columns);
    }
    return matrix;
  }

  int rows() {
    return columns == 0 ? 0 : values.length / columns;
  }

  float get(int row, int column) {
    return values[row * columns + column];
  }

  void set(int row, int column, double value) {
    values[row * columns + column] = (float) value;
  }

  void setRow(int row, double[] vector) {
    for (int j = 0; j < columns; j++) {
      set(row, j, vector[j]);
    }
  }

  /** Sets a row to a row of a matrix of the same width. */
  void setRow(int row, FactorMatrix source, int sourceRow) {
    System.arraycopy(source.values, sourceRow * columns, values, row * columns, columns);
  }

  /** Copies one row to the start of {@code target}. */
  void copyRow(int row, double[] target) {
    copyRow(row, target, 0);
  }

  /** Copies one row to a place in {@code target}. */
  void copyRow(int row, double[] target, int offset) {
    for (int j = 0, from = row * columns; j < columns; j++) {
      target[offset + j] = values[from + j];
    }
  }

  float[] row(int row) {
    return Arrays.copyOfRange(values, row * columns, (row + 1) * columns);
  }

  double dot(int row, double[] weights) {
    double sum = 0;
    for (int j = 0, from = row * columns; j < columns; j++) {
      sum += values[from + j] * weights[j];
    }
    return sum;
  }

  /** Mean of some rows; zeros when there are none. */
  double[] mean(int[] rows) {
    var mean = new double[columns];
    for (int row : rows) {
      for (int j = 0; j < columns; j++) {
        mean[j] += get(row, j) / (double) rows.length;
      }
    }
    return mean;
  }

  /** Less the mean of some rows, and scaled so that their mean squared length is one. */
  FactorMatrix standardized(int[] rows) {
    var mean = mean(rows);
    var centred = zeros(rows(), columns);
    for (int row = 0; row < rows(); row++) {
      for (int j = 0; j < columns; j++) {
        centred.set(row, j, get(row, j) - mean[j]);
      }
    }
    return centred.scaledToLengthOne(rows);
  }

  /** The matrix times the number that makes some rows' mean squared length one. */
  FactorMatrix scaledToLengthOne(int[] rows) {
    double squares = 0;
    for (int row : rows) {
      for (int j = 0; j < columns; j++) {
        squares += (double) get(row, j) * get(row, j) / rows.length;
      }
    }
    double scale = squares > 0 ? 1 / Math.sqrt(squares) : 1;
    var scaled = zeros(rows(), columns);
    for (int i = 0; i < values.length; i++) {
      scaled.values[i] = (float) (values[i] * scale);
    }
    return scaled;
  }

  /** The rows with columns of one value after their own. */
  FactorMatrix append(double... constants) {
    var wider = zeros(rows(), columns + constants.length);
    for (int row = 0; row < rows(); row++) {
      System.arraycopy(values, row * columns, wider.values, row * wider.columns, columns);
      for (int j = 0; j < constants.length; j++) {
        wider.set(row, columns + j, constants[j]);
      }
    }
    return wider;
  }
}
