package io.nightfeed.recommend;

import static io.nightfeed.recommend.EmotionGroups.GROUP;
import static java.lang.Double.NEGATIVE_INFINITY;
import static java.lang.Double.POSITIVE_INFINITY;

import io.nightfeed.recommend.TopN.Request;
import io.nightfeed.recommend.TopN.Scored;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The candidates that may be among one user's best, while the scan goes through all. Those that the
 * screen leaves wait with bounds of their exponents, most to be thrown out again when better ones
 * have come; the others are scored exactly in the end, or when there are too many.
 */
final class Shortlist {
  /** Of logarithms and sums: far above any. */
  private static final double ROUNDING = Intensity.ROUNDING;

  /** How many candidates may wait for each place of the list. */
  private static final int WAITING_PER_PLACE = 4;

  /** Of halved bits of floats: a thousandth of what they stand for, or less. */
  private static final int NEARLY_EQUAL = 1 << 12;

  private final Request request;
  private final Screen screen;
  private final PostBlock block;
  private final int size;
  private final EightBitVectors.User user;
  private final EmotionGroups.Bounds emotions;

  /** Positions, ascending. */
  private final int[] excluded;

  private final int[] waiting;
  private final double[] least;
  private final double[] most;
  private final double[] emotion;
  private int count;
  private final List<Scored> scored = new ArrayList<>();
  private final RowProducts products = new RowProducts();

  /** As many candidates as the list has places reach it. */
  private double leastScore;

  /** What the exponent of behaviour must be where emotion adds nothing. */
  private double neededAlone = NEGATIVE_INFINITY;

  /** By so much less where emotion adds one. */
  private double slope;

  Shortlist(Request request, Screen screen, PostBlock block, int size) {
    this.request = request;
    this.screen = screen;
    this.block = block;
    this.size = size;
    user = screen.vectors().user(request.vector());
    emotions = screen.emotions().of(request.emotionVector());
    excluded =
        Arrays.stream(request.excluded())
            .filter(block::holds)
            .map(number -> screen.position(number - block.from()))
            .sorted()
            .toArray();
    int room = Math.min(WAITING_PER_PLACE * size, block.candidates().size()) + 2 * GROUP;
    waiting = new int[room];
    least = new double[room];
    most = new double[room];
    emotion = new double[room];
    scored.addAll(request.soFar());
    keepBest();
  }

  EightBitVectors.User eightBit() {
    return user;
  }

  void scan(Screen.Chunk chunk, Screen.Found found, int row) {
    int groups = chunk.groups();
    var errors = new double[groups];
    var least = new double[groups];
    var most = new double[groups];
    var products = new float[groups];
    found.greatest().get(row * groups, products, 0, groups);
    for (int group = 0; group < groups; group++) {
      errors[group] = user.error(chunk.lengths()[group], chunk.losses()[group]);
    }
    for (int group = 0; group < groups; group++) {
      double exponent = user.exponent(products[group]);
      least[group] = exponent - errors[group];
      most[group] = exponent + errors[group];
    }
    // What the likeliest hold, scored exactly, leaves little to look for in the others.
    double likely = raiseToGreatest(least, chunk);
    if (likely < POSITIVE_INFINITY) {
      scan(chunk, found, row, likeliest(least, likely), errors);
      score();
    }
    scan(chunk, found, row, others(chunk, least, most, likely), errors);
  }

  private static int[] likeliest(double[] least, double likely) {
    var groups = new int[least.length];
    int number = 0;
    for (int group = 0; group < least.length; group++) {
      groups[number] = group;
      number += least[group] >= likely ? 1 : 0;
    }
    return Arrays.copyOf(groups, number);
  }

