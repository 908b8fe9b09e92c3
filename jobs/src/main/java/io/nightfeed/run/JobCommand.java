package io.nightfeed.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A subcommand that runs jobs, in order, for one night or for several one after the other. */
@Command(
    mixinStandardHelpOptions = true,
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0   done",
      "  1   failed",
      "  2   wrong options or settings",
      "  3   the data are not good enough to publish, and yesterday's tables still serve; or train's model",
      "      is not, and the one before it served this night, too",
      "  75  something is not there yet: try again later"
    })
public final class JobCommand implements Callable<Integer> {
  private final List<Job> jobs;

  @Spec private CommandSpec spec;
  @Mixin private RunOptions options;

  @Option(
      names = "--through",
      paramLabel = "YYYY-MM-DD",
      description =
          "Run every night from --run-date to this one, inclusive, in order. --accept-volume holds for each.")
  private java.time.LocalDate through;

  @Mixin private AcceptedVolumes acceptedVolumes;

  /**
   * @param jobs what to run for each night
   */
  public JobCommand(List<Job> jobs) {
    this.jobs = jobs;
  }

  @Override
  public Integer call() {
    var settings = options.settings();
    var first = options.runDate();
    var last = through == null ? first : through;
    if (last.isBefore(first)) {
      throw new JobFailure(
          ExitCode.USAGE, "--through %s is before --run-date %s".formatted(last, first));
    }
    var accepted = acceptedVolumes.tables();
    var out = spec.commandLine().getOut();
    boolean hasRefused;
    try (var spark = Sessions.open("nightfeed " + spec.name() + " " + first)) {
      var runner = new JobRunner(spark, settings, out, Clock.systemUTC(), accepted);
      for (var night = first; !night.isAfter(last); night = night.plusDays(1)) {
        var code = runner.run(jobs, night);
        if (code != ExitCode.OK) {
          return code.status();
        }
      }
      hasRefused = runner.hasRefused();
    }
    peakMemory().ifPresent(peak -> out.println("peak memory of the process: " + peak));
    return (hasRefused ? ExitCode.DATA_QUALITY : ExitCode.OK).status();
  }

  /** What the kernel saw at most, native libraries included; nothing where there is no /proc. */
  private static Optional<String> peakMemory() {
    var status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return Optional.empty();
    }
    try (var lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .map(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .map(kibibytes -> "%.2f GiB".formatted(kibibytes / (double) (1 << 20)))
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + status, e);
    }
  }
}
