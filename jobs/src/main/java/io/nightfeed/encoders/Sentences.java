package io.nightfeed.encoders;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.api.java.UDF1;

/** Sentences of a text in order, by the JDK's sentence boundaries, which hold for Chinese too. */
public final class Sentences implements UDF1<String, List<String>> {
  private static final long serialVersionUID = 1L;

  @Override
  public List<String> call(String text) {
    var sentences = new ArrayList<String>();
    if (text == null) {
      return sentences;
    }
    var boundaries = BreakIterator.getSentenceInstance(Locale.ROOT);
    boundaries.setText(text);
    int start = boundaries.first();
    for (int end = boundaries.next(); end != BreakIterator.DONE; end = boundaries.next()) {
      var sentence = text.substring(start, end).strip();
      if (!sentence.isEmpty()) {
        sentences.add(sentence);
      }
      start = end;
    }
    return sentences;
  }
}
