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
  /** Stand for all that no pattern names: letters of several scripts, digits, marks, signs. */
  private static final int[] OTHERS =
      "\u0416\u05D0\u0E01\u9FA0\u3042\uAC00\u0663\u00B2\u0301\u20AC\u2603\u2028\u0001\uD83D\uDE00"
          .codePoints()
          .toArray();

  private final List<Pattern> patterns;

  /** By character, or by the first half of one, the patterns that can begin with it. */
  private final int[][] beginning = new int[Character.MAX_VALUE + 1][];

  /**
   * @param patterns none of which matches nothing at all
   */
  FirstCharacters(List<Pattern> patterns) {
    this.patterns = List.copyOf(patterns);
    var anywhere = all().filter(i -> IntStream.of(OTHERS).anyMatch(c -> begins(i, c))).toArray();
    Arrays.fill(beginning, anywhere);
    var named = new TreeSet<Integer>();
    IntStream.range(0, 128).forEach(named::add);
    patterns.forEach(pattern -> pattern.pattern().codePoints().forEach(named::add));
    for (int c : named) {
      var others = beginning[Character.toChars(c)[0]];
      beginning[Character.toChars(c)[0]] =
          IntStream.concat(IntStream.of(others), all().filter(i -> begins(i, c)))
              .distinct()
              .toArray();
    }
  }

  private IntStream all() {
    return IntStream.range(0, patterns.size());
  }

  private boolean begins(int pattern, int c) {
    var matcher = patterns.get(pattern).matcher(Character.toString(c));
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
