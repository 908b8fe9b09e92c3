package io.nightfeed.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.SparkTest;
import io.nightfeed.TestPlatform;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.lake.Lake;
import io.nightfeed.tables.Columns;
import io.nightfeed.tables.Silver;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadingFiguresTest {
  private static final LocalDate NIGHT = LocalDate.of(2025, 6, 2);

  @TempDir private Path folder;

  private ReadingFigures read() {
    var lake = new Lake(SparkTest.spark(), folder);
    var annotations =
        new TestPlatform()
            .annotation("kind", "m", 0, 0, 0, 1, 0, 0, 0, 0.5)
            .annotation("rude", "m", 1, 0, 0, 0, 0, 0, 0, -0.7)
            .annotation("étranger", "m", 1, 0, 0, 0, 0, 0, 0, -0.7)
            .annotations();
    var text = functions.col(Columns.TEXT_HASH);
    var isForeign = text.equalTo("étranger");
    lake.publish(
        Silver.TEXT_ANNOTATIONS,
        NIGHT,
        annotations
            .withColumn(Columns.LANGUAGE, functions.when(isForeign, "fr").otherwise("en"))
            .withColumn(
                Columns.VALENCE,
                functions.when(isForeign, null).otherwise(functions.col(Columns.VALENCE)))
            .withColumn(
                Columns.TOXICITY,
                functions
                    .when(isForeign, null)
                    .when(text.equalTo("rude"), 0.9f)
                    .otherwise(0.1f)
                    .cast("float")));
    var settings = SettingsLoader.load(List.of(), Map.of("small-groups.least-users", "1"));
    return ReadingFigures.read(new Night(lake, NIGHT, settings));
  }

  @Test
  void tonightsTexts_areCountedByLanguage() {
    var languages = read().languages();
    assertThat(languages)
        .extracting(ReadingFigures.LanguageTexts::language)
        .containsExactly("en", "fr");
    var english = languages.get(0);
    assertThat(english.texts()).isEqualTo(2);
    assertThat(english.toxic()).isEqualTo(1);
    assertThat(english.valence()).isCloseTo(-0.1, within(1e-6));
    var french = languages.get(1);
    assertThat(french.read()).isZero();
    assertThat(french.valence()).isNull();
  }

  @Test
  void section_hasAReliabilityCurveForEveryHead() {
    var section = read().section();
    assertThat(section.charts())
        .extracting(Chart::id)
        .contains("reliability-e5-small-v2-q-emotions", "reliability-bge-small-zh-v1.5-q-toxicity")
        .hasSize(6);
    assertThat(section.tables()).hasSize(2);
  }
}
