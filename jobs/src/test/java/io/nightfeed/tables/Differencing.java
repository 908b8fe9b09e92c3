package io.nightfeed.tables;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What can be had by adding and taking away figures of groups that are told. */
public final class Differencing {
  private Differencing() {}

  /**
   * Every group that is a sum of told ones, each taken once, added or taken away.
   *
   * @param told each as the parts that it consists of
   */
  public static <P> Set<Set<P>> groups(List<? extends Set<P>> told) {
    var derived = new HashSet<Set<P>>();
    add(told, 0, Map.of(), derived);
    return derived;
  }

  private static <P> void add(
      List<? extends Set<P>> told, int from, Map<P, Integer> sum, Set<Set<P>> derived) {
    if (from == told.size()) {
      if (!sum.isEmpty() && sum.values().stream().allMatch(times -> times == 1)) {
        derived.add(sum.keySet());
      }
      return;
    }
    for (int sign = -1; sign <= 1; sign++) {
      var next = new HashMap<>(sum);
      for (var part : told.get(from)) {
        next.merge(part, sign, Integer::sum);
      }
      next.values().removeIf(times -> times == 0);
      add(told, from + 1, next, derived);
    }
  }
}
