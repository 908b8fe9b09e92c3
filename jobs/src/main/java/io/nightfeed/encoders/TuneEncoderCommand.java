package io.nightfeed.encoders;

import io.nightfeed.config.Settings;
import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.config.Settings.EncoderClass;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.Sessions;
import io.nightfeed.run.SettingsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tunes an encoder with PyTorch and makes settings that use the tuned one in its place. */
@Command(
    name = "tune-encoder",
    mixinStandardHelpOptions = true,
    description = {
      "Adapts an encoder to the platform's labelled and engaged text. A Python script does the work",
      "(`make tuning-venv` installs what it needs, once); this command checks the encoder, runs the",
      "script, fixes the ranges of the tuned encoder's activations (see calibrate-encoder), and writes",
      "settings with which annotate uses the tuned encoder instead. Given an earlier tuned encoder's",
      "settings as --config, the new ones use both.",
      "",
      "What stands after -- goes to the script. Its options, and the format of the examples:",
      "  nightfeed tune-encoder --encoder NAME --examples DIR --name NAME -- --help"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:tuned",
      "1:failed",
      "2:wrong options, settings or examples",
      "75:stopped at the script's --stop-at-step: run the same command without it to go on"
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  nightfeed tune-encoder --encoder e5-small-v2-q --examples target/tuning/en \\",
      "      --name e5-small-tuned -- --epochs 3 --task-passes davidson=0.35",
      "  nightfeed train-annotators --config target/models/e5-small-tuned/encoder.conf …",
      "  nightfeed annotate --config target/models/e5-small-tuned/encoder.conf …"
    })
public final class TuneEncoderCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private SettingsOptions options;

  @Option(
      names = "--encoder",
      required = true,
      paramLabel = "NAME",
      description = "The encoder to start from: a name of nightfeed.encoders.")
  private String base;

  @Option(
      names = "--examples",
      required = true,
      paramLabel = "DIR",
      description = "Folder with train.jsonl, dev.jsonl and, for engaged text, pairs.jsonl.")
  private Path examples;

  @Option(
      names = "--name",
      required = true,
      paramLabel = "NAME",
      description = "The tuned encoder's name: its folder below nightfeed.models-folder.")
  private String name;

  @Option(
      names = "--python",
      paramLabel = "FILE",
      defaultValue = "${env:NIGHTFEED_PYTHON:-target/tuning-venv/bin/python}",
      description = {
        "Python with the packages of jobs/src/main/python/requirements.lock (default",
        "${DEFAULT-VALUE}, or the environment variable NIGHTFEED_PYTHON)."
      })
  private Path python;

  @Option(
      names = "--script",
      paramLabel = "FILE",
      defaultValue = "jobs/src/main/python/tune_encoder.py",
      description = "The script (default ${DEFAULT-VALUE}, in the repository).")
  private Path script;

  @Parameters(paramLabel = "OPTION", description = "After --: options of the script.")
  private List<String> scriptOptions = List.of();

  @Override
  public Integer call() {
    var settings = options.settings();
    var encoder = named(settings);
    requireFile(python, "Run `make tuning-venv`, or give --python a Python that has the packages");
    requireFile(script, "Run the command in the repository, or give --script its path");
    var folder = new EncoderFolders(settings.modelsFolder()).verified(encoder);
    var tuned = settings.modelsFolder().resolve(name);
    run(command(encoder, folder, tuned));
    if (!Files.isDirectory(tuned)) {
      // The script was asked for its help.
      return ExitCode.OK.status();
    }
    var overlay = TunedEncoder.writeSettings(settings, encoder, name);
    var out = spec.commandLine().getOut();
    out.printf("wrote %s: give it as --config to train-annotators, then to annotate%n", overlay);
    calibrate(SettingsLoader.load(List.of(overlay), Map.of()).encoder(name), settings);
    out.flush();
    return ExitCode.OK.status();
  }

  private void calibrate(Encoder tuned, Settings settings) {
    var spark = Sessions.open("nightfeed tune-encoder");
    var ranges =
        CalibrateEncoderCommand.measured(
            spark, settings, tuned, examples, CalibrateEncoderCommand.TEXTS);
    if (!ranges.ranges().isEmpty()) {
      ranges.write(settings.modelsFolder().resolve(name).resolve(FixedRanges.FILE));
    }
  }

  private Encoder named(Settings settings) {
    if (!name.matches("[A-Za-z0-9._-]+") || settings.encoders().stream().anyMatch(this::hasName)) {
      throw new JobFailure(
          ExitCode.USAGE,
          "--name %s: expected letters, digits, '.', '_' and '-', and no encoder that is there"
              .formatted(name));
    }
    return settings.encoder(base);
  }

  private boolean hasName(Encoder encoder) {
    return encoder.name().equals(name);
  }

  private static void requireFile(Path file, String remedy) {
    if (!Files.isRegularFile(file)) {
      throw new JobFailure(ExitCode.USAGE, "%s is missing. %s.".formatted(file, remedy));
    }
  }

  private List<String> command(Encoder encoder, Path folder, Path tuned) {
    var command = new ArrayList<String>();
    command.addAll(List.of(python.toString(), script.toString()));
    command.addAll(List.of("--encoder", folder.toString(), "--examples", examples.toString()));
    command.addAll(List.of("--prefix=" + encoder.prefix(), "--to", tuned.toString()));
    var pooling =
        encoder.encoderClass() == EncoderClass.E5
            ? UnpaddedEmbeddings.MEAN
            : UnpaddedEmbeddings.FIRST;
    command.addAll(List.of("--pooling", pooling));
    command.addAll(scriptOptions);
    return command;
  }

  /** The script speaks for itself: its output is this process's. */
  private static void run(List<String> command) {
    try {
      var status = new ProcessBuilder(command).inheritIO().start().waitFor();
      if (status != ExitCode.OK.status()) {
        throw new JobFailure(code(status), explained(command, status));
      }
    } catch (IOException e) {
      throw new JobFailure(
          ExitCode.USAGE,
          "%s cannot be run (%s). Run `make tuning-venv`, or give --python another Python."
              .formatted(command.get(0), e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JobFailure(ExitCode.FAILED, "Interrupted while the tuning script ran.", e);
    }
  }

  private static ExitCode code(int status) {
    return switch (status) {
      case 2 -> ExitCode.USAGE;
      case 75 -> ExitCode.RETRY;
      default -> ExitCode.FAILED;
    };
  }

  private static String explained(List<String> command, int status) {
    if (code(status) == ExitCode.RETRY) {
      return "The tuning stopped before its end, with a checkpoint. Run the same command, without"
          + " --stop-at-step, to go on.";
    }
    return "The tuning script ended with status %d; what it said stands above. It ran as: %s"
        .formatted(status, String.join(" ", command));
  }
}
