package io.nightfeed.tables;

import java.util.List;

/** What a user can do with a post: the values of {@link Columns#ACTION}. */
public final class Actions {
  public static final String VIEW = "view";
  public static final String CLICK = "click";
  public static final String LIKE = "like";
  public static final String COMMENT = "comment";
  public static final String SHARE = "share";
  public static final String FOLLOW = "follow";
  public static final String HIDE = "hide";
  public static final String REPORT = "report";

  /** Actions that show interest. Views are exposure; hide and report are rejections. */
  public static final List<String> ENGAGEMENTS = List.of(CLICK, LIKE, COMMENT, SHARE, FOLLOW);

  /** Actions that say "not this". */
  public static final List<String> REJECTIONS = List.of(HIDE, REPORT);

  private Actions() {}
}
