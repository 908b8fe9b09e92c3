package io.nightfeed.report;

import java.util.List;

/** Colours that mean something; they read on light and dark grounds. */
final class Palette {
  static final String GOOD = "#3b82c4";
  static final String PALE = "#9fb3c8";
  static final String BAD = "#d9534f";
  static final String BEHAVIOUR = "#3b82c4";
  static final String EMOTION = "#e0823d";

  /** In the order of the emotions: anger, disgust, fear, joy, sadness, surprise, neutral. */
  static final List<String> EMOTIONS =
      List.of("#d9534f", "#7d9b4e", "#8b6bb1", "#f0b429", "#4a7fb5", "#e58fb1", "#a9b4c0");

  private Palette() {}
}
