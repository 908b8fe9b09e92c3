package io.nightfeed.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class GpuReportCommandTest {
  @Test
  void coverage_leavesOutTheBoundary() {
    var coverage = new GpuCoverage("profile", 2, 10, 6, 2);
    assertThat(coverage.line())
        .startsWith("gpu.coverage.profile=0.750 gpu.of_all_operators.profile=0.600 ");
    assertThat(coverage.plus(coverage).share()).isEqualTo(0.75);
  }

  @Test
  void report_printsWhatIsWrittenDown() {
    var lines = GpuCoverage.written().values().stream().map(GpuCoverage::line).toList();
    assertThat(print().lines().filter(line -> line.startsWith("gpu.")))
        .containsExactlyElementsOf(lines);
  }

  @Test
  void why_listsReasons() {
    assertThat(CpuOperator.all())
        .isNotEmpty()
        .allSatisfy(one -> assertThat(one.why()).hasSizeGreaterThan(10));
    assertThat(print("--why")).contains(CpuOperator.all().get(0).why());
  }

  private static String print(String... arguments) {
    var printed = new StringWriter();
    var code =
        new CommandLine(new GpuReportCommand()).setOut(new PrintWriter(printed)).execute(arguments);
    assertThat(code).isZero();
    return printed.toString();
  }
}
