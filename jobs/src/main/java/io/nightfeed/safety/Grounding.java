package io.nightfeed.safety;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.StopFilter;
import org.apache.lucene.analysis.cn.smart.HMMChineseTokenizer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/**
 * Whether sources say what a text says. Every number, every name and every other word that carries
 * meaning must stand in a source: English words by their stems, Chinese ones as they are. Denials
 * carry meaning: "not" must be a source's own. It is a test of words, and finds no new claim that
 * is made of a source's words in another order.
 */
public final class Grounding {
  private static final Pattern NUMBER = Pattern.compile("\\p{Nd}+(?:[.,:]\\p{Nd}+)*");
  private static final List<String> DENIALS = List.of("no", "not");
  private static final Pattern HAN = Pattern.compile("\\p{IsHan}");

  /** Chinese words without a claim of their own; denials are none of them. */
  private static final Set<String> CHINESE_STOP_WORDS =
      Set.of(
          "的", "地", "得", "了", "着", "过", "在", "是", "和", "与", "及", "或", "也", "都", "就", "还", "把", "被",
          "给", "对", "向", "从", "到", "为", "以", "于", "而", "但", "并", "且", "这", "那", "个", "之", "其", "吗",
          "呢", "吧", "啊", "呀", "让", "使", "将", "又", "很", "更", "最", "这个", "那个", "这些", "那些", "一个", "以及",
          "因为", "所以", "但是", "而且", ",");

  private final String sources;
  private final Set<String> stems;
  private final Set<String> numbers;

  private Grounding(String sources) {
    this.sources = sources;
    stems = new HashSet<>(words(sources, false));
    numbers = new HashSet<>(numbers(sources));
  }

  /**
   * @param sources texts; what any of them says is said
   */
  public static Grounding in(Collection<String> sources) {
    return new Grounding(String.join("\n", sources).toLowerCase(Locale.ROOT));
  }

  /** Words and numbers of a text that no source has; none where every claim is grounded. */
  public Set<String> missing(String text) {
    var missing = new TreeSet<String>();
    numbers(text).stream().filter(number -> !numbers.contains(number)).forEach(missing::add);
    var lower = text.toLowerCase(Locale.ROOT);
    words(lower, false).stream()
        .filter(word -> !HAN.matcher(word).find() && !stems.contains(word))
        .forEach(missing::add);
    if (HAN.matcher(lower).find()) {
      words(lower, true).stream()
          .filter(word -> HAN.matcher(word).find() && !sources.contains(word))
          .filter(word -> !CHINESE_STOP_WORDS.contains(word))
          .forEach(missing::add);
    }
    return missing;
  }

  /** The sentences of a text that are grounded, in order, as they stand there; may be empty. */
  public String grounded(String text) {
    var kept = new ArrayList<String>();
    var sentences = BreakIterator.getSentenceInstance(Locale.ROOT);
    sentences.setText(text);
    int start = 0;
    for (int end = sentences.next(); end != BreakIterator.DONE; end = sentences.next()) {
      var sentence = text.substring(start, end);
      if (missing(sentence).isEmpty()) {
        kept.add(sentence);
      }
      start = end;
    }
    return String.join("", kept).strip();
  }

  private static List<String> numbers(String text) {
    return NUMBER.matcher(text).results().map(found -> found.group()).toList();
  }

  private static List<String> words(String text, boolean isChinese) {
    var words = new ArrayList<String>();
    var analyzer = isChinese ? Analyzers.CHINESE : Analyzers.OTHERS;
    try (var stream = analyzer.tokenStream("text", text)) {
      var term = stream.addAttribute(CharTermAttribute.class);
      stream.reset();
      while (stream.incrementToken()) {
        words.add(term.toString());
      }
      stream.end();
    } catch (IOException e) {
      throw new UncheckedIOException("Strings are read without a disk", e);
    }
    return words;
  }

  /** One of each per process: every thread has a token stream of its own. */
  private static final class Analyzers {
    static final Analyzer CHINESE =
        new Analyzer() {
          @Override
          protected TokenStreamComponents createComponents(String field) {
            return new TokenStreamComponents(new HMMChineseTokenizer());
          }
        };

    static final Analyzer OTHERS =
        new Analyzer() {
          @Override
          protected TokenStreamComponents createComponents(String field) {
            var words = new StandardTokenizer();
            var lower = new LowerCaseFilter(words);
            return new TokenStreamComponents(
                words, new PorterStemFilter(new StopFilter(lower, stopWords())));
          }
        };

    private static CharArraySet stopWords() {
      var words = new CharArraySet(64, true);
      EnglishAnalyzer.getDefaultStopSet().stream()
          .map(word -> new String((char[]) word))
          .filter(word -> !DENIALS.contains(word))
          .forEach(words::add);
      return words;
    }
  }
}
