package io.nightfeed.simulate;

import io.nightfeed.raw.RawPost;
import io.nightfeed.simulate.Draw.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Puts posts into words: topic sentences, a sentence of the planted tone, and what people add. */
final class PostWriting {
  private static final double STRONG_TONE = 0.65;

  private PostWriting() {}

  /**
   * A text as it is written.
   *
   * @param subject what it is about
   * @param point the sentence that says so
   * @param sentences all of them, the point among them
   */
  private record Draft(String subject, String point, List<String> sentences) {
    String text(PhraseBook book) {
      return String.join(book.gap, sentences);
    }
  }

  /** The raw record of a post. */
  static RawPost write(SimulatedPost post, long seed) {
    var truth = post.truth();
    var draw = Draw.of(seed, Purpose.POST_TEXT, post.index());
    var book = PhraseBook.of(truth.language());
    var topic = book.topics.get(truth.topic());
    var draft = draft(draw, book, truth);
    var tags = draw.chance(0.6) ? List.of(truth.topic().label()) : List.<String>of();
    var alt =
        draw.chance(0.2)
            ? List.of(fill(draw.pick(topic.photos()), draft.subject()))
            : List.<String>of();
    // Some sources do not say in which language a post is.
    var stated = draw.chance(0.9) ? truth.language() : null;
    return new RawPost(
        truth.postId(), truth.authorId(), post.createdAt(), draft.text(book), stated, tags, alt);
  }

  /** The post's text, and the lines that a writer is to learn to write about it. */
  static List<WritingExample> examples(SimulatedPost post, long seed) {
    var book = PhraseBook.of(post.truth().language());
    var draft = draft(Draw.of(seed, Purpose.POST_TEXT, post.index()), book, post.truth());
    return List.of(
        WritingExample.teaser(draft.text(book), draft.point()),
        WritingExample.reason(draft.text(book), draft.subject()));
  }

  private static Draft draft(Draw draw, PhraseBook book, TruePost truth) {
    var topic = book.topics.get(truth.topic());
    var subject = draw.pick(topic.subjects());
    var sentences = new ArrayList<String>();
    if (draw.chance(0.5)) {
      sentences.add(draw.pick(book.openers));
    }
    var point = fill(draw.pick(topic.sentences()), subject);
    sentences.add(point);
    if (draw.chance(0.4)) {
      sentences.add(fill(draw.pick(topic.sentences()), draw.pick(topic.subjects())));
    }
    var tones =
        Math.abs(truth.tone()) > STRONG_TONE
            ? book.strongTone.get(truth.emotion())
            : book.mildTone.get(truth.emotion());
    sentences.add(draw.pick(tones));
    if (truth.toxic()) {
      sentences.add(draw.pick(book.toxic));
    }
    if (draw.chance(0.4)) {
      sentences.add(draw.pick(book.closers));
    }
    if (draw.chance(0.04)) {
      sentences.add(contact(draw, book));
    }
    if (draw.chance(0.04)) {
      sentences.add(draw.pick(book.markup));
    }
    if (draw.chance(0.35)) {
      sentences.add(draw.pick(book.emoji.get(truth.emotion())));
    }
    if (draw.chance(0.4)) {
      sentences.add(" " + draw.pick(topic.hashtags()));
    }
    return new Draft(subject, point, sentences);
  }

  /** Somebody's made-up account, address or number: what ingest has to scrub. */
  static String contact(Draw draw, PhraseBook book) {
    return draw.pick(book.contacts)
        .replace("{handle}", draw.pick(book.handles))
        .replace("{number}", String.format(Locale.ROOT, "%02d", draw.below(100)));
  }

  private static String fill(String phrase, String subject) {
    return phrase.replace("{subject}", subject);
  }
}
