package io.nightfeed.udfs.rapids;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.udf;
import static org.assertj.core.api.Assertions.assertThat;

import com.nvidia.spark.rapids.ExplainPlan;
import io.nightfeed.udfs.NightfeedFunctions;
import io.nightfeed.udfs.VectorLength;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Plans and CPU results; the columnar body itself needs a GPU. */
class RapidsFunctionsTest {
  private static final Column LENGTH =
      expr(NightfeedFunctions.VECTOR_LENGTH + "(vector)").as("length");

  private static Dataset<Row> vectors;

  @BeforeAll
  static void makeVectors() {
    var spark = PlanningSession.get();
    NightfeedFunctions.register(spark);
    var number = col("id").cast(DataTypes.FloatType);
    vectors =
        spark.range(1, 3).select(array(number.multiply(3f), number.multiply(4f)).as("vector"));
  }

  @Test
  void vectorLength_isPlannedOnTheGpu() {
    assertThat(ExplainPlan.explainPotentialGpuPlan(vectors.select(LENGTH), "ALL"))
        .contains("ScalaUDF")
        .doesNotContain("cannot run on GPU");
  }

  @Test
  void classWithoutColumnarBody_staysOnTheCpu() {
    var plain = udf(new VectorLength(), DataTypes.DoubleType).withName("plain");
    assertThat(
            ExplainPlan.explainPotentialGpuPlan(vectors.select(plain.apply(col("vector"))), "ALL"))
        .contains("neither plain implemented by");
  }

  @Test
  void onTheCpu_extensionGivesTheSameLengths() {
    assertThat(vectors.select(LENGTH).collectAsList())
        .extracting(row -> row.getDouble(0))
        .containsExactly(5.0, 10.0);
  }
}
