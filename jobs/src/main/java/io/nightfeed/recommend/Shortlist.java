package io.nightfeed.recommend;

import static io.nightfeed.recommend.EmotionGroups.GROUP;
import static java.lang.Double.NEGATIVE_INFINITY;
import static java.lang.Double.POSITIVE_INFINITY;

import io.nightfeed.recommend.TopN.Request;
import io.nightfeed.recommend.TopN.Scored;
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
  private final ScoredCandidates scored;
  private final RowProducts products = new RowProducts();

  /** As many candidates as the list has places reach it. */
  private double leastScore;

  /** What the exponent of behaviour must be where emotion adds nothing. */
  private double neededAlone = NEGATIVE_INFINITY;

  /** By so much less where emotion adds one. */
  private double slope;

  /**
   * What is known of a chunk's groups while one user's list is made. Of a thread, for a fresh one
   * would have to be cleared for each user.
   *
   * <p>{@code groups} are those to be looked at, ascending; {@code products} theirs, or the groups'
   * greatest.
   */
  private static final class Room {
    private static final int MOST_GROUPS = Screen.CANDIDATES / GROUP;

    private final double[] errors = new double[MOST_GROUPS];
    private final double[] least = new double[MOST_GROUPS];
    private final double[] most = new double[MOST_GROUPS];
    private final double[] needed = new double[MOST_GROUPS];
    private final int[] groups = new int[MOST_GROUPS];
    private final float[] products = new float[Screen.CANDIDATES];
  }

  private static final ThreadLocal<Room> ROOM = ThreadLocal.withInitial(Room::new);

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
    scored = new ScoredCandidates(request.soFar(), room);
    keepBest();
  }

  EightBitVectors.User eightBit() {
    return user;
  }

  void scan(Screen.Chunk chunk, Screen.Found found, int row) {
    int groups = chunk.groups();
    var room = ROOM.get();
    found.greatest().get(row * groups, room.products, 0, groups);
    for (int group = 0; group < groups; group++) {
      room.errors[group] = user.error(chunk.lengths()[group], chunk.losses()[group]);
    }
    for (int group = 0; group < groups; group++) {
      double exponent = user.exponent(room.products[group]);
      room.least[group] = exponent - room.errors[group];
      room.most[group] = exponent + room.errors[group];
    }
    // What the likeliest hold, scored exactly, leaves little to look for in the others.
    double likely = raiseToGreatest(room.least, chunk);
    if (likely < POSITIVE_INFINITY) {
      scan(chunk, found, row, room, likeliest(groups, room, likely));
      score();
    }
    scan(chunk, found, row, room, others(chunk, room, likely));
  }

  /** How many groups are looked at, see {@link Room}. */
  private static int likeliest(int groups, Room room, double likely) {
    int number = 0;
    for (int group = 0; group < groups; group++) {
      room.groups[number] = group;
      number += room.least[group] >= likely ? 1 : 0;
    }
    return number;
  }

  /** Groups below that may hold one of the best. */
  private int others(Screen.Chunk chunk, Room room, double likely) {
    int groups = chunk.groups();
    int first = chunk.from() / GROUP;
    var greatest = emotions.greatest();
    if (slope < POSITIVE_INFINITY) {
      double alone = neededAlone - ROUNDING;
      for (int group = 0; group < groups; group++) {
        room.needed[group] = alone - slope * greatest[first + group];
      }
    } else {
      for (int group = 0; group < groups; group++) {
        room.needed[group] = needed(greatest[first + group]);
      }
    }
    int number = 0;
    for (int group = 0; group < groups; group++) {
      room.groups[number] = group;
      number += room.least[group] < likely & room.most[group] >= room.needed[group] ? 1 : 0;
    }
    return number;
  }

  private void scan(Screen.Chunk chunk, Screen.Found found, int row, Room room, int number) {
    var groups = room.groups;
    var products = room.products;
    // All before any is looked at: the processor need not wait for one after the other.
    for (int i = 0; i < number; i++) {
      found.products().get(row * chunk.padded() + groups[i] * GROUP, products, i * GROUP, GROUP);
    }
    var reaching = new int[GROUP];
    int nextExcluded = 0;
    for (int i = 0; i < number; i++) {
      if (count + GROUP > waiting.length) {
        makeRoom();
      }
      int inGroup = Math.min(chunk.count() - groups[i] * GROUP, GROUP);
      int from = chunk.from() + groups[i] * GROUP;
      double mostEmotion = emotions.greatest()[from / GROUP];
      double error = room.errors[groups[i]];
      float reached = user.reached(needed(mostEmotion) - error);
      // One or two do, and a processor does not foresee which: no branch.
      int inGroupReaching = 0;
      for (int j = 0; j < inGroup; j++) {
        reaching[inGroupReaching] = j;
        inGroupReaching += products[i * GROUP + j] >= reached ? 1 : 0;
      }
      while (nextExcluded < excluded.length && excluded[nextExcluded] < from) {
        nextExcluded++;
      }
      boolean mayExclude =
          nextExcluded < excluded.length && excluded[nextExcluded] < from + inGroup;
      for (int j = 0; j < inGroupReaching; j++) {
        int position = from + reaching[j];
        if (!mayExclude || !isExcluded(position)) {
          double exponent = user.exponent(products[i * GROUP + reaching[j]]);
          waiting[count] = position;
          least[count] = exponent - error;
          emotion[count] = mostEmotion;
          most[count++] = exponent + error;
        }
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
    if (groups > chunk.groups()) {
      return POSITIVE_INFINITY;
    }
    double likely = Selection.reachedBy(groups, least, chunk.groups());
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
      raiseToExponent(Selection.reachedBy(size, least, count));
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
    double likely = count > size ? Selection.reachedBy(size, least, count) : NEGATIVE_INFINITY;
    score(likely, POSITIVE_INFINITY);
    if (likely > NEGATIVE_INFINITY) {
      score(NEGATIVE_INFINITY, likely);
    }
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
        double behaviour = Intensity.of(bounds[i]);
        double emotional = Intensity.of(exact[i]);
        if (behaviour + emotional >= leastScore) {
          scored.add(block.from() + chosen[i], behaviour, emotional);
        }
      }
    }
    keepBest();
  }

  private void keepBest() {
    if (scored.count() >= size) {
      raise(scored.reachedBy(size));
      scored.keep(leastScore, size);
    }
  }

  List<Scored> bestFirst() {
    score();
    return scored.best(size);
  }
}
