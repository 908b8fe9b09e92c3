package io.nightfeed.encoders;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.cn.smart.SmartChineseAnalyzer;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.spark.sql.api.java.UDF1;

/**
 * Words of a text in order, by Lucene. Nothing is dropped as a stop word: what a word is worth is
 * for the reader of the table to say.
 */
enum Tokens implements UDF1<String, List<String>> {
  /** Words by the hidden Markov model of SmartChineseAnalyzer; punctuation marks are ",". */
  CHINESE {
    @Override
    Analyzer analyzer() {
      return SmartChinese.INSTANCE;
    }
  },
  /** Words between the boundaries of Unicode's annex 29; punctuation is none, an emoji is one. */
  UNICODE {
    @Override
    Analyzer analyzer() {
      return UnicodeWords.INSTANCE;
    }
  };

  abstract Analyzer analyzer();

  @Override
  public List<String> call(String text) throws IOException {
    var tokens = new ArrayList<String>();
    if (text == null) {
      return tokens;
    }
    try (var stream = analyzer().tokenStream("text", text)) {
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
  private static final class SmartChinese {
    static final Analyzer INSTANCE = new SmartChineseAnalyzer(false);
  }

  private static final class UnicodeWords {
    static final Analyzer INSTANCE =
        new Analyzer() {
          @Override
          protected TokenStreamComponents createComponents(String field) {
            return new TokenStreamComponents(new StandardTokenizer());
          }
        };
  }
}
