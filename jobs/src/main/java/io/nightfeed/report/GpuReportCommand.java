package io.nightfeed.report;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints how much of each job the accelerator's planner would place on a GPU. */
@Command(
    name = "gpu-report",
    mixinStandardHelpOptions = true,
    description = {
      "Prints how much of each job the RAPIDS Accelerator's planner would place on a GPU, as make",
      "test-rapids found it. Plans only: nothing was run on a GPU."
    })
public final class GpuReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--why", description = "Print what stays on the CPU, and why, too.")
  private boolean isWhyAsked;

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    var written = GpuCoverage.written();
    if (written.isEmpty()) {
      out.println("Nothing is written down in gpu/coverage.tsv: make test-rapids measures it.");
    }
    written.values().forEach(one -> out.println(one.line()));
    if (isWhyAsked) {
      out.println();
      out.print(CpuOperator.text());
    }
    out.flush();
    return 0;
  }
}
