package io.nightfeed.raw;

import java.util.Locale;

/** The two streams of raw records. */
public enum RawSource {
  EVENTS,
  POSTS;

  private final String folder = name().toLowerCase(Locale.ROOT);

  /** Folder of the stream below the raw folder. */
  public String folder() {
    return folder;
  }
}