  /** Groups below that may hold one of the best. */
  private int[] others(Screen.Chunk chunk, double[] least, double[] most, double likely) {
    var groups = new int[least.length];
    int number = 0;
    for (int group = 0; group < least.length; group++) {
      double mostEmotion = emotions.greatest()[chunk.from() / GROUP + group];
      groups[number] = group;
      number += least[group] < likely & most[group] >= needed(mostEmotion) ? 1 : 0;
    }
    return Arrays.copyOf(groups, number);
  }

  private void scan(
      Screen.Chunk chunk, Screen.Found found, int row, int[] groups, double[] errors) {
    var products = new float[groups.length * GROUP];
    // All before any is looked at: the processor need not wait for one after the other.
    for (int i = 0; i < groups.length; i++) {
      found.products().get(row * chunk.padded() + groups[i] * GROUP, products, i * GROUP, GROUP);
    }
    for (int i = 0; i < groups.length; i++) {
      int from = groups[i] * GROUP;
      int inGroup = Math.min(chunk.count() - from, GROUP);
      scan(chunk.from() + from, inGroup, products, i * GROUP, errors[groups[i]]);
    }
  }

  /**
   * A group.
   *
   * @param from its first position
   * @param products of those at its positions, from {@code at}
   */
  private void scan(int from, int inGroup, float[] products, int at, double error) {
    if (count + inGroup > waiting.length) {
      makeRoom();
    }
    double mostEmotion = emotions.greatest()[from / GROUP];
    float reached = user.reached(needed(mostEmotion) - error);
    for (int i = 0; i < inGroup; i++) {
      if (products[at + i] >= reached && !isExcluded(from + i)) {
        double exponent = user.exponent(products[at + i]);
        waiting[count] = from + i;
        least[count] = exponent - error;
        emotion[count] = mostEmotion;
        most[count++] = exponent + error;
      }
    }
  }

  /**
   * @param score that as many candidates as the list has places reach, but for rounding
   */
  private void raise(double score) {
    double raised = score * (1 - ROUNDING);
    if (raised > leastScore) {
      leastScore = raised;
      neededAlone = Intensity.exponent(leastScore);
      double neededLeast = Intensity.exponent(leastScore - emotions.greatestOfAll());
      slope = (neededAlone - neededLeast) / emotions.greatestOfAll();
    }
  }

  /**
   * The exponent of behaviour below which no candidate gets in. It is {@code log(least score - g)},
   * which is concave in g: above the straight line between its ends, if it has them.
   *
   * @param emotion g, at most
   */
  private double needed(double emotion) {
    return slope < POSITIVE_INFINITY
        ? neededAlone - slope * emotion - ROUNDING
        : Intensity.exponent(leastScore - emotion);
  }

  /**
   * Each group's greatest is another candidate's. Where so many groups as a list has places reach
   * an exponent, and some more for those whose greatest is excluded or padding, nothing below it
   * gets in.
   *
   * @param least by group, what its greatest is at least
   * @return that exponent; infinite where there are not so many groups, or more was known before
   */
  private double raiseToGreatest(double[] least, Screen.Chunk chunk) {
    int outside = positionsBefore(chunk.from() + chunk.count()) - positionsBefore(chunk.from());
    int groups = size + outside + (chunk.hasPadding() ? 1 : 0);
    if (groups > least.length) {
      return POSITIVE_INFINITY;
    }
    double likely = reachedBy(groups, least, least.length);
    return raiseToExponent(likely) ? likely : POSITIVE_INFINITY;
  }

  private boolean raiseToExponent(double exponent) {
    double before = leastScore;
    raise(Intensity.nearly(exponent) + emotions.least());
    return leastScore > before;
  }

  private int positionsBefore(int position) {
    int place = Arrays.binarySearch(excluded, position);
    return place >= 0 ? place : -place - 1;
  }

  private boolean isExcluded(int position) {
    return Arrays.binarySearch(excluded, position) >= 0;
  }

  private void makeRoom() {
    throwOut();
    if (2 * (count + GROUP) > waiting.length) {
      // Many are nearly equal.
      score();
    }
  }

