package io.nightfeed.simulate;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The phrases of one language, from {@code simulate/<language>.conf}. */
final class PhraseBook {
  private static final Map<String, PhraseBook> BOOKS = new HashMap<>();

  final List<String> openers;
  final List<String> closers;
  final List<String> mentions;
  final List<String> toxic;
  final List<String> contacts;
  final List<String> handles;
  final List<String> markup;
  final Map<Emotion, List<String>> mildTone = new EnumMap<>(Emotion.class);
  final Map<Emotion, List<String>> strongTone = new EnumMap<>(Emotion.class);
  final Map<Emotion, List<String>> mood = new EnumMap<>(Emotion.class);
  final Map<Emotion, List<String>> emoji = new EnumMap<>(Emotion.class);
  final Map<Topic, TopicPhrases> topics = new EnumMap<>(Topic.class);

  /** Between sentences: a space, or nothing in Chinese. */
  final String gap;

  private PhraseBook(String language) {
    var phrases = ConfigFactory.parseResources("simulate/" + language + ".conf");
    gap = language.equals(SimulatedUser.CHINESE) ? "" : " ";
    openers = phrases.getStringList("openers");
    closers = phrases.getStringList("closers");
    mentions = phrases.getStringList("mentions");
    toxic = phrases.getStringList("toxic");
    contacts = phrases.getStringList("contacts");
    handles = phrases.getStringList("handles");
    markup = phrases.getStringList("markup");
    for (var emotion : Emotion.values()) {
      var tone = phrases.getConfig("tone." + emotion.label());
      mildTone.put(emotion, tone.getStringList("mild"));
      // A neutral text has no strong form.
      strongTone.put(emotion, tone.getStringList(emotion == Emotion.NEUTRAL ? "mild" : "strong"));
      mood.put(emotion, phrases.getStringList("mood." + emotion.label()));
      emoji.put(emotion, phrases.getStringList("emoji." + emotion.label()));
    }
    for (var topic : Topic.values()) {
      topics.put(topic, TopicPhrases.of(phrases.getConfig("topics." + topic.label())));
    }
  }

  /** The book of a language, read once. */
  static synchronized PhraseBook of(String language) {
    return BOOKS.computeIfAbsent(language, PhraseBook::new);
  }

  /** The phrases of one topic. */
  record TopicPhrases(
      List<String> names,
      List<String> subjects,
      List<String> sentences,
      List<String> photos,
      List<String> hashtags) {
    private static TopicPhrases of(Config phrases) {
      return new TopicPhrases(
          phrases.getStringList("names"),
          phrases.getStringList("subjects"),
          phrases.getStringList("sentences"),
          phrases.getStringList("photos"),
          phrases.getStringList("hashtags"));
    }
  }
}
