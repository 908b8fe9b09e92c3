package io.nightfeed.simulate;

import java.util.Locale;

/** What is counted while records are delivered, per landing date. */
public enum Planted {
  /** All lines of the night's events, good and bad. */
  EVENT_LINES,
  /** Events that landed one to three nights after their own; their repeats are not counted. */
  LATE_EVENTS,
  /** Repeats of an event that landed on the same night. */
  REPEATS_OF_SAME_NIGHT,
  /** Repeats of an event that landed on an earlier night. */
  REPEATS_OF_EARLIER_NIGHT,
  /** Event lines to refuse. */
  BROKEN_EVENTS,
  /** All lines of the night's posts, good and bad. */
  POST_LINES,
  /** Post lines to refuse. */
  BROKEN_POSTS;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The count as it stands in the truth. */
  public String label() {
    return label;
  }
}
