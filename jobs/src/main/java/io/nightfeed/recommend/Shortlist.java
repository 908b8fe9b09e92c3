package io.nightfeed.recommend;

import static io.nightfeed.recommend.EmotionGroups.GROUP;

import io.nightfeed.recommend.TopN.Request;
import io.nightfeed.recommend.TopN.Scored;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
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
  private static final int WAITING_PER_PLACE = 12;

  private static final int BINS = 1024;

  private static final Comparator<Scored> BEST_FIRST =
      Comparator.comparingDouble(Scored::score).reversed().thenComparingInt(Scored::candidate);

  private final Request request;
  private final Screen screen;
  private final PostBlock block;
  private final int size;
  private final EightBitVectors.User user;
  private final EmotionGroups.Bounds emotions;

  /** Positions, ascending. */
  private final int[] excluded;

  private int nextExcluded;

  private final int[] waiting;
  private final double[] least;
  private final double[] most;
  private final double[] emotion;
  private int count;
  private final List<Scored> scored = new ArrayList<>();

  /** As many candidates as the list has places reach it. */
  private double leastScore;

  /** What the exponent of behaviour must be where emotion adds nothing. */
  private double neededAlone = Double.NEGATIVE_INFINITY;

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
    var exponents = new double[groups];
    var products = new float[Math.max(groups, GROUP)];
    found.greatest().get(row * groups, products, 0, groups);
    for (int group = 0; group < groups; group++) {
      errors[group] = user.error(chunk.lengths()[group], chunk.losses()[group]);
    }
    for (int group = 0; group < groups; group++) {
      exponents[group] = user.shift() + user.step() * products[group];
    }
    raiseToGreatest(exponents, errors, chunk);
    for (int group = 0; group < groups; group++) {
      double most = emotions.greatest()[chunk.from() / GROUP + group];
      if (exponents[group] + errors[group] >= needed(most)) {
        int from = group * GROUP;
        int inGroup = Math.min(chunk.count() - from, GROUP);
        found.products().get(row * chunk.padded() + from, products, 0, inGroup);
        scan(chunk.from() + from, inGroup, products, errors[group], most);
      }
    }
  }

  /**
   * A group.
   *
   * @param from its first position
   * @param products of those at its positions
   */
  private void scan(int from, int inGroup, float[] products, double error, double mostEmotion) {
    if (count + inGroup > waiting.length) {
      makeRoom();
    }
    double reached = needed(mostEmotion) - error - user.shift();
    for (int i = 0; i < inGroup; i++) {
      double exponent = user.step() * products[i];
      if (exponent >= reached && !isExcluded(from + i)) {
        waiting[count] = from + i;
        least[count] = user.shift() + exponent - error;
        emotion[count] = mostEmotion;
        most[count++] = user.shift() + exponent + error;
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
    return slope < Double.POSITIVE_INFINITY
        ? neededAlone - slope * emotion - ROUNDING
        : Intensity.exponent(leastScore - emotion);
  }

  /**
   * Each group's greatest is another candidate's. Where so many groups as a list has places reach
   * an exponent, and some more for those whose greatest is excluded or padding, nothing below it
   * gets in.
   */
  private void raiseToGreatest(double[] exponents, double[] errors, Screen.Chunk chunk) {
    int outside = positionsBefore(chunk.from() + chunk.count()) - positionsBefore(chunk.from());
    int groups = size + outside + (chunk.hasPadding() ? 1 : 0);
    if (groups <= exponents.length) {
      var reached = new double[exponents.length];
      for (int group = 0; group < reached.length; group++) {
        reached[group] = exponents[group] - errors[group];
      }
      raiseToExponent(reachedBy(groups, reached, reached.length));
    }
  }

  private void raiseToExponent(double exponent) {
    raise(Intensity.nearly(exponent) + emotions.least());
  }

  private int positionsBefore(int position) {
    int place = Arrays.binarySearch(excluded, position);
    return place >= 0 ? place : -place - 1;
  }

  private boolean isExcluded(int position) {
    while (nextExcluded < excluded.length && excluded[nextExcluded] < position) {
      nextExcluded++;
    }
    return nextExcluded < excluded.length && excluded[nextExcluded] == position;
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
    double likely = count > size ? reachedBy(size, least, count) : Double.NEGATIVE_INFINITY;
    score(likely, Double.POSITIVE_INFINITY);
    keepBest();
    score(Double.NEGATIVE_INFINITY, likely);
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
    products(request.emotionVector(), block.candidates().emotionVectors(), chosen, number, exact);
    int left = 0;
    for (int i = 0; i < number; i++) {
      if (bounds[i] >= needed(Intensity.atMost(exact[i]))) {
        chosen[left] = chosen[i];
        exact[left++] = exact[i];
      }
    }
    products(request.vector(), block.candidates().vectors(), chosen, left, bounds);
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
    scored.sort(BEST_FIRST);
    if (scored.size() >= size) {
      scored.subList(size, scored.size()).clear();
      raise(scored.get(size - 1).score());
    }
  }

  List<Scored> bestFirst() {
    score();
    return List.copyOf(scored);
  }

  /**
   * A number that so many of the values reach, and not many more: below the greatest such number by
   * less than a bin of a histogram.
   *
   * @param values the first {@code length} count
   */
  private static double reachedBy(int number, double[] values, int length) {
    double smallest = Double.POSITIVE_INFINITY;
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < length; i++) {
      smallest = Math.min(smallest, values[i]);
      largest = Math.max(largest, values[i]);
    }
    double bins = BINS / (largest - smallest);
    if (!(bins < Double.POSITIVE_INFINITY)) {
      return smallest;
    }
    var counts = new int[BINS + 1];
    for (int i = 0; i < length; i++) {
      counts[(int) ((values[i] - smallest) * bins)]++;
    }
    int bin = BINS;
    for (int reaching = counts[bin]; reaching < number && bin > 0; reaching += counts[bin]) {
      bin--;
    }
    return smallest + bin / bins - ROUNDING * (Math.abs(smallest) + Math.abs(largest));
  }

  /**
   * Products of the user's vector with some items', in doubles and in index order: the same numbers
   * on every machine. Four at a time, for a processor waits for memory, and for each sum before the
   * next.
   *
   * @param which the first {@code number} are taken
   */
  private static void products(
      float[] user, VectorBlock items, int[] which, int number, double[] products) {
    var values = items.values();
    for (int i = 0; i < number; i += 4) {
      int second = Math.min(i + 1, number - 1);
      int third = Math.min(i + 2, number - 1);
      int fourth = Math.min(i + 3, number - 1);
      int at = which[i] * user.length;
      int atSecond = which[second] * user.length;
      int atThird = which[third] * user.length;
      int atFourth = which[fourth] * user.length;
      double sum = 0;
      double sumOfSecond = 0;
      double sumOfThird = 0;
      double sumOfFourth = 0;
      for (int k = 0; k < user.length; k++) {
        double weight = user[k];
        sum += weight * values[at + k];
        sumOfSecond += weight * values[atSecond + k];
        sumOfThird += weight * values[atThird + k];
        sumOfFourth += weight * values[atFourth + k];
      }
      products[i] = sum;
      products[second] = sumOfSecond;
      products[third] = sumOfThird;
      products[fourth] = sumOfFourth;
    }
  }
}
