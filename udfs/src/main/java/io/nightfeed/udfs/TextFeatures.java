package io.nightfeed.udfs;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a linear reader sees of a text: which pieces of it are there, hashed into buckets
 * (Weinberger et al. 2009).
 *
 * <ul>
 *   <li>Of a word: the word, its 3- to 5-grams of characters with its borders, and the pair with
 *       the word before it.
 *   <li>Of words up to three after a negation, before the next mark: the word as negated.
 *   <li>Of Chinese, Japanese and Korean: 1- to 3-grams of characters.
 *   <li>Of marks, symbols and bracketed emoticons: each as it stands.
 * </ul>
 */
public final class TextFeatures {
  /** Log of the number of buckets, to base 2. */
  private static final int BITS = 17;

  public static final int BUCKETS = 1 << BITS;

  private static final int SHORTEST = 3;
  private static final int LONGEST = 5;
  private static final int LONGEST_IDEOGRAPHIC = 3;
  private static final int NEGATED_WORDS = 3;

  /** Longer words are keyboards slept upon. */
  private static final int LONGEST_WORD = 40;

  private static final Pattern NEGATION =
      Pattern.compile(
          "not|no|never|none|nobody|nothing|neither|nor|without|hardly|barely|.*n['\u2019]t");

  // What kind of piece a hash stands for.
  private static final int WORD = 1;
  private static final int PART = 2;
  private static final int PAIR = 3;
  private static final int NEGATED = 4;
  private static final int IDEOGRAPHS = 5;
  private static final int MARK = 6;

  private int[] buckets = new int[256];
  private int size;
  private int previousWord;
  private int negatedWordsLeft;

  private TextFeatures() {}

  /**
   * The buckets of a text's pieces, each once, ascending.
   *
   * @param text as {@link ReadableText} gives it
   */
  public static int[] buckets(String text) {
    var features = new TextFeatures();
    features.read(text.toLowerCase(Locale.ROOT));
    Arrays.sort(features.buckets, 0, features.size);
    int distinct = 0;
    for (int i = 0; i < features.size; i++) {
      if (i == 0 || features.buckets[i] != features.buckets[i - 1]) {
        features.buckets[distinct++] = features.buckets[i];
      }
    }
    return Arrays.copyOf(features.buckets, distinct);
  }

  private void read(String text) {
    for (int start = 0, end; start < text.length(); start = end) {
      var first = text.codePointAt(start);
      end = start + Character.charCount(first);
      if (Character.isIdeographic(first) || isKanaOrHangul(first)) {
        end = runEnd(text, end, true);
        ideographs(text, start, end);
      } else if (isWordPart(first)) {
        end = runEnd(text, end, false);
        word(text, start, end);
      } else if (first == '[') {
        end = emoticonEnd(text, start);
        mark(text, start, end);
      } else if (!Character.isWhitespace(first)) {
        mark(text, start, end);
      }
    }
  }

  private static int runEnd(String text, int from, boolean ideographic) {
    int end = from;
    while (end < text.length()) {
      var next = text.codePointAt(end);
      var isIdeographic = Character.isIdeographic(next) || isKanaOrHangul(next);
      if (ideographic ? !isIdeographic : isIdeographic || !isWordPart(next)) {
        return end;
      }
      end += Character.charCount(next);
    }
    return end;
  }

  private static boolean isWordPart(int character) {
    return Character.isLetterOrDigit(character)
        || Character.getType(character) == Character.NON_SPACING_MARK
        || character == '\''
        || character == '\u2019';
  }

  private static boolean isKanaOrHangul(int character) {
    return character >= 0x3040 && character <= 0x30FF || character >= 0xAC00 && character <= 0xD7A3;
  }

  /** {@code [doge]}, as platforms write their own pictures; otherwise the bracket alone. */
  private static int emoticonEnd(String text, int start) {
    int close = text.indexOf(']', start);
    return close > start + 1 && close - start <= 10 ? close + 1 : start + 1;
  }

  private void word(String text, int start, int end) {
    int whole = hash(WORD, text, start, end);
    add(whole);
    add(mixed(PAIR, previousWord, whole));
    previousWord = whole;
    if (negatedWordsLeft > 0) {
      negatedWordsLeft--;
      add(mixed(NEGATED, 0, whole));
    }
    if (NEGATION.matcher(text).region(start, end).matches()) {
      negatedWordsLeft = NEGATED_WORDS;
    }
    var bordered = "_" + text.substring(start, Math.min(end, start + LONGEST_WORD)) + "_";
    for (int length = SHORTEST; length <= LONGEST; length++) {
      for (int from = 0; from + length <= bordered.length(); from++) {
        add(hash(PART, bordered, from, from + length));
      }
    }
  }

  private void ideographs(String text, int start, int end) {
    for (int length = 1; length <= LONGEST_IDEOGRAPHIC; length++) {
      for (int from = start; from + length <= end; from++) {
        add(hash(IDEOGRAPHS, text, from, from + length));
      }
    }
    previousWord = 0;
  }

  private void mark(String text, int start, int end) {
    add(hash(MARK, text, start, end));
    negatedWordsLeft = 0;
    previousWord = 0;
  }

  private void add(int hash) {
    if (size == buckets.length) {
      buckets = Arrays.copyOf(buckets, 2 * size);
    }
    buckets[size++] = hash & (BUCKETS - 1);
  }

  private static int hash(int kind, String text, int start, int end) {
    int hash = kind;
    for (int i = start; i < end; i++) {
      hash = 31 * hash + text.charAt(i);
    }
    return mixed(kind, end - start, hash);
  }

  /**
   * MurmurHash3's finalizer (Appleby 2011): every bit of the input moves every bit of the result.
   */
  private static int mixed(int kind, int left, int right) {
    int hash = (kind * 0x9E3779B9 + left) * 31 + right;
    hash = (hash ^ hash >>> 16) * 0x85EBCA6B;
    hash = (hash ^ hash >>> 13) * 0xC2B2AE35;
    return hash ^ hash >>> 16;
  }
}
