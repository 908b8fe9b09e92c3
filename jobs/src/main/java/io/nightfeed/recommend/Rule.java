package io.nightfeed.recommend;

import io.nightfeed.config.Settings;
import io.nightfeed.recommend.Reranking.Reader;

/** A rule of re-ranking that can be left out, to see what it costs. */
enum Rule {
  MAX_PER_AUTHOR("max-per-author"),
  DIVERSITY("diversity"),
  FRESHNESS("freshness"),
  CALIBRATION("calibration"),
  EXPLORATION("exploration"),
  MOOD_GUARD("mood guard");

  private final String label;

  Rule(String label) {
    this.label = label;
  }

  /** For the run's summary. */
  String label() {
    return label;
  }

  /** Whether it can change this reader's list. */
  boolean isOn(Settings.Reranking settings, Reader reader) {
    return switch (this) {
      case MAX_PER_AUTHOR -> true;
      case DIVERSITY -> settings.diversity() > 0;
      case FRESHNESS -> settings.freshnessHalfLifeDays() > 0;
      case CALIBRATION -> settings.calibration() > 0 && reader.tone() != null;
      case EXPLORATION -> settings.explorationShare() > 0;
      case MOOD_GUARD -> reader.isGuarded();
    };
  }

  /** The settings without it; the mood guard is the {@link Reader}'s. */
  Settings.Reranking without(Settings.Reranking settings) {
    return new Settings.Reranking(
        settings.pool(),
        this == MAX_PER_AUTHOR ? Integer.MAX_VALUE : settings.maxPerAuthor(),
        this == DIVERSITY ? 0 : settings.diversity(),
        this == FRESHNESS ? 0 : settings.freshnessHalfLifeDays(),
        this == CALIBRATION ? 0 : settings.calibration(),
        this == EXPLORATION ? 0 : settings.explorationShare(),
        settings.explorationSeed(),
        settings.lowMoodValence(),
        settings.negativeValence());
  }

  Reader without(Reader reader) {
    return this == MOOD_GUARD ? reader.unguarded() : reader;
  }
}
