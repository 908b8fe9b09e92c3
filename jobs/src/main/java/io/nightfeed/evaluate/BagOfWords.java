package io.nightfeed.evaluate;

import io.nightfeed.sources.DatasetFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.mllib.linalg.Vectors;
import org.apache.spark.mllib.linalg.distributed.RowMatrix;
import org.apache.spark.sql.SparkSession;

/**
 * Documents by the words in them: (1 + log count) · log(documents / (1 + documents with the word)),
 * each document of unit length (Salton and Buckley 1988).
 *
 * @param words for each document, ascending
 * @param weights of those words
 * @param vocabulary how many words there are
 */
record BagOfWords(int[][] words, double[][] weights, int vocabulary) {
  private static final int TOPICS = 300;

  int documents() {
    return words.length;
  }

  /**
   * @param file lines of a count and that many {@code word:times}, a line for each document (as of
   *     LDA-C)
   */
  static BagOfWords read(DatasetFile file) throws IOException {
    var words = new ArrayList<int[]>();
    var times = new ArrayList<double[]>();
    file.eachLine(
        "a count and as many word:times",
        line -> {
          var entries = new TreeMap<Integer, Integer>();
          var fields = line.strip().split(" ");
          for (int i = 1; i < fields.length; i++) {
            var entry = fields[i].split(":");
            entries.put(Integer.parseInt(entry[0]), Integer.parseInt(entry[1]));
          }
          words.add(entries.keySet().stream().mapToInt(word -> word).toArray());
          times.add(entries.values().stream().mapToDouble(count -> 1 + Math.log(count)).toArray());
        });
    int vocabulary = 1 + words.stream().flatMapToInt(IntStream::of).max().orElse(-1);
    var holding = new int[vocabulary];
    words.forEach(document -> IntStream.of(document).forEach(word -> holding[word]++));
    var weights = times.toArray(double[][]::new);
    for (int document = 0; document < weights.length; document++) {
      var mine = weights[document];
      double squares = 0;
      for (int i = 0; i < mine.length; i++) {
        int word = words.get(document)[i];
        mine[i] *= Math.max(0, Math.log(weights.length / (1.0 + holding[word])));
        squares += mine[i] * mine[i];
      }
      for (int i = 0; i < mine.length && squares > 0; i++) {
        mine[i] /= Math.sqrt(squares);
      }
    }
    return new BagOfWords(words.toArray(int[][]::new), weights, vocabulary);
  }

  /**
   * Latent semantic analysis (Deerwester et al. 1990): at most {@value #TOPICS} numbers of unit
   * length.
   */
  float[][] latentTopics() {
    var context = JavaSparkContext.fromSparkContext(SparkSession.active().sparkContext());
    var rows =
        context
            .parallelize(
                IntStream.range(0, documents())
                    .mapToObj(i -> Vectors.sparse(vocabulary, words[i], weights[i]))
                    .toList(),
                context.defaultParallelism())
            .cache();
    var directions =
        new RowMatrix(rows.rdd()).computeSVD(Math.min(TOPICS, vocabulary), false, 1e-9).V();
    rows.unpersist();
    return IntStream.range(0, documents())
        .parallel()
        .mapToObj(
            document -> {
              var topics = new float[directions.numCols()];
              double squares = 0;
              for (int topic = 0; topic < topics.length; topic++) {
                double sum = 0;
                for (int i = 0; i < words[document].length; i++) {
                  sum += weights[document][i] * directions.apply(words[document][i], topic);
                }
                topics[topic] = (float) sum;
                squares += sum * sum;
              }
              for (int topic = 0; topic < topics.length && squares > 0; topic++) {
                topics[topic] /= (float) Math.sqrt(squares);
              }
              return topics;
            })
        .toArray(float[][]::new);
  }
}
