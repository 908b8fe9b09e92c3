package io.nightfeed;

import io.nightfeed.annotate.AnnotateJob;
import io.nightfeed.config.SettingsException;
import io.nightfeed.encoders.BenchAnnotateCommand;
import io.nightfeed.encoders.CalibrateEncoderCommand;
import io.nightfeed.encoders.ModelsCommand;
import io.nightfeed.encoders.TuneEncoderCommand;
import io.nightfeed.evaluate.BenchPublishCommand;
import io.nightfeed.evaluate.BenchScaleCommand;
import io.nightfeed.evaluate.BenchTrainCommand;
import io.nightfeed.evaluate.EvaluateCommand;
import io.nightfeed.evaluate.EvaluateNightsCommand;
import io.nightfeed.evaluate.EvaluatePolicyCommand;
import io.nightfeed.evaluate.TruthCommand;
import io.nightfeed.export.DictionaryCommand;
import io.nightfeed.export.ExportCommand;
import io.nightfeed.export.ViewsCommand;
import io.nightfeed.generate.EvaluateGenerateCommand;
import io.nightfeed.generate.GenerateJob;
import io.nightfeed.heads.EvaluateTextCommand;
import io.nightfeed.heads.LearningCurveCommand;
import io.nightfeed.heads.TrainAnnotatorsCommand;
import io.nightfeed.heads.TuningExamplesCommand;
import io.nightfeed.ingest.IngestJob;
import io.nightfeed.privacy.ForgetCommand;
import io.nightfeed.privacy.MaintainCommand;
import io.nightfeed.privacy.RotateKeyCommand;
import io.nightfeed.profile.ProfileJob;
import io.nightfeed.recommend.BenchTopNCommand;
import io.nightfeed.recommend.RecommendJob;
import io.nightfeed.reply.EvaluateRepliesCommand;
import io.nightfeed.reply.ReplyJob;
import io.nightfeed.report.GpuReportCommand;
import io.nightfeed.report.HashCommand;
import io.nightfeed.report.ReportJob;
import io.nightfeed.report.ShowCommand;
import io.nightfeed.run.BackfillCommand;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Job;
import io.nightfeed.run.JobCommand;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.RepairCommand;
import io.nightfeed.simulate.SimulateCommand;
import io.nightfeed.simulate.WritingExamplesCommand;
import io.nightfeed.sources.ImportCommand;
import io.nightfeed.train.RollbackCommand;
import io.nightfeed.train.TrainJob;
import io.nightfeed.tune.TuneCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code nightfeed} command: a list of subcommands, no logic. */
@Command(
    name = "nightfeed",
    version = "Nightfeed 0.1.0",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Nightly Spark jobs: from a platform's logs to recommendations with reasons.")
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    var ingest = new IngestJob();
    var annotate = new AnnotateJob();
    var profile = new ProfileJob();
    var train = new TrainJob();
    var recommend = new RecommendJob();
    var generate = new GenerateJob();
    var reply = new ReplyJob();
    var report = new ReportJob();

    var line = new CommandLine(new Main());
    line.addSubcommand(new SimulateCommand());
    line.addSubcommand(new WritingExamplesCommand());
    line.addSubcommand(new ImportCommand());
    line.addSubcommand(new ModelsCommand());
    add(line, ingest, "Parse what arrived, strictly; quarantine the rest; pseudonymise, clean.");
    add(
        line,
        annotate,
        "Read new texts: language, sentences, tokens, sentiment, emotion, embedding.");
    add(line, profile, "How each user feels, and what each did with each post, with decay.");
    add(line, train, "Fit the interest model; let it serve if it is good enough.");
    add(line, recommend, "The best posts for every active user, with reasons.");
    add(line, generate, "Teasers and reasons in words, safe and grounded.");
    add(line, reply, "What could be answered to comments that nobody answered.");
    add(line, report, "One HTML page about the night.");
    var night = List.of(ingest, annotate, profile, train, recommend, generate, reply, report);
    line.addSubcommand("nightly", new JobCommand(night));
    describe(line, "nightly", "All jobs in order, in one process.");
    line.addSubcommand(new BackfillCommand(night));
    line.addSubcommand(new RollbackCommand());
    line.addSubcommand(new RepairCommand());
    line.addSubcommand(new ForgetCommand());
    line.addSubcommand(new MaintainCommand());
    line.addSubcommand(new RotateKeyCommand());
    line.addSubcommand(new ShowCommand());
    line.addSubcommand(new HashCommand());
    line.addSubcommand(new ExportCommand());
    line.addSubcommand(new ViewsCommand());
    line.addSubcommand(new DictionaryCommand());
    line.addSubcommand(new GpuReportCommand());
    line.addSubcommand(new TuneEncoderCommand());
    line.addSubcommand(new CalibrateEncoderCommand());
    line.addSubcommand(new TrainAnnotatorsCommand());
    line.addSubcommand(new TuningExamplesCommand());
    line.addSubcommand(new EvaluateTextCommand());
    line.addSubcommand(new LearningCurveCommand());
    line.addSubcommand(new EvaluateRepliesCommand());
    line.addSubcommand(new BenchAnnotateCommand(annotate));
    line.addSubcommand(new BenchTopNCommand());
    line.addSubcommand(new BenchPublishCommand());
    line.addSubcommand(new BenchTrainCommand());
    line.addSubcommand(new BenchScaleCommand(night));
    line.addSubcommand(new EvaluateCommand());
    line.addSubcommand(new TuneCommand());
    line.addSubcommand(new EvaluateNightsCommand(List.of(ingest, annotate, profile)));
    line.addSubcommand(new EvaluatePolicyCommand());
    line.addSubcommand(new EvaluateGenerateCommand());
    line.addSubcommand(new TruthCommand(List.of(ingest, annotate, profile, train)));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    return line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
        .setExecutionExceptionHandler(Main::explain);
  }

  private static void add(CommandLine line, Job job, String description) {
    line.addSubcommand(job.name(), new JobCommand(List.of(job)));
    describe(line, job.name(), description);
  }

  private static void describe(CommandLine line, String command, String description) {
    line.getSubcommands().get(command).getCommandSpec().usageMessage().description(description);
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
