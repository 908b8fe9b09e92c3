package io.nightfeed.config;

import java.util.List;

/** The settings cannot be used. Carries every problem, so that one run shows all of them. */
public final class SettingsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SettingsException(List<String> problems) {
    super(
        "%d problem%s in the settings:%n  - %s"
            .formatted(
                problems.size(),
                problems.size() == 1 ? "" : "s",
                String.join(System.lineSeparator() + "  - ", problems)));
  }
}
