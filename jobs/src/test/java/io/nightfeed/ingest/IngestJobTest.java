package io.nightfeed.ingest;

import static io.nightfeed.ingest.TestRecords.bytes;
import static io.nightfeed.ingest.TestRecords.json;
import static io.nightfeed.ingest.TestRecords.post;
import static io.nightfeed.ingest.TestRecords.with;
import static io.nightfeed.ingest.TestRecords.without;
import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nightfeed.SparkTest;
import io.nightfeed.config.Settings;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.lake.ContentHash;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobContext;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.RunRecord;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each test is a night of its own in one lake, with none right before it to compare volumes with.
 */
class IngestJobTest {
  @TempDir static Path folder;
  private static Settings settings;
  private static Lake lake;
  private static LocalDate night = LocalDate.of(2025, 6, 1);

  private RunRecord record;

  @BeforeAll
  static void openLake() {
    settings =
        SettingsLoader.load(
            List.of(),
            Map.of(
                "raw-folder", quoted(folder.resolve("raw")),
                "lake-folder", quoted(folder.resolve("lake")),
                "pseudonyms.key-file", quoted(folder.resolve("key")),
                "pseudonyms.generate-key", "true",
                "ingest.split-size", "64 KiB"));
    lake = new Lake(SparkTest.spark(), settings.lakeFolder());
  }

  @BeforeEach
  void nextNight() {
    night = night.plusDays(2);
  }

  @Test
  void missingFolder_asksForARetryAndWritesNothing() {
    var failure = catchThrowableOfType(JobFailure.class, this::ingest);
    assertThat(failure.code()).isEqualTo(ExitCode.RETRY);
    assertThat(failure)
        .hasMessageContaining("has not arrived")
        .hasMessageContaining("events/" + night)
        .hasMessageContaining("*.jsonl.gz");
    assertThat(lake.slice(Silver.INGEST_COUNTS, night).count()).isZero();
  }

  @Test
  void emptyDay_succeedsWithNoRowsAndANote() throws IOException {
    Files.createDirectories(landing("events"));
    ingest();
    assertThat(counts("events")).isEqualTo("files=0 in=0 out=0 duplicates=0 quarantined=0 late=0");
    assertThat(counts("posts")).isEqualTo("files=0 in=0 out=0 duplicates=0 quarantined=0 late=0");
    assertThat(notes()).containsKeys("events", "posts");
    assertThat(notes().get("events").toString()).contains("none arrived");
  }

  @Test
  void everyKindOfBadInputAtOnce_losesNothing() throws IOException {
    var giant = "x".repeat(3 << 20);
    var comment = json(with(event("e-big"), TEXT, "word ".repeat(1 << 20)));
    var longText = json(with(event("e-long"), TEXT, "好".repeat(10_001)));
    var future = json(with(event("e-future"), EVENT_TIME, night.plusDays(2) + "T00:00:00Z"));
    var latin = json(with(event("e-latin"), TEXT, "café")).getBytes(StandardCharsets.ISO_8859_1);
    var wrongSchema = "{\"movie\":1,\"rating\":4.5}";
    write("events", "good.jsonl", lines(events(0, 500)));
    write("events", "again.jsonl", lines(events(490, 510)));
    write("events", "bad.jsonl", lines(List.of(giant, comment, longText, future, "", wrongSchema)));
    write("events", "latin.jsonl", latin);
    write("events", "table.csv", bytes("a,b"));
    write("events", "_SUCCESS", bytes(""));
    write("events", ".part.crc", bytes("crc"));
    var whole = gzip(lines(events(1000, 3000)));
    write("events", "cut.jsonl.gz", Arrays.copyOf(whole, whole.length / 2));
    write("posts", "posts.jsonl", lines(List.of(json(currentPost("p1")), "{\"post_id\":\"p2\"}")));
    ingest();

    var reasons = reasons();
    assertThat(reasons)
        .containsEntry("line_too_long", 2L)
        .containsEntry("text_too_long", 1L)
        .containsEntry("future_time", 1L)
        .containsEntry("blank_line", 1L)
        .containsEntry("missing_field", 2L)
        .containsEntry("invalid_utf8", 1L)
        .containsEntry("unexpected_file", 1L)
        .containsEntry("unreadable_file", 1L)
        .hasSize(8);
    var row = lake.slice(Silver.INGEST_COUNTS, night).where(col(SOURCE).equalTo("events")).first();
    long in = row.getAs(LINES_IN);
    long out = row.getAs(ROWS_OUT);
    assertThat(row.<Long>getAs(DUPLICATES)).isEqualTo(10);
    assertThat(row.<Long>getAs(QUARANTINED)).isEqualTo(9);
    assertThat(row.<Long>getAs(FILES)).isEqualTo(6);
    assertThat(in).isEqualTo(out + 10 + 9).isGreaterThan(520 + 9 + 100);
    assertThat(lake.slice(Silver.EVENTS, night).count()).isEqualTo(out);

    assertThat(raw("text_too_long")).isEqualTo(bytes(longText));
    assertThat(raw("invalid_utf8")).isEqualTo(latin);
    assertThat(raw("future_time")).isEqualTo(bytes(future));
    assertThat(quarantined("line_too_long"))
        .extracting(line -> line.<Long>getAs(LINE_BYTES))
        .containsExactly((long) giant.length(), (long) comment.length());
    assertThat(raw("line_too_long")).isEqualTo(Arrays.copyOf(bytes(giant), 1 << 20));
    assertThat(quarantined("future_time").get(0).<Long>getAs(BYTE_OFFSET))
        .isEqualTo(bytes(giant + comment + longText).length + 3L);
  }

