package io.nightfeed.reply;

import java.io.Serializable;
import java.util.List;
import java.util.TreeMap;

/**
 * What a text, or several turns of a thread read as one, is compared by: the encoder's vector and
 * the TF-IDF weights of its words. Both are of length 1, or of length 0 where there is nothing.
 *
 * @param vector the embedding, less the mean of all
 * @param words hashes of words, ascending
 * @param weights one for each word
 */
record Features(float[] vector, int[] words, float[] weights) implements Serializable {

  /**
   * Turns read as one: the last weighs 1, each before it {@code decay} times the one after it.
   *
   * @param turns oldest first; at least one
   */
  static Features together(List<Features> turns, double decay) {
    if (turns.size() == 1) {
      return turns.get(0);
    }
    var vector = new double[turns.get(0).vector.length];
    var words = new TreeMap<Integer, Double>();
    double weight = 1;
    for (int i = turns.size() - 1; i >= 0; i--) {
      var turn = turns.get(i);
      for (int d = 0; d < vector.length; d++) {
        vector[d] += weight * turn.vector[d];
      }
      for (int w = 0; w < turn.words.length; w++) {
        words.merge(turn.words[w], weight * turn.weights[w], Double::sum);
      }
      weight *= decay;
    }
    return of(vector, words);
  }

  /** Scaled to length 1. */
  static Features of(double[] vector, TreeMap<Integer, Double> words) {
    double length = 0;
    for (var x : vector) {
      length += x * x;
    }
    var unit = new float[vector.length];
    for (int d = 0; d < unit.length; d++) {
      unit[d] = length == 0 ? 0 : (float) (vector[d] / Math.sqrt(length));
    }
    double norm = Math.sqrt(words.values().stream().mapToDouble(w -> w * w).sum());
    var hashes = new int[words.size()];
    var weights = new float[words.size()];
    int next = 0;
    for (var word : words.entrySet()) {
      hashes[next] = word.getKey();
      weights[next++] = norm == 0 ? 0 : (float) (word.getValue() / norm);
    }
    return new Features(unit, hashes, weights);
  }

  /** Cosine of the vectors, in [-1, 1]. */
  double meaning(Features other) {
    double sum = 0;
    for (int d = 0; d < vector.length; d++) {
      sum += vector[d] * other.vector[d];
    }
    return sum;
  }

  /** Cosine of the words' weights, in [0, 1]. */
  double wording(Features other) {
    double sum = 0;
    int i = 0;
    int j = 0;
    while (i < words.length && j < other.words.length) {
      if (words[i] == other.words[j]) {
        sum += weights[i++] * other.weights[j++];
      } else if (words[i] < other.words[j]) {
        i++;
      } else {
        j++;
      }
    }
    return sum;
  }

  /**
   * Both, blended.
   *
   * @param wordingShare what wording counts, from 0 to 1; meaning counts the rest
   */
  double similarity(Features other, double wordingShare) {
    return wordingShare * wording(other) + (1 - wordingShare) * meaning(other);
  }
}
