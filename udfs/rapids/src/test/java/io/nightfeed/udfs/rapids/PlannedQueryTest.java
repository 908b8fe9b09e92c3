package io.nightfeed.udfs.rapids;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.report.CpuOperator;
import io.nightfeed.report.CpuOperator.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlannedQueryTest {
  private static final String EXPLAINED =
      """
      !Exec <ProjectExec> cannot run on GPU because not all expressions can be replaced
        @Expression <Alias> f(a#1) AS b#2 could run on GPU
          ! <Sha2> sha2(a#1, 256) cannot run on GPU because GPU does not currently support the operator class org.apache.spark.sql.catalyst.expressions.Sha2
            @Expression <AttributeReference> a#1 could run on GPU
        *Exec <FilterExec> will run on GPU
          *Expression <IsNotNull> isnotnull(a#1) will run on GPU
          ! <RDDScanExec> cannot run on GPU because GPU does not currently support the operator class org.apache.spark.sql.execution.RDDScanExec
      """;

  private final PlannedQuery query = PlannedQuery.of("ingest", "IngestJob", EXPLAINED);

  @Test
  void operator_staysForItsExpressionsReason() {
    var operators = query.operators();
    assertThat(operators)
        .extracting(PlannedQuery.Operator::name)
        .containsExactly("ProjectExec", "FilterExec", "RDDScanExec");
    assertThat(operators.get(0).causes())
        .extracting(PlannedQuery.Cause::name)
        .containsExactly("Sha2");
    assertThat(operators.get(1).isOnGpu()).isTrue();
    assertThat(operators.get(2).causes())
        .extracting(PlannedQuery.Cause::name)
        .containsExactly("RDDScanExec");
  }

  @Test
  void boundary_isOutsideOfTheCoverage() {
    var rows = new CpuOperator("any", "RDDScanExec", "operator class", Kind.BOUNDARY, "");
    var coverage = query.coverage(List.of(rows));
    assertThat(coverage.share()).isEqualTo(0.5);
    assertThat(coverage.shareOfAll()).isEqualTo(1 / 3.0);
  }

  @Test
  void spelling_ofColumnsMakesNoOtherQuery() {
    assertThat(PlannedQuery.of("ingest", "IngestJob", EXPLAINED.replace("#1", "#97")))
        .isEqualTo(query);
  }
}
