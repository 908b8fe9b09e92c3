package io.nightfeed.encoders;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.cn.smart.SmartChineseAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.spark.sql.api.java.UDF1;

/**
 * Words of a Chinese text, by the hidden Markov model of Lucene's SmartChineseAnalyzer. Nothing is
 * dropped as a stop word: what a word is worth is for the reader of the table to say.
 */
public final class ChineseTokens implements UDF1<String, List<String>> {
  private static final long serialVersionUID = 1L;

  @Override
  public List<String> call(String text) throws IOException {
    var tokens = new ArrayList<String>();
    if (text == null) {
      return tokens;
    }
    try (var stream = Analyzer.INSTANCE.tokenStream("text", text)) {
      var term = stream.addAttribute(CharTermAttribute.class);
      stream.reset();
      while (stream.incrementToken()) {
        tokens.add(term.toString());
      }
      stream.end();
    }
    return tokens;
  }

  /** One per process: its dictionary is large, and each thread has its own token stream of it. */
  private static final class Analyzer {
    static final SmartChineseAnalyzer INSTANCE = new SmartChineseAnalyzer(false);
  }
}
