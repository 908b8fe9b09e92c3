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

  /** The raw record of a post. */
  static RawPost write(SimulatedPost post, long seed) {
    var truth = post.truth();
    var draw = Draw.of(seed, Purpose.POST_TEXT, post.index());
    var book = PhraseBook.of(truth.language());
    var topic = book.topics.get(truth.topic());
    var subject = draw.pick(topic.subjects());
    var text = String.join(book.gap, sentences(draw, book, truth, subject));
    var tags = draw.chance(0.6) ? List.of(truth.topic().label()) : List.<String>of();
    var alt =
        draw.chance(0.2) ? List.of(fill(draw.pick(topic.photos()), subject)) : List.<String>of();
    // Some sources do not say in which language a post is.
    var stated = draw.chance(0.9) ? truth.language() : null;
    return new RawPost(truth.postId(), truth.authorId(), post.createdAt(), text, stated, tags, alt);
  }

  private static List<String> sentences(
      Draw draw, PhraseBook book, TruePost truth, String subject) {
    var topic = book.topics.get(truth.topic());
    var sentences = new ArrayList<String>();
    if (draw.chance(0.5)) {
      sentences.add(draw.pick(book.openers));
    }
    sentences.add(fill(draw.pick(topic.sentences()), subject));
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
    return sentences;
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
