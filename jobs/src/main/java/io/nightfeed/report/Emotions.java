package io.nightfeed.report;

import io.nightfeed.tables.Measures;
import java.util.List;

/** The names of the emotions, in the order of {@link io.nightfeed.tables.Columns#EMOTIONS}. */
final class Emotions {
  static final List<String> NAMES = Measures.EMOTIONS;

  private Emotions() {}

  /** The strongest emotion; of equals the first. */
  static String strongest(List<? extends Number> values) {
    var best = 0;
    for (var i = 1; i < NAMES.size(); i++) {
      if (values.get(i).doubleValue() > values.get(best).doubleValue()) {
        best = i;
      }
    }
    return NAMES.get(best);
  }
}
