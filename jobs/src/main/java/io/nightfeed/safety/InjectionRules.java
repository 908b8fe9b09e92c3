package io.nightfeed.safety;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Recognises texts that speak to a language model: that tell it to forget its instructions, to show
 * them, to be somebody else, or what to write. The rules stand in {@code injection-rules.json}: a
 * blank stands for whatever is no letter and no digit, a name in angle brackets for a list of
 * words. In doubt a text is taken for one: what it costs is a line of words of ours in its place.
 *
 * <p>Texts are looked at as a model reads them, whatever disguises it: full-width and look-alike
 * letters, invisible characters, digits for letters, letters set apart.
 */
public final class InjectionRules {
  private static final String FILE = "injection-rules.json";
  private static final String GAP = "[^\\\\p{L}\\\\p{N}]{0,6}";
  private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cf}\\p{Mn}\uFE00-\uFE0F]");
  private static final Pattern SET_APART =
      Pattern.compile("(?<![\\p{L}\\p{N}])(?:\\p{L}[ ._*-]){3,}\\p{L}(?![\\p{L}\\p{N}])");
  private static final Pattern DISGUISED = Pattern.compile("[a-z0134579@$!]{2,}+");

  /** Cyrillic and Greek letters that look like Latin ones, and what they look like. */
  private static final String ALIKE = "аеорсухіѕјԁһкмтвнαοερνικτυχ";

  private static final String LATIN = "aeopcyxisjdhkmtbhaoepviktux";
  private static final String DIGITS = "0134579@$!";
  private static final String LETTERS = "oieastgasi";

  private final FirstCharacters patterns;

  private InjectionRules(List<Pattern> patterns) {
    this.patterns = new FirstCharacters(patterns);
  }

  /** One rule, as the file has it. */
  record Rule(String name, String pattern) {}

  /**
   * The file.
   *
   * @param words lists by name, used in patterns
   */
  record Rules(Map<String, String> words, List<Rule> rules) {}

  /** Those that ship. */
  public static InjectionRules shipped() {
    return Shipped.RULES;
  }

  /** Whether a text breaks any. */
  public boolean areBrokenBy(String text) {
    var plain = plain(text);
    if (patterns.isAnyIn(plain)) {
      return true;
    }
    var joined = SET_APART.matcher(plain).replaceAll(m -> m.group().replaceAll("[ ._*-]", ""));
    var undisguised = DISGUISED.matcher(joined).replaceAll(m -> letters(m.group()));
    return !undisguised.equals(plain) && patterns.isAnyIn(undisguised);
  }

  private static String plain(String text) {
    var composed = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    return mapped(INVISIBLE.matcher(composed).replaceAll(""), ALIKE, LATIN);
  }

  /** Digits and signs among letters; by themselves they are none. */
  private static String letters(String word) {
    boolean isWord = word.chars().anyMatch(c -> c >= 'a' && c <= 'z');
    return Matcher.quoteReplacement(isWord ? mapped(word, DIGITS, LETTERS) : word);
  }

  private static String mapped(String text, String from, String to) {
    var mapped = new StringBuilder(text);
    for (int i = 0; i < text.length(); i++) {
      int at = from.indexOf(text.charAt(i));
      if (at >= 0) {
        mapped.setCharAt(i, to.charAt(at));
      }
    }
    return mapped.toString();
  }

  /** What the file says, each by itself. */
  static List<Pattern> read() {
    try (var stream = InjectionRules.class.getResourceAsStream(FILE)) {
      var file = new ObjectMapper().readValue(stream, Rules.class);
      return file.rules().stream().map(rule -> compiled(rule.pattern(), file.words())).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + FILE, e);
    }
  }

  private static Pattern compiled(String pattern, Map<String, String> words) {
    var full = pattern;
    for (var list : words.entrySet()) {
      full = full.replace("<" + list.getKey() + ">", "(?:" + list.getValue() + ")");
    }
    return Pattern.compile(full.replaceAll(" ", GAP));
  }

  /** Read once per process. */
  private static final class Shipped {
    static final InjectionRules RULES = new InjectionRules(read());
  }
}
