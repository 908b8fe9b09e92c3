package io.nightfeed.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.safety.Graphemes;
import io.nightfeed.udfs.CleanText;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PiecesTest {
  @Test
  void sentences_areThePieces() {
    assertThat(pieces("The sea was calm today. We swam for hours!", 60, 5))
        .containsExactly("The sea was calm today.", "We swam for hours!");
    assertThat(pieces("今天的海很平静。我们游了几个小时！", 60, 5)).containsExactly("今天的海很平静。", "我们游了几个小时！");
  }

  @Test
  void shortSentences_takeTheNextOneAlong() {
    assertThat(pieces("Wow. The sea was calm today. Yes.", 60, 12))
        .containsExactly("Wow. The sea was calm today.", "Yes.");
  }

  @Test
  void longSentences_endWithAClauseOrElseAWord() {
    assertThat(pieces("We walked along the harbour, and then the rain came down on us.", 40, 5))
        .containsExactly("We walked along the harbour");
    assertThat(pieces("We walked along the old harbour wall for hours", 20, 5))
        .containsExactly("We walked along the");
    assertThat(pieces("It cost 1,200 euros to repair the roof", 10, 1)).containsExactly("It cost");
  }

  @Test
  void textOfOneEndlessWord_hasNone() {
    assertThat(pieces("a".repeat(500), 40, 5)).isEmpty();
  }

  @Property(tries = 400)
  void everyPiece_isACopyThatFitsAndCutsNothing(
      @ForAll("posts") String raw, @ForAll @IntRange(min = 1, max = 60) int most) {
    var text = new CleanText().call(raw);
    for (var piece : pieces(text, most, Math.min(8, most))) {
      assertThat(text).contains(piece);
      assertThat(Graphemes.count(piece)).isBetween(1, most);
      assertThat(piece).isEqualTo(piece.strip());
      assertThat(isCutFree(text, piece)).as("%s in %s", piece, text).isTrue();
      assertThat(piece.codePoints().filter(c -> c >= 0xD800 && c <= 0xDFFF)).isEmpty();
    }
  }

  /** Somewhere in the text it starts and ends between characters, and ends between words. */
  private static boolean isCutFree(String text, String piece) {
    var words = BreakIterator.getWordInstance(Locale.ROOT);
    words.setText(text);
    for (int at = text.indexOf(piece); at >= 0; at = text.indexOf(piece, at + 1)) {
      int end = at + piece.length();
      if (Graphemes.isBoundary(text, at)
          && Graphemes.isBoundary(text, end)
          && words.isBoundary(end)) {
        return true;
      }
    }
    return false;
  }

  @Provide
  Arbitrary<String> posts() {
    var parts =
        Arbitraries.of(
            "The sea was calm",
            "今天的海很平静",
            ".",
            "。",
            "! ",
            "?",
            " ",
            ", ",
            "，",
            "\n",
            "👩‍👩‍👧‍👦",
            "👍🏽",
            "e\u0301",
            "🇩🇪🇫🇷",
            "https://example.org/a?b=c",
            "don't",
            "1,200.50",
            "#海边#",
            "…",
            "한국어",
            "अनुच्छेद",
            "\u0301",
            "a");
    return parts.list().ofMinSize(0).ofMaxSize(25).map(all -> String.join("", all));
  }

  private static List<String> pieces(String text, int most, int least) {
    var sentences = new ArrayList<String>();
    var boundaries = BreakIterator.getSentenceInstance(Locale.ROOT);
    boundaries.setText(text);
    int start = 0;
    for (int end = boundaries.next(); end != BreakIterator.DONE; end = boundaries.next()) {
      var sentence = text.substring(start, end).strip();
      if (!sentence.isEmpty()) {
        sentences.add(sentence);
      }
      start = end;
    }
    return new Pieces(most, least).of(text, sentences);
  }
}
