package io.nightfeed.recommend;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The best n candidates of each user by {@code I(u,c) = f + g}, with behaviour {@code f = exp(user
 * · item)} and emotion {@code g = exp(emotion user · emotion item)}.
 *
 * <p>Exact: {@link Screen} looks over every candidate in single precision, and each that may be
 * among the best, its rounding error considered, is scored again in doubles, in the order of its
 * coordinates. A list is therefore the same on every machine. Candidates of equal score are ordered
 * by post id. A user's list depends on that user's vectors and the candidates alone, not on the
 * users that are scored along with it.
 */
final class TopN implements Serializable {
  private static final long serialVersionUID = 2L;

  /** Users that are best scored together. */
  static final int USERS_PER_BLOCK = Screen.USERS;

  /** Beyond this an intensity is no rate any more, and its sums would overflow. */
  private static final double LARGEST_EXPONENT = 30;

  /** f + g <= 2 max(f, g); the excess covers the rounding of logarithms. */
  private static final double LOG_OF_TWO_AND_MORE = Math.log(2) + 1e-6;

  private static final Comparator<Scored> WORST_FIRST =
      Comparator.comparingDouble(Scored::score)
          .thenComparing(Comparator.comparingInt(Scored::candidate).reversed());

  private final Candidates candidates;
  private final int size;
  private transient Screen screen;

  /**
   * @param size n, the most candidates a list may have
   */
  TopN(Candidates candidates, int size) {
    this.candidates = candidates;
    this.size = size;
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
    var all = screen();
    var shortlists = users.stream().map(user -> new Shortlist(user, all)).toList();
    for (var chunk : all.chunks()) {
      var found = all.over(chunk, vectors, emotionVectors);
      for (var user = 0; user < users.size(); user++) {
        shortlists.get(user).scan(chunk, found, user);
      }
    }
    return shortlists.stream().map(Shortlist::bestFirst).toList();
  }

  /** Made once in each process: a broadcast one has none. */
  private synchronized Screen screen() {
    if (screen == null) {
      screen = new Screen(candidates);
    }
    return screen;
  }

  /** The best candidates of one user so far, while the scan goes through ascending indexes. */
  private final class Shortlist {
    private final PriorityQueue<Scored> worstFirst = new PriorityQueue<>(WORST_FIRST);
    private final Request user;
    private final double error;
    private int nextExcluded;

    /** A candidate whose greater exponent is below this cannot get in. */
    private double leastExponent = Double.NEGATIVE_INFINITY;

    Shortlist(Request user, Screen screen) {
      this.user = user;
      this.error = screen.error(user.vector(), user.emotionVector());
    }

    void scan(Screen.Chunk chunk, Screen.Found found, int row) {
      int groups = chunk.padded() / Screen.GROUP;
      var greatest = new float[groups];
      found.greatest().get(row * groups, greatest);
      raiseLeastExponent(greatest, chunk);
      int first = row * chunk.padded();
      for (int group = 0; group < groups; group++) {
        if (greatest[group] >= leastExponent - error) {
          int from = group * Screen.GROUP;
          int to = Math.min(chunk.count(), from + Screen.GROUP);
          for (int i = from; i < to; i++) {
            var exponent = found.exponents().get(first + i);
            if (exponent >= leastExponent - error && !isExcluded(chunk.from() + i)) {
              consider(chunk.from() + i, exponent + error);
            }
          }
        }
      }
    }

    /**
     * Each group's greatest is another candidate's. Where so many groups as a list has places reach
     * an exponent, and some more for those whose greatest is excluded or padding, nothing below it
     * gets in.
     */
    private void raiseLeastExponent(float[] greatest, Screen.Chunk chunk) {
      int excluded = excludedBefore(chunk.from() + chunk.count()) - excludedBefore(chunk.from());
      int place = greatest.length - size - excluded - (chunk.hasPadding() ? 1 : 0);
      if (place >= 0) {
        var sorted = greatest.clone();
        Arrays.sort(sorted);
        raiseLeastExponent(intensity(sorted[place] - error));
      }
    }

    private int excludedBefore(int candidate) {
      int place = Arrays.binarySearch(user.excluded(), candidate);
      return place >= 0 ? place : -place - 1;
    }

    private boolean isExcluded(int candidate) {
      var excluded = user.excluded();
      while (nextExcluded < excluded.length && excluded[nextExcluded] < candidate) {
        nextExcluded++;
      }
      return nextExcluded < excluded.length && excluded[nextExcluded] == candidate;
    }

    /**
     * The emotion vectors are short: with their product most candidates can be left out before the
     * long one is made.
     *
     * @param most that either exponent can be
     */
    private void consider(int candidate, double most) {
      var emotion = intensity(dot(user.emotionVector(), candidates.emotionVectors(), candidate));
      if (worstFirst.size() < size || intensity(most) + emotion >= worstFirst.peek().score()) {
        var behaviour = intensity(dot(user.vector(), candidates.vectors(), candidate));
        offer(new Scored(candidate, behaviour, emotion));
      }
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
        raiseLeastExponent(worstFirst.peek().score());
      }
    }

    /**
     * @param score that as many candidates as the list has places reach
     */
    private void raiseLeastExponent(double score) {
      var exponent = Math.log(score) - LOG_OF_TWO_AND_MORE;
      // At the lower end of what an intensity can be, exponents no longer tell scores apart.
      if (exponent > -LARGEST_EXPONENT) {
        leastExponent = Math.max(leastExponent, exponent);
      }
    }

    List<Scored> bestFirst() {
      var list = new ArrayList<>(worstFirst);
      list.sort(WORST_FIRST.reversed());
      return list;
    }
  }

  /** In doubles and in index order: the same number on every machine. */
  private static double dot(float[] user, VectorBlock items, int item) {
    var values = items.values();
    int from = item * items.width();
    var sum = 0.0;
    for (int k = 0; k < user.length; k++) {
      sum += (double) user[k] * values[from + k];
    }
    return sum;
  }

  /** Strict, so that every machine computes the same number. */
  private static double intensity(double exponent) {
    return StrictMath.exp(Math.max(-LARGEST_EXPONENT, Math.min(LARGEST_EXPONENT, exponent)));
  }
}
