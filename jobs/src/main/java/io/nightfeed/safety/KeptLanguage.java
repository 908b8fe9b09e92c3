package io.nightfeed.safety;

import io.nightfeed.encoders.DetectLanguage;
import java.lang.Character.UnicodeScript;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Whether a text is in the language that was asked for: by its letters, which tell even of two
 * words, and by the detector, where that is sure; of short texts, where it has no doubt at all.
 */
final class KeptLanguage {
  private static final DetectLanguage DETECT = new DetectLanguage();

  /** Of fewer letters the detector is too often wrong. */
  private static final int LEAST_LETTERS = 24;

  private static final double SURE = 0.8;

  /** What the languages that the detector knows are written in; others are not asked about. */
  private static final Map<String, Set<UnicodeScript>> SCRIPTS =
      Map.ofEntries(
          Map.entry("zh", EnumSet.of(UnicodeScript.HAN)),
          Map.entry(
              "ja", EnumSet.of(UnicodeScript.HAN, UnicodeScript.HIRAGANA, UnicodeScript.KATAKANA)),
          Map.entry("ko", EnumSet.of(UnicodeScript.HANGUL)),
          Map.entry("ru", EnumSet.of(UnicodeScript.CYRILLIC)),
          Map.entry("ar", EnumSet.of(UnicodeScript.ARABIC)),
          Map.entry("en", EnumSet.of(UnicodeScript.LATIN)),
          Map.entry("es", EnumSet.of(UnicodeScript.LATIN)),
          Map.entry("pt", EnumSet.of(UnicodeScript.LATIN)),
          Map.entry("fr", EnumSet.of(UnicodeScript.LATIN)),
          Map.entry("de", EnumSet.of(UnicodeScript.LATIN)),
          Map.entry("it", EnumSet.of(UnicodeScript.LATIN)),
          Map.entry("tr", EnumSet.of(UnicodeScript.LATIN)),
          Map.entry("id", EnumSet.of(UnicodeScript.LATIN)));

  private KeptLanguage() {}

  /** A text without letters is in every language. */
  static boolean isKept(String text, String language) {
    var scripts = language == null ? null : SCRIPTS.get(language);
    if (scripts == null) {
      return true;
    }
    var letters = text.codePoints().filter(Character::isLetter).toArray();
    long own = 0;
    for (var letter : letters) {
      if (scripts.contains(UnicodeScript.of(letter))) {
        own++;
      }
    }
    // Names and loanwords stand in Chinese posts, and each of their letters counts.
    if (letters.length > 0 && own * 4 < letters.length) {
      return false;
    }
    var detected = DETECT.call(text);
    // Letters that one language alone has, such as kana, tell in the shortest text.
    var sure = letters.length < LEAST_LETTERS ? 1 : SURE;
    return detected.getString(0).equals(language) || detected.getDouble(1) < sure;
  }
}
