package io.nightfeed.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class GpuReportCommandTest {
  private static final String[] JOBS = {
    "ingest", "annotate", "profile", "train", "recommend", "report"
  };

  @Test
  void coverage_isPrintedForEveryJob() {
    var printed = print();
    for (var job : JOBS) {
      assertThat(printed).containsPattern("(?m)^gpu\\.coverage\\." + job + "=\\d\\.\\d{3} ");
    }
    assertThat(printed).containsPattern("(?m)^gpu\\.coverage=\\d\\.\\d{3} ");
  }

  @Test
  void all_isTheSumOfTheJobs() {
    var written = GpuCoverage.written();
    var sum =
        written.values().stream()
            .filter(one -> !one.job().equals(GpuCoverage.ALL))
            .map(one -> one.of(GpuCoverage.ALL))
            .reduce(GpuCoverage::plus);
    assertThat(sum).contains(written.get(GpuCoverage.ALL));
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