  @Test
  void nightOfAnotherSchema_isRefusedAndItsCountsArePublished() throws IOException {
    write("events", "part.jsonl", lines(events(0, 5)));
    ingest();
    var before = ContentHash.of(lake.slice(Silver.EVENTS, night));
    var foreign = new ArrayList<String>();
    for (var i = 0; i < 20; i++) {
      foreign.add("{\"movie\":" + i + "}");
    }
    write("events", "part.jsonl", lines(foreign));
    var failure = catchThrowableOfType(JobFailure.class, this::ingest);
    assertThat(failure.code()).isEqualTo(ExitCode.DATA_QUALITY);
    assertThat(failure)
        .hasMessageContaining("20 of 20 lines of events")
        .hasMessageContaining("events.missing_field 20");
    assertThat(ContentHash.of(lake.slice(Silver.EVENTS, night))).isEqualTo(before);
    assertThat(lake.slice(Silver.QUARANTINE, night).count()).isEqualTo(20);
    assertThat(counts("events"))
        .isEqualTo("files=1 in=20 out=0 duplicates=0 quarantined=20 late=0");
  }

  @Test
  void fewBadLines_areNoVerdictOnANight() throws IOException {
    write("events", "part.jsonl", lines(List.of(json(event("e1")), "x", "y", "z")));
    write("posts", "part.jsonl", bytes("not json"));
    ingest();
    assertThat(counts("events")).isEqualTo("files=1 in=4 out=1 duplicates=0 quarantined=3 late=0");
    assertThat(counts("posts")).isEqualTo("files=1 in=1 out=0 duplicates=0 quarantined=1 late=0");
  }

  @Test
  void shuffledFilesLinesAndSplits_giveTheSameRows() throws IOException {
    var lines = new ArrayList<>(events(0, 400));
    for (var i = 0; i < 40; i++) {
      // The same identifiers with other content: which one stays may not depend on the order.
      lines.add(json(with(event("e" + i), TEXT, "other " + i)));
    }
    write("events", "a.jsonl", lines(lines.subList(0, 200)));
    write("events", "b.jsonl.gz", gzip(lines(lines.subList(200, 440))));
    ingest();
    var first = ContentHash.of(lake.slice(Silver.EVENTS, night).drop(RUN_DATE));
    assertThat(first.rows()).isEqualTo(400);

    Files.delete(landing("events").resolve("a.jsonl"));
    Files.delete(landing("events").resolve("b.jsonl.gz"));
    java.util.Collections.reverse(lines);
    write("events", "z.jsonl.gz", gzip(lines(lines.subList(0, 150))));
    write("events", "c.jsonl", lines(lines.subList(150, 440)));
    ingest();
    assertThat(ContentHash.of(lake.slice(Silver.EVENTS, night).drop(RUN_DATE))).isEqualTo(first);
  }

  @Test
  void userWithAHundredThousandEventsOnUnknownPosts_isKeptWhole() throws IOException {
    var lines = new ArrayList<String>(100_000);
    for (var i = 0; i < 100_000; i++) {
      lines.add(
          "{\"event_id\":\"m%d\",\"event_time\":\"%sT01:00:00Z\",\"user_id\":\"busy\",\"post_id\":\"q%d\",\"action\":\"view\"}"
              .formatted(i, night, i % 977));
    }
    write("events", "part.jsonl", lines(lines));
    ingest();
    var events = lake.slice(Silver.EVENTS, night);
    assertThat(events.count()).isEqualTo(100_000);
    assertThat(events.select(USER_ID).distinct().count()).isEqualTo(1);
    assertThat(events.select(POST_ID).distinct().count()).isEqualTo(977);
    assertThat(lake.slice(Silver.POSTS, night).count()).isZero();
  }

