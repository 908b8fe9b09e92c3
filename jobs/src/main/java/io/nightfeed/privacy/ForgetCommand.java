package io.nightfeed.privacy;

import io.nightfeed.lake.Lake;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.KeyCheck;
import io.nightfeed.run.PseudonymKey;
import io.nightfeed.run.Sessions;
import io.nightfeed.run.SettingsOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Erases people from everything that Nightfeed keeps, and proves it. */
@Command(
    name = "forget",
    mixinStandardHelpOptions = true,
    description = {
      "Erases people: their rows in all tables and older versions, their posts with all that names them,",
      "texts that only they wrote, their lines in quarantine and landing files, their vectors in models,",
      "reports that may show them. Ingest keeps them out from now on. Then searches every file for what",
      "points to them, and ends with 1, naming the files, if anything is left.",
      "Run it while no job runs: older versions of tables go at once. Interrupted, run it again."
    },
    footer = {
      "",
      "What it does not reach: Spark's event logs, copies and backups, an MLflow server, and what all",
      "users together taught a model; train for the nights that it names, to learn without them."
    })
public final class ForgetCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private SettingsOptions options;

  @Option(
      names = "--user-file",
      paramLabel = "FILE",
      required = true,
      description =
          "User ids as the source has them, one a line; - reads them from standard input.")
  private Path userFile;

  @Option(
      names = "--keep-raw",
      description = "Leave landing files alone; ingest passes over their lines all the same.")
  private boolean keepsRaw;

  @Option(names = "--dry-run", description = "Say what would go, and change nothing.")
  private boolean isDryRun;

  @Override
  public Integer call() throws IOException {
    var settings = options.settings();
    var ids = ids();
    var pseudonym = PseudonymKey.load(settings.pseudonyms(), System.getenv());
    new KeyCheck(settings.lakeFolder()).require(pseudonym);
    var out = spec.commandLine().getOut();
    try (var spark = Sessions.open("nightfeed forget")) {
      var lake = new Lake(spark, settings.lakeFolder());
      var raw = keepsRaw ? null : settings.rawFolder().toAbsolutePath();
      var erasure = new PersonErasure(spark, lake, raw, pseudonym, out);
      var traces = erasure.traces(ids);
      out.printf(
          "%s: %,d people with %,d posts%n",
          isDryRun ? "would forget" : "forget", ids.size(), traces.posts().size());
      if (isDryRun) {
        erasure.plan(traces);
        return ExitCode.OK.status();
      }
      var left = erasure.run(traces, LocalDate.now(ZoneOffset.UTC));
      if (!left.isEmpty()) {
        throw new JobFailure(
            ExitCode.FAILED,
            "These %d files still hold something of theirs, or cannot be read, so that nobody knows. Remove or repair them, and run forget again:%n  %s"
                .formatted(
                    left.size(),
                    left.stream().map(Path::toString).collect(Collectors.joining("\n  "))));
      }
      out.println("  searched every file below the lake: nothing of theirs is left");
      out.flush();
    }
    return ExitCode.OK.status();
  }

  private Set<String> ids() throws IOException {
    try (var reader = new BufferedReader(open())) {
      var ids = reader.lines().filter(line -> !line.isBlank()).collect(Collectors.toSet());
      if (ids.isEmpty()) {
        throw new JobFailure(ExitCode.USAGE, "--user-file " + userFile + " names nobody");
      }
      return ids;
    }
  }

  private Reader open() throws IOException {
    if (userFile.toString().equals("-")) {
      return new InputStreamReader(System.in, StandardCharsets.UTF_8);
    }
    if (!Files.isRegularFile(userFile)) {
      throw new JobFailure(ExitCode.USAGE, "--user-file " + userFile + ": no such file");
    }
    return Files.newBufferedReader(userFile);
  }
}
