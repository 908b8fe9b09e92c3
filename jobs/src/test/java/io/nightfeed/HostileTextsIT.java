package io.nightfeed;

import static io.nightfeed.tables.Columns.*;
import static java.util.stream.Collectors.toMap;
import static org.apache.spark.sql.functions.aggregate;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.annotate.AnnotateJob;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.ingest.IngestJob;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobRunner;
import io.nightfeed.tables.Silver;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Column;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand comments that nobody would write in good faith, through ingest and annotate. */
class HostileTextsIT {
  private static final int TEXTS = 10_000;
  private static final int REPEATS = 100_000;
  private static final LocalDate NIGHT = LocalDate.of(2025, 6, 3);
  private static final Random RANDOM = new Random(1);

  @TempDir private static Path folder;
  private static Lake lake;

  @BeforeAll
  static void ingestAndAnnotate() throws IOException {
    var events = Files.createDirectories(folder.resolve("raw/events/" + NIGHT));
    Files.createDirectories(folder.resolve("raw/posts/" + NIGHT));
    try (var lines =
        new BufferedOutputStream(Files.newOutputStream(events.resolve("part-00000.jsonl")))) {
      for (int i = 0; i < TEXTS; i++) {
        lines.write(
            """
            {"event_id":"e%d","event_time":"2025-06-03T10:00:00Z","user_id":"u","post_id":"p",\
            "action":"comment","text":\""""
                .formatted(i)
                .getBytes(StandardCharsets.UTF_8));
        lines.write(text(i));
        lines.write("\"}\n".getBytes(StandardCharsets.UTF_8));
      }
    }
    var settings =
        SettingsLoader.load(
            List.of(Path.of("../conf/demo.conf")),
            Map.of(
                "raw-folder", quoted(folder.resolve("raw")),
                "lake-folder", quoted(folder.resolve("lake")),
                "models-folder", quoted(Path.of("../target/models")),
                "ingest.max-quarantined-share", "1.0",
                "pseudonyms.key-file", quoted(folder.resolve("key"))));
    lake = new Lake(SparkTest.spark(), settings.lakeFolder());
    var printed = new StringWriter();
    var runner =
        new JobRunner(SparkTest.spark(), settings, new PrintWriter(printed), Clock.systemUTC());
    assertThat(runner.run(List.of(new IngestJob(), new AnnotateJob()), NIGHT))
        .as(printed.toString())
        .isEqualTo(ExitCode.OK);
  }

  private static String quoted(Path path) {
    return "\"" + path.toAbsolutePath() + "\"";
  }

  /** The text of a comment as it stands between the quotes of its JSON. */
  private static byte[] text(int i) {
    var text =
        switch (i % 16) {
          case 0 -> "";
          case 1 -> "\\u200b\\u200d\\ufeff" + i;
          case 2 -> "😀👩‍👩‍👧‍👦🏳️‍🌈".repeat(1 + i % 40);
          case 3 -> "\\u202e txet sdrawkcab " + i;
          case 4 -> "<div>".repeat(200) + i + "</div>".repeat(100);
          case 5 -> "&amp;".repeat(50) + "lt;script&gt;" + i;
          case 6 -> "\\ud800 alone " + i;
          case 7 -> "z̷̢̛a̸͝l̶g̵o̴".repeat(1 + i % 30) + i;
          case 8 -> "a".repeat(9_000) + i;
          case 9 -> "ha".repeat(4_000) + i;
          case 10 -> "مرحبا بالعالم שלום עולם " + i;
          case 11 -> "我".repeat(500) + i;
          case 12 -> "\\u0000\\u0001\\u001f control " + i;
          case 13 ->
              switch (i % 400) {
                case 13 -> "x".repeat(1 << 20);
                case 29 -> "a".repeat(REPEATS);
                case 45 -> "as before ".repeat(REPEATS);
                default -> "!?".repeat(1 + i % 100);
              };
          case 14 -> "[CLS] [SEP] [UNK] ##ing [MASK] " + i;
          default -> null;
        };
    if (text != null) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    var bytes = new byte[8];
    RANDOM.nextBytes(bytes);
    for (int b = 0; b < bytes.length; b++) {
      bytes[b] |= (byte) 0x80;
    }
    return bytes;
  }

  @Test
  void everyLine_isInOrQuarantined() {
    var counts = lake.all(Silver.INGEST_COUNTS).where(col(SOURCE).equalTo("events")).first();
    assertThat(counts.<Long>getAs(LINES_IN)).isEqualTo(TEXTS);
    assertThat(
            counts.<Long>getAs(ROWS_OUT)
                + counts.<Long>getAs(DUPLICATES)
                + counts.<Long>getAs(QUARANTINED))
        .isEqualTo(TEXTS);
    assertThat(lake.all(Silver.EVENTS).count()).isEqualTo(counts.<Long>getAs(ROWS_OUT));
    assertThat(lake.all(Silver.QUARANTINE).count()).isEqualTo(counts.<Long>getAs(QUARANTINED));
  }

  @Test
  void linesAndTextsWithoutMeasure_areQuarantined() {
    var reasons =
        lake.all(Silver.QUARANTINE).groupBy(REASON).count().collectAsList().stream()
            .collect(toMap(row -> row.getString(0), row -> row.getLong(1)));
    assertThat(reasons)
        .containsEntry("line_too_long", TEXTS / 400L)
        .containsEntry("text_too_long", 2 * TEXTS / 400L);
  }

  @Test
  void everyText_isAnnotatedOnce() {
    var texts = lake.all(Silver.EVENTS).where(col(TEXT_HASH).isNotNull()).select(TEXT_HASH);
    var annotated = lake.all(Silver.TEXT_ANNOTATIONS);
    assertThat(texts.count()).isGreaterThan(TEXTS / 2);
    assertThat(annotated.count()).isEqualTo(texts.distinct().count());
    assertThat(texts.distinct().join(annotated, TEXT_HASH).count()).isEqualTo(annotated.count());
  }

  @Test
  void valenceAndEmbedding_areInRange() {
    var squares = aggregate(col(EMBEDDING), lit(0.0), (sum, x) -> sum.plus(x.multiply(x)));
    assertThat(
            lake.all(Silver.TEXT_ANNOTATIONS)
                .where(not(col(VALENCE).between(-1, 1)).or(not(squares.between(0.999, 1.001))))
                .count())
        .isZero();
  }

  @Test
  void probabilities_areProbabilities() {
    for (var column : List.of(SENTIMENT, EMOTIONS)) {
      var sum = aggregate(col(column), lit(0.0), Column::plus);
      assertThat(
              lake.all(Silver.TEXT_ANNOTATIONS)
                  // NaN is larger than any number to Spark.
                  .where(sum.gt(1.0001).or(sum.lt(0.9999)))
                  .count())
          .as(column)
          .isZero();
    }
  }
}
