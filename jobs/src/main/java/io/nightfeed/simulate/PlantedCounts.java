package io.nightfeed.simulate;

import java.time.LocalDate;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many imperfections were planted, and where. What is not counted is not there.
 *
 * @param nights by landing date, then by {@link Planted#label()}
 * @param brokenEvents event lines to refuse, by {@link BrokenRecord#label()}
 * @param brokenPosts post lines to refuse, by {@link BrokenRecord#label()}
 */
public record PlantedCounts(
    Map<String, Map<String, Long>> nights,
    Map<String, Long> brokenEvents,
    Map<String, Long> brokenPosts) {

  static PlantedCounts none() {
    return new PlantedCounts(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
  }

  /** How often it was planted into the folders of one landing date. */
  public long on(LocalDate landing, Planted what) {
    return nights.getOrDefault(landing.toString(), Map.of()).getOrDefault(what.label(), 0L);
  }

  /** How often it was planted on all nights. */
  public long total(Planted what) {
    return nights.values().stream().mapToLong(night -> night.getOrDefault(what.label(), 0L)).sum();
  }

  void add(LocalDate landing, Planted what) {
    nights
        .computeIfAbsent(landing.toString(), date -> new TreeMap<>())
        .merge(what.label(), 1L, Long::sum);
  }
}
