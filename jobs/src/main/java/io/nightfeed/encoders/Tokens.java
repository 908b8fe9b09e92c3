package io.nightfeed.encoders;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.cn.smart.HMMChineseTokenizer;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.spark.sql.api.java.UDF1;

/**
 * Words of a text in order, by Lucene. Nothing is dropped as a stop word: what a word is worth is
 * for the reader of the table to say.
 */
enum Tokens implements UDF1<String, List<String>> {
  /** Words by Lucene's hidden Markov model of Chinese; punctuation marks are ",". */
  CHINESE {
    @Override
    Analyzer analyzer() {
      return ChineseWords.INSTANCE;
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

  // One of each per process: every thread has a token stream of its own.

  private static final class ChineseWords {
    static final Analyzer INSTANCE = analyzer(HMMChineseTokenizer::new);
  }

  private static final class UnicodeWords {
    static final Analyzer INSTANCE = analyzer(StandardTokenizer::new);
  }

  private static Analyzer analyzer(Supplier<Tokenizer> tokenizer) {
    return new Analyzer() {
      @Override
      protected TokenStreamComponents createComponents(String field) {
        return new TokenStreamComponents(tokenizer.get());
      }
    };
  }
}
