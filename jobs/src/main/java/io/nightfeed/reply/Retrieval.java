package io.nightfeed.reply;

import io.nightfeed.reply.Source.Kind;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;

/**
 * Finds the sources that are most like a comment. Every source is compared, so what is found does
 * not depend on an index.
 *
 * @param wordingShare see {@link Features#similarity}
 */
record Retrieval(List<Source> sources, double wordingShare) implements Serializable {

  record Found(Source source, double similarity) {}

  /**
   * The most similar first; of equally similar ones the smaller ids first. Nobody is answered by
   * what they wrote themselves, nor by the post that they comment on.
   */
  List<Found> nearest(Asked asked, Kind kind, int most) {
    var features =
        switch (kind) {
          case TEMPLATE -> asked.asQuestion();
          case PAST_ANSWER -> asked.inThread();
          case POST -> asked.own();
        };
    return sources.stream()
        .filter(source -> source.kind() == kind)
        .filter(source -> source.encoder().equals(asked.encoder()))
        .filter(source -> source.language() == null || source.language().equals(asked.language()))
        .filter(source -> !asked.userId().equals(source.userId()))
        .filter(source -> kind != Kind.POST || !asked.postId().equals(source.postId()))
        .map(source -> new Found(source, source.similarity(features, wordingShare)))
        .sorted(
            Comparator.comparingDouble(Found::similarity)
                .reversed()
                .thenComparing(found -> String.join("\n", found.source().ids())))
        .limit(most)
        .toList();
  }
}
