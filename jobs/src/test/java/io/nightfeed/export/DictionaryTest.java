package io.nightfeed.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.JobFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DictionaryTest {
  private static final LocalDate NIGHT = LocalDate.of(2025, 6, 2);

  @Test
  void dictionaryThatIsKept_isWhatTheDeclarationsSay() throws IOException {
    assertThat(Files.readString(Path.of("../notebooks/TABLES.md")))
        .as("write it anew: jobs/bin/nightfeed dictionary > notebooks/TABLES.md")
        .isEqualTo(DictionaryCommand.markdown());
  }

  @Test
  void views_areWhatTheSqlMakes(@TempDir Path folder) {
    var spark = SparkTest.spark();
    var lake = new Lake(spark, folder.resolve("the lake's"));
    ExportCommandTest.publish(lake, NIGHT);
    var settings = SettingsLoader.load(List.of(), Map.of("lake-folder", "\"" + lake.root() + "\""));
    try {
      for (var statement : ViewsCommand.sql(settings, "nightfeed_views").split(";\n")) {
        spark.sql(statement);
      }
      var top = spark.table("nightfeed_views.recommendations_top10");
      assertThat(top.count()).isEqualTo(20);
      assertThat(top.where("rank > 10").count()).isZero();
      var nested = spark.table("nightfeed_views.recommendations_nested");
      assertThat(nested.select("user_id", "recommendations.rank").collectAsList())
          .hasSize(2)
          .allSatisfy(
              row ->
                  assertThat(row.<Integer>getList(1))
                      .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
    } finally {
      spark.sql("DROP DATABASE IF EXISTS nightfeed_views CASCADE");
    }
  }

  @Test
  void nameThatIsNoDatabases_isRefused() {
    var settings = SettingsLoader.load(List.of(), Map.of());
    Assertions.assertThatThrownBy(() -> ViewsCommand.sql(settings, "a; DROP TABLE b"))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("--database");
  }
}
