package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.MODEL_DIGEST;
import static io.nightfeed.tables.Columns.RUN_DATE;
import static io.nightfeed.tables.Columns.TEXT_HASH;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.TestPlatform;
import java.sql.Date;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class AnnotationsTest {
  private static final LocalDate MONDAY = LocalDate.parse("2025-06-09");
  private static final LocalDate TUESDAY = MONDAY.plusDays(1);

  @Test
  void newest_takesTheDigestIntroducedLast() {
    // The old model reads one more text on the night on which the new one starts.
    var rows =
        night(MONDAY, "b-old", "x", "y")
            .union(night(TUESDAY, "a-new", "x"))
            .union(night(TUESDAY, "b-old", "z"));
    assertThat(newest(rows)).containsExactly("x a-new", "y b-old", "z b-old");
  }

  @Test
  void digestsOfTheSameNight_goByName() {
    var rows = night(MONDAY, "b", "x").union(night(MONDAY, "a", "x"));
    assertThat(newest(rows)).containsExactly("x b");
  }

  @Test
  void textReadOnTwoNights_isOneRow() {
    var rows = night(TUESDAY, "a", "x").union(night(MONDAY, "a", "x"));
    assertThat(newest(rows)).containsExactly("x a");
  }

  private static Dataset<Row> night(LocalDate night, String digest, String... texts) {
    var platform = new TestPlatform();
    for (var text : texts) {
      platform.annotation(text, digest, 0, 0, 0, 0, 0, 0, 1, 0);
    }
    return platform.annotations().withColumn(RUN_DATE, lit(Date.valueOf(night)));
  }

  private static List<String> newest(Dataset<Row> rows) {
    return Annotations.newest(rows).collectAsList().stream()
        .map(row -> row.getAs(TEXT_HASH) + " " + row.getAs(MODEL_DIGEST))
        .sorted()
        .toList();
  }
}
