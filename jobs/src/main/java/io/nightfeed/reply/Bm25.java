package io.nightfeed.reply;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.ByteBuffersDirectory;

/** Lucene's BM25 over some texts, with its defaults: what others are compared with. */
final class Bm25 {
  private static final String WORDS = "words";

  private final IndexSearcher searcher;
  private final List<String> texts;

  /**
   * @param texts each once
   * @param readings by text
   */
  Bm25(List<String> texts, Map<String, FeatureSpace.Reading> readings) {
    this.texts = texts;
    var directory = new ByteBuffersDirectory();
    var config = new IndexWriterConfig(new WhitespaceAnalyzer());
    try (var writer = new IndexWriter(directory, config)) {
      for (var text : texts) {
        var document = new Document();
        document.add(
            new TextField(WORDS, String.join(" ", words(readings.get(text))), Field.Store.NO));
        writer.addDocument(document);
      }
      // In one segment documents are numbered in the order in which they came.
      writer.forceMerge(1);
      writer.commit();
      searcher = new IndexSearcher(DirectoryReader.open(directory));
      searcher.setSimilarity(new BM25Similarity());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Scores of the texts that have a word of the query; of others the score is 0. */
  Map<String, Double> scores(List<FeatureSpace.Reading> query) {
    var counts =
        query.stream()
            .flatMap(reading -> words(reading).stream())
            .collect(Collectors.groupingBy(word -> word, TreeMap::new, Collectors.counting()));
    var words = new BooleanQuery.Builder();
    counts.forEach(
        (word, count) ->
            words.add(
                new BoostQuery(new TermQuery(new Term(WORDS, word)), count),
                BooleanClause.Occur.SHOULD));
    var scores = new HashMap<String, Double>();
    try {
      for (var hit : searcher.search(words.build(), texts.size()).scoreDocs) {
        scores.put(texts.get(hit.doc), (double) hit.score);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return scores;
  }

  private static List<String> words(FeatureSpace.Reading reading) {
    return reading.tokens().stream()
        .flatMap(token -> FeatureSpace.Words.of(token).stream())
        .map(word -> word.replaceAll("\\s", ""))
        .toList();
  }
}
