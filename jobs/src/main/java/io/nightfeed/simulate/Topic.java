package io.nightfeed.simulate;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What posts are about; each has a section in {@code simulate/<language>.conf}. */
public enum Topic {
  COOKING,
  FOOTBALL,
  MUSIC,
  FILMS,
  GARDENING,
  TRAVEL,
  GADGETS,
  GAMING,
  RUNNING,
  PETS,
  COMMUTING,
  BOOKS;

  static final int COUNT = values().length;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The topic as it stands in phrase files, tags and truth. */
  @JsonValue
  public String label() {
    return label;
  }
}
