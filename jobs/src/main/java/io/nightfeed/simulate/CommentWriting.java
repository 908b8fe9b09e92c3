package io.nightfeed.simulate;

/**
 * Puts comments into words: how the writer feels that day, and the post's topic. The post's tone
 * has no part in it, or a platform without an emotion effect would seem to have one.
 *
 * <p>Comments come from a small pool (twelve per language, topic and emotion, and a few with
 * contacts), as on real platforms most short comments have been written before.
 */
final class CommentWriting {
  private static final double MOOD_NOISE = 0.25;
  private static final double NEUTRAL_BELOW = 0.15;
  private static final double CONTACT_SHARE = 0.01;

  private CommentWriting() {}

  /** The text of one comment. */
  static String write(TrueUser user, TruePost post, double mood, Draw draw) {
    var emotion = emotion(draw, mood);
    var book = PhraseBook.of(user.languages().get(0));
    var feelings = book.mood.get(emotion);
    var variant = draw.below(feelings.size());
    var names = book.topics.get(post.topic()).names();
    var mention =
        book.mentions
            .get((variant + emotion.ordinal()) % book.mentions.size())
            .replace("{topic}", names.get(variant % names.size()));
    var feeling = feelings.get(variant);
    var text = variant % 2 == 0 ? feeling + book.gap + mention : mention + book.gap + feeling;
    if (variant % 3 == 0) {
      text += " " + book.emoji.get(emotion).get(variant % book.emoji.get(emotion).size());
    }
    return draw.chance(CONTACT_SHARE) ? text + " " + PostWriting.contact(draw, book) : text;
  }

  private static Emotion emotion(Draw draw, double mood) {
    var felt = mood + MOOD_NOISE * draw.normal();
    if (Math.abs(felt) < NEUTRAL_BELOW) {
      return Emotion.NEUTRAL;
    }
    return felt > 0 ? Emotion.pleasant(draw) : Emotion.unpleasant(draw);
  }
}
