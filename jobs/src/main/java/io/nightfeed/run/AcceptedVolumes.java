package io.nightfeed.run;

import io.nightfeed.tables.QualityRule;
import io.nightfeed.tables.TableSpec;
import io.nightfeed.tables.Tables;
import java.util.LinkedHashSet;
import java.util.Set;
import picocli.CommandLine.Option;

/** Tables whose slices an operator accepts with however many rows. */
final class AcceptedVolumes {
  @Option(
      names = "--accept-volume",
      paramLabel = "TABLE",
      description = {
        "Publish a slice of this table, such as silver.events, with however many rows: an unusual night",
        "that is as it should be. Holds for every night that the command runs. May be given more than once."
      })
  private Set<String> names = new LinkedHashSet<>();

  /**
   * Their names.
   *
   * @throws JobFailure when one is no table whose volume is audited
   */
  Set<String> tables() {
    var audited =
        Tables.ALL.stream()
            .filter(table -> table.rules().stream().anyMatch(QualityRule.Volume.class::isInstance))
            .map(TableSpec::name)
            .toList();
    if (!audited.containsAll(names)) {
      throw new JobFailure(
          ExitCode.USAGE,
          "--accept-volume %s: expected tables whose volume is audited: %s"
              .formatted(String.join(", ", names), String.join(", ", audited)));
    }
    return names;
  }
}
