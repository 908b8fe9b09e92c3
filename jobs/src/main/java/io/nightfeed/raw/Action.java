package io.nightfeed.raw;

import java.util.Locale;

/** What a user can do to a post. */
public enum Action {
  /** The post was shown: an impression, which is exposure and not engagement. */
  VIEW,
  CLICK,
  LIKE,
  COMMENT,
  SHARE,
  /** The user does not want to see it. */
  HIDE,
  /** The user says that it breaks the rules. */
  REPORT,
  /** The user follows the post's author. */
  FOLLOW;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The action as it stands in the raw files. */
  public String label() {
    return label;
  }
}
