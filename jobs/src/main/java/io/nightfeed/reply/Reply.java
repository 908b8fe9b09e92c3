package io.nightfeed.reply;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * What a comment is answered.
 *
 * @param text null where nothing is suggested
 * @param sourceKind of the first source; null where there is none
 * @param sourceIds what all of its sources are cited by
 * @param sourceUserIds who wrote them, each once
 * @param similarity of the first source to the comment, or of the nearest where there is none; null
 *     where there was nothing to compare with
 */
record Reply(
    String text,
    String sourceKind,
    List<String> sourceIds,
    List<String> sourceUserIds,
    Double similarity)
    implements Serializable {

  static Reply none(Double nearest) {
    return new Reply(null, null, List.of(), List.of(), nearest);
  }

  /**
   * @param sources at least one; the first is the one that the comment is most like
   */
  static Reply of(String text, List<Quote> sources) {
    return new Reply(
        text,
        sources.get(0).kind(),
        sources.stream().flatMap(source -> source.ids().stream()).distinct().toList(),
        sources.stream().map(Quote::userId).filter(Objects::nonNull).distinct().sorted().toList(),
        sources.get(0).similarity());
  }
}
