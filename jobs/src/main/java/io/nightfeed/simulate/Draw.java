package io.nightfeed.simulate;

import java.util.List;
import java.util.SplittableRandom;

/**
 * A short sequence of random numbers that depends on the seed and on what is drawn, and on nothing
 * else. Two draws with the same purpose and keys give the same sequence.
 */
final class Draw {
  /** What numbers are drawn for; each purpose has a sequence of its own. */
  enum Purpose {
    USER,
    MOOD,
    POST,
    POST_TEXT,
    DAY,
    ENGAGEMENT,
    EVENT_DELIVERY,
    POST_DELIVERY
  }

  private static final double UNIT = 0x1p-53;
  private final SplittableRandom random;

  private Draw(long state) {
    random = new SplittableRandom(state);
  }

  static Draw of(long seed, Purpose purpose, long... keys) {
    var state = mix(seed ^ mix(purpose.ordinal() + 1L));
    for (var key : keys) {
      state = mix(state + 0x9E3779B97F4A7C15L * (key + 1));
    }
    return new Draw(state);
  }

  /** Uniform in [0, 1). */
  double uniform() {
    return (random.nextLong() >>> 11) * UNIT;
  }

  /** Uniform in [low, high). */
  double uniform(double low, double high) {
    return low + (high - low) * uniform();
  }

  /** Uniform among 0 … bound - 1. */
  int below(int bound) {
    return (int) (uniform() * bound);
  }

  boolean chance(double probability) {
    return uniform() < probability;
  }

  <T> T pick(List<T> choices) {
    return choices.get(below(choices.size()));
  }

  /** Standard normal (Box and Muller 1958). */
  double normal() {
    var radius = StrictMath.sqrt(-2 * StrictMath.log(1 - uniform()));
    return radius * StrictMath.cos(2 * StrictMath.PI * uniform());
  }

  /** Log-normal with median 1. */
  double logNormal(double sigma) {
    return StrictMath.exp(sigma * normal());
  }

  /** Poisson by inversion of one uniform number; counts above the limit are cut to it. */
  int poisson(double mean, int limit) {
    var u = uniform();
    var probability = StrictMath.exp(-mean);
    var cumulative = probability;
    var count = 0;
    while (u >= cumulative && count < limit) {
      count++;
      probability *= mean / count;
      cumulative += probability;
    }
    return count;
  }

  /** Finalizer of SplitMix64 (Steele, Lea and Flood 2014). */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
