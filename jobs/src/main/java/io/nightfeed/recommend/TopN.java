package io.nightfeed.recommend;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.math3.util.KthSelector;

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

  /** Where one exponent is by so much the greater, the other adds next to nothing to the sum. */
  private static final double FAR_APART = 2;

  /** log(1 + exp(-2)), and the rounding of logarithms. */
  private static final double LOG_OF_FAR_APART = Math.log1p(Math.exp(-FAR_APART)) + 1e-6;

  private static final KthSelector SELECTOR = new KthSelector();

  /** Of an exponential, and of what is made of it, relative to the number: far above any. */
  private static final double ROUNDING = 1e-12;

  /** How many candidates are kept for each place of a list before some are thrown out. */
  private static final int KEPT_PER_PLACE = 6;

  private static final Comparator<Scored> BEST_FIRST =
      Comparator.comparingDouble(Scored::score).reversed().thenComparingInt(Scored::candidate);

  private final Candidates candidates;
  private final int size;
  private transient Screen screen;

  /**
   * @param size n, the most candidates a list may have (>= 1)
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
    try (var block = all.block(vectors, emotionVectors)) {
      for (var chunk : all.chunks()) {
        var found = block.over(chunk);
        for (var user = 0; user < users.size(); user++) {
          shortlists.get(user).scan(chunk, found, user);
        }
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

  /**
   * The candidates that may be among one user's best, while the scan goes through all: each with
   * bounds of its score, most of them thrown out again when better ones have come.
   */
  private final class Shortlist {
    private final Request user;
    private final double error;
    private final int[] kept =
        new int[Math.max(1, Math.min(KEPT_PER_PLACE * size, candidates.size()))];
    private final double[] most = new double[kept.length];
    private final double[] least = new double[kept.length];
    private int count;
    private int nextExcluded;

    /** As many candidates as the list has places reach it; its logarithm. */
    private double leastScore;

    private double leastLog = Double.NEGATIVE_INFINITY;

    Shortlist(Request user, Screen screen) {
      this.user = user;
      this.error = screen.error(user.vector(), user.emotionVector());
    }

    void scan(Screen.Chunk chunk, Screen.Found found, int row) {
      int groups = chunk.padded() / Screen.GROUP;
      var greatest = new float[groups];
      var greatestEmotion = new float[groups];
      found.greatest().get(row * groups, greatest);
      found.greatestEmotion().get(row * groups, greatestEmotion);
      raiseToGreatest(greatest, chunk);
      int first = row * chunk.padded();
      var exponents = new float[Screen.GROUP];
      var emotions = new float[Screen.GROUP];
      for (int group = 0; group < groups; group++) {
        if (!mayGetIn(greatest[group], greatestEmotion[group])) {
          continue;
        }
        double least = leastBehaviour(greatestEmotion[group] + error) - error;
        if (greatest[group] >= least) {
          int from = group * Screen.GROUP;
          int inGroup = Math.min(chunk.count() - from, Screen.GROUP);
          found.exponents().get(first + from, exponents);
          found.emotions().get(first + from, emotions);
          for (int i = 0; i < inGroup; i++) {
            if (exponents[i] >= least
                && mayGetIn(exponents[i], emotions[i])
                && !isExcluded(chunk.from() + from + i)) {
              consider(chunk.from() + from + i, exponents[i], emotions[i]);
            }
          }
        }
      }
      if (count > 2 * size) {
        // What was found here raises what the next chunk must reach.
        throwOut();
      }
    }

    /**
     * Whether the sum of two intensities may be enough, by a look at their exponents.
     *
     * @param behaviour and emotion: nearly
     */
    private boolean mayGetIn(double behaviour, double emotion) {
      var one = limited(behaviour + error);
      var other = limited(emotion + error);
      var isFarApart = Math.abs(one - other) > FAR_APART;
      return Math.max(one, other) + (isFarApart ? LOG_OF_FAR_APART : LOG_OF_TWO_AND_MORE)
          >= leastLog;
    }

    /**
     * The exponent of behaviour below which no candidate gets in, whatever its emotion.
     *
     * @param greatestEmotion that no exponent of emotion exceeds
     */
    private double leastBehaviour(double greatestEmotion) {
      var least = Math.log(leastScore - roughly(greatestEmotion) * (1 + ROUNDING));
      // At the lower end of what an intensity can be, exponents no longer tell scores apart. Nor is
      // there a least where emotion alone may be enough.
      return least > -LARGEST_EXPONENT ? least - ROUNDING : Double.NEGATIVE_INFINITY;
    }

    /**
     * Each group's greatest is another candidate's. Where so many groups as a list has places reach
     * an exponent, and some more for those whose greatest is excluded or padding, nothing below it
     * gets in.
     */
    private void raiseToGreatest(float[] greatest, Screen.Chunk chunk) {
      int excluded = excludedBefore(chunk.from() + chunk.count()) - excludedBefore(chunk.from());
      int place = greatest.length - size - excluded - (chunk.hasPadding() ? 1 : 0);
      if (place >= 0) {
        var work = new double[greatest.length];
        for (int group = 0; group < work.length; group++) {
          work[group] = greatest[group];
        }
        raise(intensity(SELECTOR.select(work, null, place) - error));
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
     * @param behaviour and emotion: their exponents, nearly
     */
    private void consider(int candidate, double behaviour, double emotion) {
      var bound = roughly(behaviour + error) + roughly(emotion + error);
      if (bound >= leastScore) {
        if (count == kept.length) {
          throwOut();
        }
        kept[count] = candidate;
        most[count] = bound;
        least[count++] = roughly(behaviour - error) + roughly(emotion - error);
      }
    }

    /** Keeps those that may still be among the best: there is room afterwards. */
    private void throwOut() {
      raise(SELECTOR.select(Arrays.copyOf(least, count), null, count - size));
      int left = 0;
      for (int i = 0; i < count; i++) {
        if (most[i] >= leastScore) {
          kept[left] = kept[i];
          most[left] = most[i];
          least[left++] = least[i];
        }
      }
      count = left;
      if (2 * count > kept.length) {
        settle();
      }
    }

    /** Many have nearly equal scores: decides among them. */
    private void settle() {
      var list = bestOfKept();
      count = list.size();
      for (int i = 0; i < count; i++) {
        kept[i] = list.get(i).candidate();
        most[i] = list.get(i).score() * (1 + ROUNDING);
        least[i] = list.get(i).score() * (1 - ROUNDING);
      }
    }

    /**
     * @param score that as many candidates as the list has places reach, but for rounding
     */
    private void raise(double score) {
      leastScore = Math.max(leastScore, score * (1 - ROUNDING));
      leastLog = Math.log(leastScore) - ROUNDING;
    }

    List<Scored> bestFirst() {
      if (count > size) {
        throwOut();
      }
      return bestOfKept();
    }

    private List<Scored> bestOfKept() {
      var list = new ArrayList<Scored>(count);
      for (int i = 0; i < count; i++) {
        list.add(scored(kept[i]));
      }
      list.sort(BEST_FIRST);
      return List.copyOf(list.subList(0, Math.min(size, count)));
    }

    private Scored scored(int candidate) {
      return new Scored(
          candidate,
          intensity(dot(user.vector(), candidates.vectors(), candidate)),
          intensity(dot(user.emotionVector(), candidates.emotionVectors(), candidate)));
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
    return StrictMath.exp(limited(exponent));
  }

  /** The same but for {@link #ROUNDING}, and faster. */
  private static double roughly(double exponent) {
    return Math.exp(limited(exponent));
  }

  private static double limited(double exponent) {
    return Math.max(-LARGEST_EXPONENT, Math.min(LARGEST_EXPONENT, exponent));
  }
}
