package io.nightfeed.privacy;

import static io.nightfeed.tables.Columns.RUN_DATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nightfeed.SparkTest;
import io.nightfeed.TestPlatform;
import io.nightfeed.config.Settings;
import io.nightfeed.config.SettingsException;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.lake.Lake;
import io.nightfeed.tables.Actions;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaintainCommandTest {
  private static final LocalDate NIGHT = LocalDate.of(2025, 6, 10);

  @TempDir static Path folder;

  @Test
  void slicesPastTheirTime_goWithTheirFiles() throws IOException {
    var lake = new Lake(SparkTest.spark(), folder);
    for (var night : List.of(NIGHT.minusDays(2), NIGHT.minusDays(1), NIGHT)) {
      new TestPlatform()
          .post("post-" + night, "author", night + "T10:00:00Z", "text")
          .event("user-" + night, "post-" + night, Actions.LIKE, night + "T11:00:00Z")
          .arrive(lake, night);
      Files.createDirectories(folder.resolve("reports/run_date=" + night));
      Files.createDirectories(folder.resolve("runs/run_date=" + night));
      Files.createFile(folder.resolve("runs/run_date=" + night + ".lock"));
    }
    var settings =
        new Settings.Maintain(
            Map.of(
                "silver.events", Duration.ofDays(2),
                "reports", Duration.ofDays(1),
                "runs", Duration.ofDays(2)),
            Duration.ZERO);
    var out = new StringWriter();
    MaintainCommand.run(SparkTest.spark(), lake, settings, NIGHT, new PrintWriter(out));

    assertThat(nights(lake, Silver.EVENTS)).containsExactly(NIGHT.minusDays(1), NIGHT);
    assertThat(nights(lake, Silver.POSTS)).hasSize(3);
    assertThat(out.toString())
        .containsPattern("silver.events +1 rows of before 2025-06-09 deleted")
        .contains("reports/run_date=2025-06-09 removed")
        .contains("runs/run_date=2025-06-08 removed")
        .doesNotContain("runs/run_date=2025-06-09");
    assertThat(folder.resolve("reports")).isDirectoryContaining("glob:**=" + NIGHT);
    var files =
        FileScan.holding(
            SparkTest.spark(),
            List.of(folder.resolve("silver/events/run_date=" + NIGHT.minusDays(2))),
            new Markers(List.of("user-" + NIGHT.minusDays(2))));
    assertThat(files).isEmpty();
  }

  @Test
  void retention_isAnIntervalOfDaysThatLeavesWhatNightsRead() {
    var kept = SettingsLoader.load(List.of(), Map.of()).maintain();
    assertThat(kept.firstKept("silver.quarantine", NIGHT)).contains(NIGHT.minusDays(29));
    assertThat(kept.firstKept("silver.posts", NIGHT)).isEmpty();
    assertThatThrownBy(() -> load("silver.events", "100 days"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("profile.history-days = 365");
    assertThatThrownBy(() -> load("silver.quarantine", "5 hours"))
        .hasMessageContaining("whole days");
    assertThatThrownBy(() -> load("silver.quarantine", "soon")).hasMessageContaining("forever");
    assertThatThrownBy(() -> load("silver.nothing", "5 days")).hasMessageContaining("unknown key");
  }

  private static void load(String table, String kept) {
    SettingsLoader.load(List.of(), Map.of("maintain.retention.\"" + table + "\"", kept));
  }

  private static List<LocalDate> nights(Lake lake, TableSpec table) {
    return lake.all(table).select(RUN_DATE).distinct().orderBy(RUN_DATE).collectAsList().stream()
        .map(row -> row.getDate(0).toLocalDate())
        .toList();
  }
}
