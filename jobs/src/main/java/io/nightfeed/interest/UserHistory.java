package io.nightfeed.interest;

import java.io.Serializable;
import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;

/**
 * One user's rows, sorted by post: what the user was shown and did. Arrays run in parallel.
 *
 * @param userId the user
 * @param items places of the posts in the catalogue
 * @param engagement action-weighted engagement, >= 0
 * @param exposure impressions, > 0
 * @param states e_u at the time, eight emotions each; zeros when unknown
 * @param logged rows that the logs hold; those after them are sampled negatives
 */
record UserHistory(
    String userId,
    int[] items,
    double[] engagement,
    double[] exposure,
    float[][] states,
    int logged)
    implements Serializable {

  int size() {
    return items.length;
  }

  /** Engagements per impression, at most one: several actions on one view are one success. */
  double cappedRate(int row) {
    return Math.min(engagement[row] / exposure[row], 1);
  }

  /** The logs hold no post that the user saw and left alone. */
  boolean lacksNegatives() {
    return Arrays.stream(engagement).allMatch(value -> value > 0);
  }

  /**
   * The history with {@code count} posts, drawn by a generator seeded with the user's id, as
   * impressions without engagement: logs without impressions say what people chose but not from
   * what. Each stands for max(1, logged impressions / count) impressions, so that choices and
   * non-choices weigh about the same for the busiest users. A drawn post takes the mood of one of
   * the user's rows in turn, so that moods alone do not tell draws from choices. Draws that the
   * user already has are dropped.
   *
   * @param candidates posts that somebody touched; others may never have been shown
   * @param others posts that are not drawn either, because the user met them
   */
  UserHistory withSampledNegatives(int[] candidates, int[] others, int count, long seed) {
    var known = new BitSet();
    Arrays.stream(others).forEach(known::set);
    Arrays.stream(items).forEach(known::set);
    var random = new SplittableRandom(seed ^ hash64(userId));
    int[] drawn = new int[count];
    int found = 0;
    for (int draw = 0; draw < count; draw++) {
      int item = candidates[random.nextInt(candidates.length)];
      if (!known.get(item)) {
        known.set(item);
        drawn[found++] = item;
      }
    }
    Arrays.sort(drawn, 0, found);
    int total = logged + found;
    var allItems = Arrays.copyOf(items, total);
    var allExposure = Arrays.copyOf(exposure, total);
    var allStates = Arrays.copyOf(states, total);
    double weight = Math.max(1, Arrays.stream(exposure).sum() / count);
    for (int i = 0; i < found; i++) {
      allItems[logged + i] = drawn[i];
      allExposure[logged + i] = weight;
      allStates[logged + i] = states[i % logged];
    }
    return new UserHistory(
        userId, allItems, Arrays.copyOf(engagement, total), allExposure, allStates, logged);
  }

  /** 64 bits from a key, the same on every machine. */
  static long hash64(String key) {
    var murmur = scala.util.hashing.MurmurHash3$.MODULE$;
    return ((long) murmur.stringHash(key, 17) << 32) ^ (murmur.stringHash(key, 31) & 0xffffffffL);
  }
}
