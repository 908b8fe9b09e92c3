package io.nightfeed.privacy;

import io.nightfeed.lake.Lake;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.KeyCheck;
import io.nightfeed.run.PseudonymKey;
import io.nightfeed.run.Sessions;
import io.nightfeed.run.SettingsOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Replaces the key of the pseudonyms. */
@Command(
    name = "rotate-key",
    mixinStandardHelpOptions = true,
    description = {
      "Makes every pseudonym anew, in tables, older versions, models and run records: the new key is",
      "applied to the pseudonyms that are there, so that everybody stays who they are. From then on",
      "both keys are needed, in order, to tell whose pseudonym one is: whoever got hold of the old one",
      "alone can tell nothing any more. The key file gets the new key as another line.",
      "Run it while no job runs; until it has ended none does. Interrupted, run it again."
    },
    footer = {
      "",
      "Which pairs of users and posts are held out from fits is drawn from pseudonyms, too: the model",
      "that serves has learned from pairs that the next nights hold out.",
      "Example: nightfeed rotate-key --config conf/demo.conf --new-key-file new-key"
    })
public final class RotateKeyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private SettingsOptions options;

  @Option(
      names = "--new-key-file",
      paramLabel = "FILE",
      required = true,
      description =
          "The new key, 64 or more hexadecimal digits; made, readable by its owner alone, if it is not there.")
  private Path newKeyFile;

  @Override
  public Integer call() {
    var settings = options.settings();
    var keys = PseudonymKey.load(settings.pseudonyms(), System.getenv());
    var next = PseudonymKey.next(newKeyFile);
    var check = new KeyCheck(settings.lakeFolder());
    var out = spec.commandLine().getOut();
    if (!check.isRotatingTo(keys)) {
      try (var spark = Sessions.open("nightfeed rotate-key")) {
        var left =
            new KeyRotation(spark, new Lake(spark, settings.lakeFolder()), keys, next, out).run();
        if (!left.isEmpty()) {
          throw new JobFailure(
              ExitCode.FAILED,
              "These %d files still hold old pseudonyms, or cannot be read, so that nobody knows. Remove or repair them, and run rotate-key again:%n  %s"
                  .formatted(
                      left.size(),
                      left.stream().map(Path::toString).collect(Collectors.joining("\n  "))));
        }
      }
      out.println(
          "  searched every file below the lake: none of the old pseudonyms that were looked for is left");
      if (!PseudonymKey.isInEnvironment(System.getenv())) {
        PseudonymKey.append(settings.pseudonyms(), newKeyFile);
      }
    }
    check.end();
    out.println(
        PseudonymKey.isInEnvironment(System.getenv())
            ? "  from now on the environment must hold the old key, a comma, and the content of "
                + newKeyFile
            : "  the key file %s has the new key, too: keep it as safe as before, and remove %s"
                .formatted(settings.pseudonyms().keyFile(), newKeyFile));
    out.flush();
    return ExitCode.OK.status();
  }
}
