package io.nightfeed.udfs.rapids;

import ai.rapids.cudf.ColumnVector;
import ai.rapids.cudf.DType;
import ai.rapids.cudf.Scalar;
import ai.rapids.cudf.SegmentedReductionAggregation;
import com.nvidia.spark.RapidsUDF;
import io.nightfeed.udfs.VectorLength;

/**
 * {@link VectorLength} for whole columns on a GPU; of vectors without nulls. Sums run in another
 * order there, so that the last bits may differ.
 *
 * <p>Compiled, and planned by the accelerator; no GPU has run it.
 */
public final class RapidsVectorLength extends VectorLength implements RapidsUDF {
  private static final long serialVersionUID = 1L;

  @Override
  public ColumnVector evaluateColumnar(int rows, ColumnVector... arguments) {
    var vectors = arguments[0];
    try (var floats = vectors.getChildColumnView(0);
        var values = floats.castTo(DType.FLOAT64);
        var squares = values.mul(values);
        var squaredVectors = vectors.replaceListChild(squares);
        var sums = squaredVectors.listReduce(SegmentedReductionAggregation.sum(), DType.FLOAT64);
        var lengths = sums.sqrt();
        // Of an empty vector there is no sum, as of a null one.
        var zero = Scalar.fromDouble(0);
        var filled = lengths.replaceNulls(zero);
        var isVector = vectors.isNotNull();
        var nothing = Scalar.fromNull(DType.FLOAT64)) {
      return isVector.ifElse(filled, nothing);
    }
  }
}
