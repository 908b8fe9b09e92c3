package io.nightfeed.report;

import io.nightfeed.pages.Numbers;
import java.util.List;

/**
 * What one user is recommended, with what a reader needs to judge it.
 *
 * @param userId pseudonym
 * @param language most frequent detected language among the first recommendations (ISO 639-1)
 * @param events number of events in the history window; 0 when nothing is known
 * @param mood how the user feels
 */
record UserList(String userId, String language, long events, Mood mood, List<Entry> entries) {
  private static final int SHORT_ID = 12;

  /**
   * How a user feels.
   *
   * @param emotions decayed mean distribution over {@link Emotions#NAMES}; empty when unknown
   */
  record Mood(List<Float> emotions, double valence, double confidence) {
    static final Mood UNKNOWN = new Mood(List.of(), 0, 0);

    String words() {
      return emotions.isEmpty() || confidence == 0
          ? "mood unknown"
          : "mostly %s, valence %s (confidence %s)"
              .formatted(
                  Emotions.strongest(emotions),
                  Numbers.signed(valence),
                  Numbers.percent(confidence));
    }
  }

  /**
   * One recommendation.
   *
   * @param text of the post, cut; empty when the post has none
   * @param supporting texts of the posts that explain it, strongest first
   */
  record Entry(
      int rank,
      String postId,
      String text,
      double score,
      double behaviourShare,
      double emotionShare,
      boolean isNewUser,
      String reason,
      List<String> supporting) {
    /** The beginning of the text, or the post's id when it has none. */
    String excerpt(int characters) {
      return text.isBlank() ? "(no text: post " + postId + ")" : Excerpt.of(text, characters);
    }
  }

  String shortId() {
    return userId.length() <= SHORT_ID ? userId : userId.substring(0, SHORT_ID) + "…";
  }

  /** Language, history and mood in one line. */
  String about() {
    var history =
        entries.stream().anyMatch(Entry::isNewUser)
            ? "new user"
            : Numbers.count(events) + (events == 1 ? " event" : " events");
    return String.join(" · ", Languages.name(language), history, mood.words());
  }
}
