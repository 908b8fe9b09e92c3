package io.nightfeed;

import io.nightfeed.annotate.AnnotateJob;
import io.nightfeed.annotate.ModelsCommand;
import io.nightfeed.annotate.TrainAnnotatorsCommand;
import io.nightfeed.config.SettingsException;
import io.nightfeed.ingest.IngestJob;
import io.nightfeed.profile.ProfileJob;
import io.nightfeed.recommend.RecommendJob;
import io.nightfeed.report.HashCommand;
import io.nightfeed.report.ReportJob;
import io.nightfeed.report.ShowCommand;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Job;
import io.nightfeed.run.JobCommand;
import io.nightfeed.run.JobFailure;
import io.nightfeed.simulate.SimulateCommand;
import io.nightfeed.sources.ImportCommand;
import io.nightfeed.train.TrainJob;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code nightfeed} command: a list of subcommands, no logic. */
@Command(
    name = "nightfeed",
    version = "Nightfeed 0.1.0",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Nightly Spark jobs: from a platform's logs to recommendations with reasons.",
    subcommands = {
      SimulateCommand.class,
      ImportCommand.class,
      ModelsCommand.class,
      TrainAnnotatorsCommand.class,
      ShowCommand.class,
      HashCommand.class
    })
public final class Main {
  private static final List<Job> NIGHT =
      List.of(
          new IngestJob(),
          new AnnotateJob(),
          new ProfileJob(),
          new TrainJob(),
          new RecommendJob(),
          new ReportJob());

  private Main() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    var line = new CommandLine(new Main());
    NIGHT.forEach(job -> line.addSubcommand(job.name(), new JobCommand(List.of(job))));
    line.addSubcommand("nightly", new JobCommand(NIGHT));
    return line.setExecutionExceptionHandler(Main::explain);
  }

  /** Failures that the operator can act upon are a message, not a stack trace. */
  private static int explain(Exception failure, CommandLine line, CommandLine.ParseResult parsed)
      throws Exception {
    if (failure instanceof SettingsException || failure instanceof JobFailure) {
      line.getErr().println("nightfeed: " + failure.getMessage());
      return failure instanceof JobFailure job ? job.code().status() : ExitCode.USAGE.status();
    }
    throw failure;
  }
}
