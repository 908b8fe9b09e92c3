package io.nightfeed.run;

import io.nightfeed.config.Settings;
import io.nightfeed.config.SettingsLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options that say which settings hold. */
public final class SettingsOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = {
        "Settings that differ from the defaults, such as conf/local.conf.",
        "May be given more than once; later files go first."
      })
  private List<Path> configs = List.of();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One setting, such as --set train.rank=16; goes before every file.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  private Settings settings;

  /**
   * The effective settings.
   *
   * @throws io.nightfeed.config.SettingsException with every problem found
   */
  public Settings settings() {
    if (settings == null) {
      settings = SettingsLoader.load(configs, overrides);
    }
    return settings;
  }

  /**
   * The effective settings with another file, which goes before the others.
   *
   * @throws io.nightfeed.config.SettingsException with every problem found
   */
  public Settings settings(Path file) {
    var all = new ArrayList<>(configs);
    all.add(file);
    return SettingsLoader.load(all, overrides);
  }

  /**
   * The effective settings, some of them replaced.
   *
   * @param replacements by key, such as {@code train.rank}; they go before every option
   * @throws io.nightfeed.config.SettingsException with every problem found
   */
  public Settings settings(Map<String, String> replacements) {
    var all = new LinkedHashMap<>(overrides);
    all.putAll(replacements);
    return SettingsLoader.load(configs, all);
  }
}
