package io.nightfeed.udfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import scala.collection.JavaConverters;
import scala.collection.Seq;

class VectorLengthTest {
  private final VectorLength length = new VectorLength();

  @Test
  void lengthIsTheRootOfTheSumOfSquares() {
    assertThat(length.call(vector(3f, -4f))).isEqualTo(5.0);
  }

  @Test
  void emptyVectorHasNoLength_andNullNone() {
    assertThat(length.call(vector())).isZero();
    assertThat(length.call(null)).isNull();
  }

  @Test
  void notANumberStaysNotANumber() {
    assertThat(length.call(vector(1f, Float.NaN))).isNaN();
  }

  private static Seq<Float> vector(Float... values) {
    return JavaConverters.asScalaBuffer(List.of(values)).toSeq();
  }
}
