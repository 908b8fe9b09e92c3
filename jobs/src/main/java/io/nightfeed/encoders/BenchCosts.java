package io.nightfeed.encoders;

import io.nightfeed.run.BenchCost;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What pieces of work took, by name, each measured several times. */
final class BenchCosts {
  private final Map<String, List<BenchCost>> costs = new HashMap<>();

  void add(String name, BenchCost cost) {
    costs.computeIfAbsent(name, missing -> new ArrayList<>()).add(cost);
  }

  /** Median on the wall. */
  double seconds(String name) {
    return median(name, BenchCost::seconds);
  }

  /** Median of the processor time. */
  double cpuSeconds(String name) {
    return median(name, BenchCost::cpuSeconds);
  }

  private double median(String name, ToDoubleFunction<BenchCost> figure) {
    var sorted = costs.get(name).stream().mapToDouble(figure).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
