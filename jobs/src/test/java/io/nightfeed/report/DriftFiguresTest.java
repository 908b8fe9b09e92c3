package io.nightfeed.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.SparkTest;
import io.nightfeed.lake.Lake;
import io.nightfeed.report.DriftFigures.Drift;
import io.nightfeed.tables.Silver;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriftFiguresTest {
  private static final LocalDate NIGHT = LocalDate.of(2025, 6, 12);

  @Test
  void index_isThatOfTheBook() {
    var drift =
        DriftFigures.drift(
            "x", Map.of("a", 600_000L, "b", 400_000L), Map.of("a", 500_000L, "b", 500_000L));
    // (0.6 - 0.5) ln(0.6 / 0.5) + (0.4 - 0.5) ln(0.4 / 0.5)
    assertThat(drift.index()).isCloseTo(0.040547, within(1e-5));
    assertThat(drift.isAlarming()).isFalse();
  }

  @Test
  void binThatIsNew_isFarAndFinite() {
    var drift = DriftFigures.drift("x", Map.of("a", 500L, "b", 500L), Map.of("a", 1000L));
    assertThat(drift.index()).isFinite().isGreaterThan(1);
    assertThat(drift.isAlarming()).isTrue();
  }

  @Test
  void textsThatTurnedSourAndElsewhere_alarm(@TempDir Path folder) {
    var lake = new Lake(SparkTest.spark(), folder);
    for (int before = 1; before <= 2; before++) {
      lake.append(Silver.TEXT_ANNOTATIONS, NIGHT.minusDays(before), texts(before, 0.5, 0));
    }
    // Too long ago to count.
    lake.append(Silver.TEXT_ANNOTATIONS, NIGHT.minusDays(8), texts(8, -0.5, 1));
    lake.append(Silver.TEXT_ANNOTATIONS, NIGHT, texts(0, -0.5, 1));
    var figures = DriftFigures.read(ReportTables.night(folder, NIGHT));
    assertThat(figures.alarms()).containsExactlyInAnyOrder("sentiment of texts", "embeddings, en");
    assertThat(figures.drifts())
        .filteredOn(drift -> drift.measure().equals("languages of texts"))
        .extracting(Drift::tonight, Drift::before, Drift::isAlarming)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(600L, 1200L, false));
  }

  private static Dataset<Row> texts(int night, double valence, int axis) {
    return SparkTest.spark()
        .sql(
            """
            SELECT concat(id, '-', %1$d) AS text_hash, 'm' AS model_digest, 'en' AS language, 1D AS language_confidence,
              'e' AS encoder, array('t') AS tokens, array('s') AS sentences, array(0f, 1f, 0f) AS sentiment,
              array(0f, 0f, 0f, 1f, 0f, 0f, 0f) AS emotions, float(%2$s) AS valence, 0f AS toxicity,
              array(float(%3$d), float(1 - %3$d), float(id / 1e6)) AS embedding
            FROM range(600)"""
                .formatted(night, valence, axis));
  }
}
