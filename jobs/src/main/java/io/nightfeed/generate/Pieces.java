package io.nightfeed.generate;

import io.nightfeed.safety.Graphemes;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.api.java.UDF2;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * The parts of a text that can stand for it, in order: its sentences, each with as many after it as
 * make it long enough. Of a sentence that is too long the beginning, up to the end of a clause or,
 * without one, of a word. Every part is copied whole: no word and no character is cut.
 *
 * @param most characters of a part, as readers count them
 * @param least characters, as long as there is a sentence to add that fits
 */
record Pieces(int most, int least) implements UDF2<String, Seq<String>, List<String>> {
  private static final long serialVersionUID = 1L;

  /** Who has not said it by then says it nowhere. */
  private static final int MOST_PIECES = 40;

  private static final String CLAUSE_ENDS =
      ",;:\u2014\u2026\uFF0C\uFF1B\uFF1A\u3001\u3002\uFF01\uFF1F";

  private record Span(int start, int end) {}

  @Override
  public List<String> call(String text, Seq<String> sentences) {
    return text == null || sentences == null
        ? List.of()
        : of(text, JavaConverters.seqAsJavaList(sentences));
  }

  /**
   * @param sentences of the text, in order
   */
  List<String> of(String text, List<String> sentences) {
    var spans = spans(text, sentences);
    // Of the text: what ends a sentence may be a part of a word or number in it.
    var words = BreakIterator.getWordInstance(Locale.ROOT);
    words.setText(text);
    var pieces = new LinkedHashSet<String>();
    for (int i = 0; i < spans.size() && pieces.size() < MOST_PIECES; i++) {
      int end = spans.get(i).end();
      int start = spans.get(i).start();
      for (int next = i + 1; next < spans.size(); next++) {
        boolean isLongEnough = Graphemes.count(text.substring(start, end)) >= least;
        if (isLongEnough || !fits(text.substring(start, spans.get(next).end()))) {
          break;
        }
        end = spans.get(next).end();
        i = next;
      }
      var piece = shortened(text.substring(start, end));
      boolean isWhole =
          Graphemes.isBoundary(text, start)
              && Graphemes.isBoundary(text, start + piece.length())
              && words.isBoundary(start + piece.length());
      if (!piece.isBlank() && isWhole) {
        pieces.add(piece);
      }
    }
    return List.copyOf(pieces);
  }

  private static List<Span> spans(String text, List<String> sentences) {
    var spans = new ArrayList<Span>();
    int from = 0;
    for (var sentence : sentences) {
      int start = text.indexOf(sentence, from);
      if (start >= 0 && !sentence.isEmpty()) {
        from = start + sentence.length();
        spans.add(new Span(start, from));
      }
    }
    return spans;
  }

  private boolean fits(String part) {
    return Graphemes.count(part) <= most;
  }

  private String shortened(String sentence) {
    if (fits(sentence)) {
      return sentence;
    }
    var start = Graphemes.start(sentence, most);
    for (int i = start.length() - 1; i >= start.length() / 2; i--) {
      boolean isClauseEnd =
          CLAUSE_ENDS.indexOf(start.charAt(i)) >= 0
              && (start.charAt(i) > 0x7F
                  || i + 1 == start.length()
                  || Character.isWhitespace(start.charAt(i + 1)));
      if (isClauseEnd) {
        return start.substring(0, i).stripTrailing();
      }
    }
    return start;
  }
}
