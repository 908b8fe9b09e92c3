package io.nightfeed.safety;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Finds whether any of many patterns stands in a text, and tries each only where the text has a
 * character that it can begin with. Those are found by trying, too: a pattern can begin with a
 * character if it matches, or wants to read on after, that character alone.
 */
final class FirstCharacters {
  /** Stand for all that no pattern names: letters of several scripts, a sign, a control. */
  private static final String OTHERS = "\u0416\u05D0\u0E01\u9FA0\u3042\uAC00\u2603\u0001";

  private final List<Pattern> patterns;

  /** By character, the patterns that can begin with it. */
  private final int[][] beginning = new int[Character.MAX_VALUE + 1][];

  /**
   * @param patterns none of which matches nothing at all
   */
  FirstCharacters(List<Pattern> patterns) {
    this.patterns = List.copyOf(patterns);
    var anywhere =
        IntStream.range(0, patterns.size())
            .filter(i -> OTHERS.chars().anyMatch(c -> begins(i, (char) c)))
            .toArray();
    Arrays.fill(beginning, anywhere);
    var named = new TreeSet<Integer>();
    IntStream.range(0, 128).forEach(named::add);
    patterns.forEach(pattern -> pattern.pattern().chars().forEach(named::add));
    var isAnywhere = IntStream.of(anywhere).boxed().toList();
    for (int c : named) {
      beginning[c] =
          IntStream.range(0, patterns.size())
              .filter(i -> isAnywhere.contains(i) || begins(i, (char) c))
              .toArray();
    }
  }

  private boolean begins(int pattern, char c) {
    var matcher = patterns.get(pattern).matcher(String.valueOf(c));
    return matcher.lookingAt() || matcher.hitEnd();
  }

  /** Whether any of the patterns stands anywhere in the text. */
  boolean isAnyIn(String text) {
    var matchers = new Matcher[patterns.size()];
    for (int at = 0; at < text.length(); at++) {
      for (int pattern : beginning[text.charAt(at)]) {
        if (matchers[pattern] == null) {
          matchers[pattern] = patterns.get(pattern).matcher(text);
          matchers[pattern].useTransparentBounds(true).useAnchoringBounds(false);
        }
        if (matchers[pattern].region(at, text.length()).lookingAt()) {
          return true;
        }
      }
    }
    return false;
  }
}
