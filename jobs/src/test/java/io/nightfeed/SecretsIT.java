package io.nightfeed;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.lake.Lake;
import io.nightfeed.simulate.Truth;
import io.nightfeed.tables.Silver;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher as an operator uses it, with Spark's event log on and a key that would be
 * recognised: neither it nor a raw user id may be found in anything that the process leaves.
 */
class SecretsIT {
  private static final Path SAMPLE = Path.of("../data-samples/raw").toAbsolutePath().normalize();
  private static final String KEY = "c0ffee5eed".repeat(7);

  @TempDir static Path folder;
  private static String printed;

  @BeforeAll
  static void ingestOneNight() throws IOException, InterruptedException {
    var properties = folder.resolve("spark.properties");
    Files.writeString(
        properties,
        Files.readString(Path.of("../conf/spark/local.properties"))
            + "\nspark.eventLog.enabled true\nspark.eventLog.dir "
            + Files.createDirectory(folder.resolve("event-log")).toUri()
            + "\nspark.log.level INFO\n");
    var output = folder.resolve("output.txt");
    var launcher =
        new ProcessBuilder(
            "bin/nightfeed",
            "ingest",
            "--run-date",
            "2025-06-02",
            "--set",
            "raw-folder=\"" + SAMPLE + "\"",
            "--set",
            "lake-folder=\"" + folder.resolve("lake") + "\"");
    launcher.environment().put("NIGHTFEED_PSEUDONYM_KEY", KEY);
    launcher.environment().put("NIGHTFEED_SPARK_PROPERTIES", properties.toString());
    var process = launcher.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    printed = Files.readString(output);
    assertThat(process.exitValue()).as(printed).isZero();
  }

  @Test
  void eventLogAndLog_wereWritten() throws IOException {
    assertThat(files()).anyMatch(file -> file.startsWith(folder.resolve("event-log")));
    assertThat(printed).contains("INFO").contains("events.in");
  }

  @Test
  void key_isInNoFileAndNoRow() throws IOException {
    for (var file : files()) {
      assertThat(content(file)).as(file.toString()).doesNotContain(KEY);
    }
    for (var table : Silver.ALL) {
      assertThat(rows(table)).noneMatch(row -> row.contains(KEY));
    }
  }

  /** The quarantine keeps lines as they came; nothing else may. */
  @Test
  void rawUserIds_areInNoFileAndNoRowButTheQuarantines() throws IOException {
    var ids = Truth.load(SAMPLE).users().stream().map(user -> '"' + user.userId() + '"').toList();
    assertThat(ids).isNotEmpty();
    for (var file : files()) {
      assertThat(ids.stream().filter(content(file)::contains)).as(file.toString()).isEmpty();
    }
    for (var table : List.of(Silver.EVENTS, Silver.POSTS, Silver.INGEST_COUNTS)) {
      var rows = rows(table);
      assertThat(ids).noneMatch(id -> rows.stream().anyMatch(row -> row.contains(id)));
    }
  }

  private static List<String> rows(io.nightfeed.tables.TableSpec table) {
    return new Lake(SparkTest.spark(), folder.resolve("lake")).all(table).toJSON().collectAsList();
  }

  /** All that the process left, what it printed among it; tables are read as rows. */
  private static List<Path> files() throws IOException {
    try (var all = Files.walk(folder)) {
      return new ArrayList<>(
          all.filter(Files::isRegularFile)
              .filter(file -> !file.toString().endsWith(".parquet"))
              .filter(file -> !file.toString().contains(File.separator + "spark.properties"))
              .toList());
    }
  }

  private static String content(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
