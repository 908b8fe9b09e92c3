package io.nightfeed.heads;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.vader.sentiment.analyzer.SentimentAnalyzer;
import com.vader.sentiment.util.ScoreType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Reads texts by lists of words, without a model: the baseline that heads have to beat, and the
 * signs that distant supervision goes by.
 *
 * <p>English sentiment is VADER's (Hutto and Gilbert 2014); emotions, insults and Chinese sentiment
 * are those of {@code lexicon.json}, by most words found.
 */
final class Lexicon {
  /** VADER's authors' bound between neutral and the rest. */
  private static final double POLAR = 0.05;

  private static final List<String> SENTIMENTS = List.of("negative", "neutral", "positive");

  private final String language;
  private final Map<String, List<String>> words;

  Lexicon(String language) {
    this.language = language;
    this.words =
        read().get(language).entrySet().stream()
            .collect(
                Collectors.toMap(Map.Entry::getKey, entry -> List.of(entry.getValue().split(" "))));
  }

  /**
   * The class of a text.
   *
   * @param classes of the corpus
   * @param otherwise when no word is found
   */
  String read(String text, List<String> classes, String otherwise) {
    if (language.equals("en") && classes.containsAll(SENTIMENTS)) {
      return vader(text);
    }
    var found = otherwise;
    long most = 0;
    for (var name : classes) {
      long count = count(text, words.getOrDefault(synonym(name), List.of()));
      if (count > most) {
        most = count;
        found = name;
      }
    }
    return found;
  }

  private static String synonym(String name) {
    return name.equals("offensive") ? "toxic" : name;
  }

  /** English words as words, everything else wherever it stands. */
  private long count(String text, List<String> signs) {
    var lower = text.toLowerCase(Locale.ROOT);
    var tokens = List.of(lower.split("[^\\p{L}\\p{N}#']+"));
    return signs.stream()
        .filter(
            sign ->
                language.equals("en") && Character.isLetter(sign.charAt(0))
                    ? tokens.contains(sign)
                    : lower.contains(sign))
        .count();
  }

  /** An emotion's signs that are no words: emoji, hashtags and bracketed emoticons. */
  List<String> signs(String emotion) {
    return words.getOrDefault(emotion, List.of()).stream()
        .filter(sign -> !Character.isLetter(sign.codePointAt(0)))
        .toList();
  }

  private static String vader(String text) {
    try {
      var analyzer = new SentimentAnalyzer(text);
      analyzer.analyze();
      double compound = analyzer.getPolarity().get(ScoreType.COMPOUND);
      return compound >= POLAR ? "positive" : compound <= -POLAR ? "negative" : "neutral";
    } catch (IOException e) {
      throw new UncheckedIOException("VADER reads from memory", e);
    }
  }

  private static Map<String, Map<String, String>> read() {
    try (var stream = Lexicon.class.getResourceAsStream("/heads/lexicon.json")) {
      return new ObjectMapper().readValue(stream, new TypeReference<>() {});
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the lexicon among the resources", e);
    }
  }
}
