package io.nightfeed.tables;

import java.util.List;
import java.util.stream.Stream;

/** What is measured of posts' feelings, and for whom. */
public final class Measures {
  /** In the order of {@link Columns#EMOTIONS}. */
  public static final List<String> EMOTIONS =
      List.of("anger", "disgust", "fear", "joy", "sadness", "surprise", "neutral");

  /** The share of negative posts. */
  public static final String NEGATIVITY = "negativity";

  /** The values of {@link Columns#MEASURE}: the emotions, then negativity. */
  public static final List<String> ALL =
      Stream.concat(EMOTIONS.stream(), Stream.of(NEGATIVITY)).toList();

  /** The values of {@link Columns#AUDIENCE}: everybody, and readers whose mood is low. */
  public static final String EVERYBODY = "all";

  public static final String LOW_MOOD = "low_mood";

  private Measures() {}
}