  /** Keeps those that may still be among the best. */
  private void throwOut() {
    if (count >= size) {
      raiseToExponent(reachedBy(size, least, count));
    }
    int left = 0;
    for (int i = 0; i < count; i++) {
      if (most[i] >= needed(emotion[i])) {
        waiting[left] = waiting[i];
        emotion[left] = emotion[i];
        most[left] = most[i];
        least[left++] = least[i];
      }
    }
    count = left;
  }

  /** Scores those that wait, the likeliest first. */
  private void score() {
    throwOut();
    double likely = count > size ? reachedBy(size, least, count) : NEGATIVE_INFINITY;
    score(likely, POSITIVE_INFINITY);
    keepBest();
    score(NEGATIVE_INFINITY, likely);
    keepBest();
    count = 0;
  }

  /** Scores those that wait whose least exponent of behaviour lies between the two. */
  private void score(double from, double below) {
    var chosen = new int[count];
    var bounds = new double[count];
    int number = 0;
    for (int i = 0; i < count; i++) {
      if (least[i] >= from && least[i] < below && most[i] >= needed(emotion[i])) {
        bounds[number] = most[i];
        chosen[number++] = screen.emotions().order()[waiting[i]];
      }
    }
    var exact = new double[count];
    products.of(
        request.emotionVector(), block.candidates().emotionVectors(), chosen, number, exact);
    int left = 0;
    for (int i = 0; i < number; i++) {
      if (bounds[i] >= needed(Intensity.atMost(exact[i]))) {
        chosen[left] = chosen[i];
        exact[left++] = exact[i];
      }
    }
    products.of(request.vector(), block.candidates().vectors(), chosen, left, bounds);
    for (int i = 0; i < left; i++) {
      if (bounds[i] >= needed(Intensity.atMost(exact[i]))) {
        add(new Scored(block.from() + chosen[i], Intensity.of(bounds[i]), Intensity.of(exact[i])));
      }
    }
  }

  private void add(Scored exact) {
    if (exact.score() >= leastScore) {
      scored.add(exact);
    }
  }

  private void keepBest() {
    scored.sort(Shortlist::bestFirst);
    if (scored.size() >= size) {
      scored.subList(size, scored.size()).clear();
      raise(scored.get(size - 1).score());
    }
  }

  private static int bestFirst(Scored one, Scored other) {
    int byScore = Double.compare(other.score(), one.score());
    return byScore != 0 ? byScore : Integer.compare(one.candidate(), other.candidate());
  }

  List<Scored> bestFirst() {
    score();
    return List.copyOf(scored);
  }

  /**
   * A number that so many of the values reach, and hardly more.
   *
   * @param values the first {@code length} count, {@code number} of them at least
   */
  private static double reachedBy(int number, double[] values, int length) {
    // Integers of the same order: a processor compares many at once, where it does so with doubles
    // one by one. Halves, for differences must not overflow.
    var halves = new int[length];
    for (int i = 0; i < length; i++) {
      int bits = Float.floatToRawIntBits((float) values[i]);
      halves[i] = (bits ^ (bits >> 31 & Integer.MAX_VALUE)) >> 1;
    }
    int reached = Integer.MAX_VALUE;
    int above = Integer.MIN_VALUE;
    for (int i = 0; i < length; i++) {
      reached = Math.min(reached, halves[i]);
      above = Math.max(above, halves[i]);
    }
    while (above - reached > NEARLY_EQUAL) {
      int middle = reached + (above - reached) / 2;
      int reaching = 0;
      for (int i = 0; i < length; i++) {
        reaching += middle - 1 - halves[i] >>> 31;
      }
      if (reaching >= number) {
        reached = middle;
      } else {
        above = middle;
      }
    }
    int bits = 2 * reached;
    return Math.nextDown(Float.intBitsToFloat(bits ^ (bits >> 31 & Integer.MAX_VALUE)));
  }
}
