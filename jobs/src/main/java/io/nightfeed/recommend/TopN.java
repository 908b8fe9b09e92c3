package io.nightfeed.recommend;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The best n candidates of each user by {@code I(u,c) = f + g}, with behaviour {@code f = exp(user
 * · item)} and emotion {@code g = exp(emotion user · emotion item)}.
 *
 * <p>Exact: every candidate that is not excluded is scored. Candidates of equal score are ordered
 * by post id. A user's list depends on that user's vectors and the candidates alone, not on the
 * users that are scored along with it.
 */
final class TopN implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Users and candidates per call of the inner loop: small enough to stay in a core's cache. */
  static final int USERS_PER_BLOCK = 32;

  static final int CANDIDATES_PER_BLOCK = 512;

  /** Beyond this an intensity is no rate any more, and its sums would overflow. */
  private static final double LARGEST_EXPONENT = 30;

  /** f + g <= 2 max(f, g); the excess covers the rounding of logarithms. */
  private static final double LOG_OF_TWO_AND_MORE = Math.log(2) + 1e-6;

  private static final Comparator<Scored> WORST_FIRST =
      Comparator.comparingDouble(Scored::score)
          .thenComparing(Comparator.comparingInt(Scored::candidate).reversed());

  private final Candidates candidates;
  private final int size;
  private final DotProducts products;

  /**
   * @param size n, the most candidates a list may have
   */
  TopN(Candidates candidates, int size, DotProducts products) {
    this.candidates = candidates;
    this.size = size;
    this.products = products;
  }

  /**
   * What the engine must know of a user.
   *
   * @param vector as wide as the candidates' vectors
   * @param emotionVector as wide as the candidates' emotion vectors
   * @param excluded indexes of candidates that the user must not get, ascending
   */
  record Request(float[] vector, float[] emotionVector, int[] excluded) {}

  /**
   * A candidate and its two intensities, each positive and finite.
   *
   * @param behaviour f
   * @param emotion g
   */
  record Scored(int candidate, double behaviour, double emotion) {
    double score() {
      return behaviour + emotion;
    }
  }

  Candidates candidates() {
    return candidates;
  }

  /** The lists of some users, in the order of the requests; each list has the best first. */
  List<List<Scored>> best(List<Request> users) {
    var lists = new ArrayList<List<Scored>>(users.size());
    for (var from = 0; from < users.size(); from += USERS_PER_BLOCK) {
      lists.addAll(
          bestOfBlock(users.subList(from, Math.min(users.size(), from + USERS_PER_BLOCK))));
    }
    return lists;
  }

  private List<List<Scored>> bestOfBlock(List<Request> users) {
    var vectors = VectorBlock.of(users.stream().map(Request::vector).toArray(float[][]::new));
    var emotionVectors =
        VectorBlock.of(users.stream().map(Request::emotionVector).toArray(float[][]::new));
    var behaviour = new double[users.size() * CANDIDATES_PER_BLOCK];
    var emotion = new double[users.size() * CANDIDATES_PER_BLOCK];
    var shortlists = users.stream().map(user -> new Shortlist(user.excluded())).toList();
    for (var from = 0; from < candidates.size(); from += CANDIDATES_PER_BLOCK) {
      var to = Math.min(candidates.size(), from + CANDIDATES_PER_BLOCK);
      products.multiply(vectors, candidates.vectors(), from, to, behaviour);
      products.multiply(emotionVectors, candidates.emotionVectors(), from, to, emotion);
      for (var user = 0; user < users.size(); user++) {
        shortlists.get(user).scan(from, to, behaviour, emotion, user * (to - from));
      }
    }
    return shortlists.stream().map(Shortlist::bestFirst).toList();
  }

  /** The best candidates of one user so far, while the scan goes through ascending indexes. */
  private final class Shortlist {
    private final PriorityQueue<Scored> worstFirst = new PriorityQueue<>(WORST_FIRST);
    private final int[] excluded;
    private int nextExcluded;

    /** A candidate whose greater exponent is below this cannot get in. */
    private double leastExponent = Double.NEGATIVE_INFINITY;

    Shortlist(int[] excluded) {
      this.excluded = excluded;
    }

    void scan(int from, int to, double[] behaviour, double[] emotion, int offset) {
      for (var candidate = from; candidate < to; candidate++) {
        var at = offset + candidate - from;
        if (!isExcluded(candidate) && Math.max(behaviour[at], emotion[at]) >= leastExponent) {
          offer(new Scored(candidate, intensity(behaviour[at]), intensity(emotion[at])));
        }
      }
    }

    private boolean isExcluded(int candidate) {
      while (nextExcluded < excluded.length && excluded[nextExcluded] < candidate) {
        nextExcluded++;
      }
      return nextExcluded < excluded.length && excluded[nextExcluded] == candidate;
    }

    private void offer(Scored scored) {
      if (worstFirst.size() == size) {
        if (WORST_FIRST.compare(scored, worstFirst.peek()) < 0) {
          return;
        }
        worstFirst.poll();
      }
      worstFirst.add(scored);
      if (worstFirst.size() == size) {
        leastExponent = Math.log(worstFirst.peek().score()) - LOG_OF_TWO_AND_MORE;
      }
    }

    List<Scored> bestFirst() {
      var list = new ArrayList<>(worstFirst);
      list.sort(WORST_FIRST.reversed());
      return list;
    }
  }

  /** Strict, so that every machine computes the same number. */
  private static double intensity(double exponent) {
    return StrictMath.exp(Math.max(-LARGEST_EXPONENT, Math.min(LARGEST_EXPONENT, exponent)));
  }
}
