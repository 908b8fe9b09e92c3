package io.nightfeed.simulate;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a text expresses, in the order of the platform's emotion arrays. */
public enum Emotion {
  ANGER,
  DISGUST,
  FEAR,
  JOY,
  SADNESS,
  SURPRISE,
  NEUTRAL;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The emotion as it stands in phrase files and truth. */
  @JsonValue
  public String label() {
    return label;
  }

  /** A pleasant emotion; the platform's surprises are pleasant ones. */
  static Emotion pleasant(Draw draw) {
    return draw.chance(0.8) ? JOY : SURPRISE;
  }

  /** An unpleasant emotion. */
  static Emotion unpleasant(Draw draw) {
    var u = draw.uniform();
    if (u < 0.35) {
      return SADNESS;
    }
    if (u < 0.65) {
      return ANGER;
    }
    return u < 0.85 ? FEAR : DISGUST;
  }
}
