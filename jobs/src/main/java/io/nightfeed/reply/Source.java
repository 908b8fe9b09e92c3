package io.nightfeed.reply;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;

/**
 * Something that can be answered.
 *
 * @param ids what it is cited by: the template's intent, the comment that was the answer, or the
 *     post
 * @param postId under which it was written, or which it is; null for templates
 * @param userId who wrote it; null for templates
 * @param text the reply
 * @param textHash of the text; null for templates
 * @param language of a template; null for others, whose language is asked when they are shown
 * @param toxicity of the text; null where the heads abstain
 * @param encoder that made its features
 * @param keys what it is found by: a template's questions, or what led to it and itself as one
 */
record Source(
    Kind kind,
    List<String> ids,
    String postId,
    String userId,
    String text,
    String textHash,
    String language,
    Float toxicity,
    String encoder,
    List<Features> keys)
    implements Serializable {
  /** Of several questions of a template so many of the most similar count: one may mislead. */
  private static final int QUESTIONS_COUNTED = 3;

  /** In the order in which they are asked. */
  enum Kind {
    TEMPLATE,
    PAST_ANSWER,
    POST;

    /** As {@code gold.reply_suggestions.source_kind} has it. */
    String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** Mean over the keys that are most similar. */
  double similarity(Features asked, double wordingShare) {
    return keys.stream()
        .map(key -> asked.similarity(key, wordingShare))
        .sorted(Comparator.reverseOrder())
        .limit(QUESTIONS_COUNTED)
        .mapToDouble(similarity -> similarity)
        .average()
        .orElseThrow();
  }
}