  @Test
  void textsAndPeople_leaveCleanedScrubbedAndPseudonymous() throws IOException {
    var late = with(event("e1"), EVENT_TIME, night.minusDays(3) + "T23:59:59+01:00");
    write(
        "events",
        "part.jsonl",
        lines(
            List.of(
                json(with(late, TEXT, "<b>call</b>\n13812345678 or ann@example.org @bob")),
                json(with(event("e2"), TEXT, "\u200B<br>")),
                json(without(event("e3"), TEXT)))));
    write("posts", "part.jsonl", bytes(json(with(currentPost("p1"), TEXT, "by @ann"))));
    ingest();
    var events = lake.slice(Silver.EVENTS, night).orderBy(EVENT_ID).collectAsList();
    assertThat(events.get(0).<String>getAs(TEXT)).isEqualTo("call [phone] or [email] @user");
    assertThat(events.get(0).<String>getAs(TEXT_HASH)).matches("[0-9a-f]{64}");
    assertThat(events.get(0).<Object>getAs(EVENT_DATE)).hasToString(night.minusDays(3).toString());
    assertThat(events.get(1).<String>getAs(TEXT)).isNull();
    assertThat(events.get(1).<String>getAs(TEXT_HASH)).isNull();
    assertThat(events.get(2).<String>getAs(TEXT)).isNull();
    var post = lake.slice(Silver.POSTS, night).first();
    assertThat(post.<String>getAs(TEXT)).isEqualTo("by @user a cat");
    assertThat(post.<String>getAs(AUTHOR_ID)).matches("[0-9a-f]{64}");
    assertThat(events.get(0).<String>getAs(USER_ID))
        .matches("[0-9a-f]{64}")
        .isNotEqualTo(post.getAs(AUTHOR_ID));
    assertThat(counts("events")).isEqualTo("files=1 in=3 out=3 duplicates=0 quarantined=0 late=1");
  }

  @Test
  void fieldsThatAreNotRead_areNamedWithHowOftenTheyCame() throws IOException {
    var renamed = with(without(event("e1"), DWELL_MS), "dwell_millis", 5);
    var added = with(with(event("e2"), "device", "phone"), "dwell_millis", 6);
    write("events", "a.jsonl", lines(List.of(json(renamed), json(added), json(event("e3")))));
    ingest();
    assertThat(notes())
        .containsEntry("events, fields that are not read", "'dwell_millis' 2, 'device' 1");
    assertThat(counts("events")).isEqualTo("files=1 in=3 out=3 duplicates=0 quarantined=0 late=0");
  }

  private void ingest() {
    record = new RunRecord("ingest", night, "test", Instant.EPOCH);
    new IngestJob().run(new JobContext(SparkTest.spark(), settings, lake, night, record));
  }

  private static String quoted(Path path) {
    return "\"" + path + "\"";
  }

  private static Path landing(String source) {
    return settings.rawFolder().resolve(source).resolve(night.toString());
  }

  private static void write(String source, String name, byte[] content) throws IOException {
    Files.write(Files.createDirectories(landing(source)).resolve(name), content);
  }

  private static Map<String, Object> event(String id) {
    return with(TestRecords.event(id), EVENT_TIME, night + "T12:00:00Z");
  }

  private static Map<String, Object> currentPost(String id) {
    return with(post(id), CREATED_AT, night + "T08:00:00Z");
  }

  private static List<String> events(int from, int until) {
    var lines = new ArrayList<String>();
    for (var i = from; i < until; i++) {
      lines.add(json(with(with(event("e" + i), USER_ID, "u" + i % 7), TEXT, "text " + i * 7919)));
    }
    return lines;
  }

  private static byte[] lines(List<String> lines) {
    return bytes(String.join("\n", lines) + "\n");
  }

  private static byte[] gzip(byte[] content) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  private static String counts(String source) {
    var row = lake.slice(Silver.INGEST_COUNTS, night).where(col(SOURCE).equalTo(source)).first();
    var names = new LinkedHashMap<String, String>();
    names.put("files", FILES);
    names.put("in", LINES_IN);
    names.put("out", ROWS_OUT);
    names.put("duplicates", DUPLICATES);
    names.put("quarantined", QUARANTINED);
    names.put("late", LATE);
    var shown = new ArrayList<String>();
    names.forEach((label, column) -> shown.add(label + "=" + row.getAs(column)));
    return String.join(" ", shown);
  }

  private static Map<String, Long> reasons() {
    var reasons = new TreeMap<String, Long>();
    rows(Silver.QUARANTINE).forEach(row -> reasons.merge(row.getAs(REASON), 1L, Long::sum));
    return reasons;
  }

  private static List<Row> quarantined(String reason) {
    return rows(Silver.QUARANTINE).stream()
        .filter(row -> reason.equals(row.getAs(REASON)))
        .toList();
  }

  private static byte[] raw(String reason) {
    return quarantined(reason).get(0).getAs(RAW);
  }

  private static List<Row> rows(TableSpec table) {
    return lake.slice(table, night).orderBy(SOURCE, FILE, BYTE_OFFSET).collectAsList();
  }

  private Map<String, String> notes() {
    return record.notes();
  }
}
