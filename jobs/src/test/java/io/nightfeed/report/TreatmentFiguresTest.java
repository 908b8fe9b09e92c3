package io.nightfeed.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.config.SettingsLoader;
import io.nightfeed.report.TreatmentFigures.Group;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreatmentFiguresTest {
  private static final String MORNING = "2025-06-11T08:00:00Z";

  @TempDir private Path lake;

  @Test
  void teasers_areComparedByLanguageAndByAuthors() {
    var tables = new ReportTables(lake, ReportTables.NIGHT);
    asked(tables, "p1", "ann", "en", 0.5, "generated");
    asked(tables, "p2", "ann", "en", -0.5, "blocked");
    asked(tables, "p3", "bea", "en", 0.25, "generated");
    asked(tables, "p4", "cat", "zh", -0.75, "fallback");
    tables.publish();
    assertThat(read(1).groups())
        .containsExactly(
            new Group("en, 2 to 9 posts", 2L, 1L, 0L, 0.5, -0.5),
            new Group("en, one post", 1L, 0L, 0L, 0.25, null),
            new Group("zh, one post", 1L, 0L, 1L, null, -0.75));
  }

  @Test
  void groupsOfFewAuthors_areUntold() {
    var tables = new ReportTables(lake, ReportTables.NIGHT);
    asked(tables, "p1", "ann", "en", 0.5, "generated");
    asked(tables, "p2", "bea", "en", 0.5, "generated");
    asked(tables, "p3", "cat", "zh", 0.5, "generated");
    tables.publish();
    // Of two groups the larger one would tell the smaller.
    assertThat(read(2).groups()).extracting(Group::posts).containsExactly(null, null);
  }

  private static void asked(
      ReportTables tables,
      String post,
      String author,
      String language,
      double valence,
      String outcome) {
    tables
        .post(post, author, MORNING, post)
        .annotation("hash of " + post, language, valence, 0, 0, 0, 0, 0, 0, 1)
        .teaser(post, "A line", outcome, outcome.equals("generated") ? null : "toxic", 0);
  }

  private TreatmentFigures read(int leastUsers) {
    var night = ReportTables.night(lake, ReportTables.NIGHT);
    var settings =
        SettingsLoader.load(
            List.of(),
            Map.of(
                "lake-folder",
                "\"" + lake + "\"",
                "small-groups.least-users",
                Integer.toString(leastUsers)));
    return TreatmentFigures.read(new Night(night.lake(), night.runDate(), settings));
  }
}
