package io.nightfeed.lake;

import io.nightfeed.config.Settings;
import io.nightfeed.config.SettingsLoader;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who publishes, and by which limits.
 *
 * @param runId identifies the run in {@code ops.audit_results}
 * @param limits what slices are held against, beside the rules of their tables
 * @param acceptedVolumes names of tables whose slices may have any number of rows this time
 */
public record PublishingRun(String runId, Settings.Publish limits, Set<String> acceptedVolumes) {
  /** Publishing outside of a run, by the limits that ship. */
  static PublishingRun byHand() {
    return new PublishingRun("by hand", Shipped.LIMITS, Set.of());
  }

  /** Read when somebody asks: most lakes are only read. */
  private static final class Shipped {
    static final Settings.Publish LIMITS = SettingsLoader.load(List.of(), Map.of()).publish();
  }
}
