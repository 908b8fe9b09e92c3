package io.nightfeed.encoders;

import com.johnsnowlabs.nlp.annotators.common.IndexedToken;
import com.johnsnowlabs.nlp.annotators.tokenizer.wordpiece.WordpieceEncoder;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import scala.collection.immutable.Map;

/**
 * Token ids of a text, as uncased models of BERT's family were trained (Devlin et al. 2019):
 * accents and control characters are dropped, letters are lower case, punctuation marks and Chinese
 * characters are words of their own, and Spark NLP's WordPiece cuts each word.
 *
 * <p>Spark NLP's own way to the words keeps accents and knows no typographic punctuation: "café"
 * and "it’s" would be unknown or other words. Names of special tokens in a text are words like any
 * other.
 */
final class WordPieces {
  private static final String UNKNOWN = "[UNK]";

  /** Longer words are unknown. */
  private static final int LONGEST_WORD = 100;

  private final WordpieceEncoder encoder;
  private final long start;
  private final long end;

  /**
   * @param vocabulary token to id
   */
  WordPieces(Map<String, Object> vocabulary) {
    this.encoder = new WordpieceEncoder(vocabulary, UNKNOWN, LONGEST_WORD, "##");
    this.start = (Integer) vocabulary.apply("[CLS]");
    this.end = (Integer) vocabulary.apply("[SEP]");
  }

  /**
   * @param most tokens, start and end included; what is beyond them is not read
   */
  long[] ids(String text, int most) {
    var ids = new long[most];
    ids[0] = start;
    int count = 1;
    var words = words(text);
    for (int i = 0, wordEnd; i < words.length() && count < most - 1; i = wordEnd + 1) {
      wordEnd = words.indexOf(" ", i);
      wordEnd = wordEnd < 0 ? words.length() : wordEnd;
      if (wordEnd > i) {
        for (var piece :
            encoder.encode(new IndexedToken(words.substring(i, wordEnd), i, wordEnd))) {
          if (count < most - 1) {
            ids[count++] = piece.pieceId();
          }
        }
      }
    }
    ids[count++] = end;
    return Arrays.copyOf(ids, count);
  }

  /** The words, spaces between them. */
  private static String words(String text) {
    var words = new StringBuilder(text.length() + 16);
    Normalizer.normalize(text, Normalizer.Form.NFD)
        .toLowerCase(Locale.ROOT)
        .codePoints()
        .forEach(
            character -> {
              if (Character.isWhitespace(character) || Character.isSpaceChar(character)) {
                words.append(' ');
              } else if (isWord(character)) {
                words.append(' ').appendCodePoint(character).append(' ');
              } else if (!isDropped(character)) {
                words.appendCodePoint(character);
              }
            });
    return words.toString();
  }

  private static boolean isWord(int character) {
    return switch (Character.getType(character)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      // Signs such as $ and + too, where they are ASCII's.
      case Character.CURRENCY_SYMBOL, Character.MATH_SYMBOL, Character.MODIFIER_SYMBOL ->
          character < 0x80;
      default -> isChinese(character);
    };
  }

  /** The blocks of Chinese characters that BERT knows. */
  private static boolean isChinese(int character) {
    return character >= 0x4E00 && character <= 0x9FFF
        || character >= 0x3400 && character <= 0x4DBF
        || character >= 0xF900 && character <= 0xFAFF
        || character >= 0x20000 && character <= 0x2CEAF
        || character >= 0x2F800 && character <= 0x2FA1F;
  }

  private static boolean isDropped(int character) {
    return switch (Character.getType(character)) {
      case Character.NON_SPACING_MARK,
          Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          true;
      default -> character == 0xFFFD;
    };
  }
}
