package io.nightfeed.simulate;

import io.nightfeed.udfs.CleanText;
import io.nightfeed.udfs.ScrubText;

/**
 * A line that a language model is to write, and what it is to write it from.
 *
 * @param task teaser or reason, as {@code generate} asks for them
 * @param text of a post, as ingest leaves it
 */
record WritingExample(String task, String text, String line) {
  /** The sentence that says what the post is about. */
  static WritingExample teaser(String text, String point) {
    return new WritingExample("teaser", ingested(text), ingested(point));
  }

  /** Why a post is recommended to those who engaged with this one. */
  static WritingExample reason(String text, String subject) {
    return new WritingExample(
        "reason", ingested(text), "Because you engaged with " + ingested(subject) + ".");
  }

  private static String ingested(String text) {
    return new ScrubText().call(new CleanText().call(text));
  }
}
