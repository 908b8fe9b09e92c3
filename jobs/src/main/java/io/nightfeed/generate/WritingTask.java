package io.nightfeed.generate;

/**
 * One line that a language model is asked for.
 *
 * @param kind teaser or reason
 * @param contentKey what rows of the table it is for
 * @param textHash of the source
 * @param postId the source
 * @param text of the source, checked
 * @param topic may be null
 */
record WritingTask(
    String kind,
    String contentKey,
    String textHash,
    String postId,
    String text,
    String language,
    String encoder,
    String topic) {
  /** What the source is called; the platform's own name for it is nobody's business. */
  static final String SOURCE_ID = "1";
}
