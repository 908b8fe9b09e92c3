package io.nightfeed.run;

import io.nightfeed.config.Settings;
import java.time.LocalDate;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that every job has. */
public final class RunOptions {
  @Mixin private SettingsOptions settingsOptions;

  @Option(
      names = "--run-date",
      paramLabel = "YYYY-MM-DD",
      required = true,
      description = "The night to run for: the UTC date whose input has just arrived.")
  private LocalDate runDate;

  public LocalDate runDate() {
    return runDate;
  }

  /**
   * The effective settings.
   *
   * @throws io.nightfeed.config.SettingsException with every problem found
   */
  public Settings settings() {
    return settingsOptions.settings();
  }
}
