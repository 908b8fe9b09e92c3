package io.nightfeed.report;

import io.nightfeed.SparkTest;
import io.nightfeed.config.Settings;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.JobContext;
import io.nightfeed.run.RunRecord;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** What the jobs of one night have written, made up by a test. */
final class ReportTables {
  static final LocalDate NIGHT = LocalDate.parse("2025-06-12");

  private final Path root;
  private final LocalDate runDate;
  private final Map<TableSpec, List<Row>> rows = new LinkedHashMap<>();

  ReportTables(Path root, LocalDate runDate) {
    this.root = root;
    this.runDate = runDate;
  }

  /** A comment; its text is its own hash. */
  ReportTables comment(String id, String time, String text) {
    var instant = Instant.parse(time);
    return add(
        Silver.EVENTS,
        id,
        Timestamp.from(instant),
        Date.valueOf(instant.atZone(ZoneOffset.UTC).toLocalDate()),
        "somebody",
        "some-post",
        "comment",
        null,
        null,
        null,
        text,
        text,
        null,
        null);
  }

  ReportTables post(String id, String time, String text) {
    return post(id, "author", time, text);
  }

  ReportTables post(String id, String author, String time, String text) {
    return add(
        Silver.POSTS,
        id,
        author,
        Timestamp.from(Instant.parse(time)),
        text,
        text,
        null,
        null,
        null);
  }

  /** A suggested reply to a comment, as it was retrieved. */
  ReportTables suggestion(String comment, String reply) {
    return suggestion(comment, "somebody", reply, "retrieved", null, 0);
  }

  ReportTables suggestion(
      String comment, String user, String reply, String writer, String cause, double cost) {
    return add(
        Gold.REPLY_SUGGESTIONS,
        comment,
        "some-post",
        user,
        "suggested",
        reply,
        "post",
        List.of("p1"),
        List.of("author"),
        0.5,
        null,
        "en",
        "digest",
        writer,
        writer.equals("chat") ? "a model" : null,
        1,
        cause,
        "key of " + comment,
        100L,
        10L,
        cost,
        false,
        "run");
  }

  ReportTables annotation(String text, String language, double valence, double... emotions) {
    return add(
        Silver.TEXT_ANNOTATIONS,
        text,
        "digest",
        language,
        1.0,
        "encoder",
        List.of(),
        List.of(),
        List.of(0f, 1f, 0f),
        floats(emotions),
        (float) valence,
        0f,
        List.of(1f));
  }

  ReportTables ingest(String source, long rowsOut, long duplicates, long quarantined, long late) {
    var lines = rowsOut + duplicates + quarantined;
    return add(
        Silver.INGEST_COUNTS, source, 1L, lines, rowsOut, duplicates, quarantined, late, 0L, 0L);
  }

  ReportTables optedOut(String source, long rowsOut, long lines, long users) {
    return add(
        Silver.INGEST_COUNTS, source, 1L, rowsOut + lines, rowsOut, 0L, 0L, 0L, lines, users);
  }

  ReportTables refused(String file, long offset, String reason, String raw) {
    return add(
        Silver.QUARANTINE,
        "events",
        file,
        offset,
        1 + offset,
        (long) raw.length(),
        reason,
        "found " + raw,
        raw.getBytes(StandardCharsets.UTF_8));
  }

  ReportTables state(String user, String lastActive, long events, double confidence) {
    var evidence = confidence == 0 ? 0.0 : 3.0;
    return add(
        Silver.USER_STATES,
        user,
        floats(0, 0, 0, 0, 0, 0, 0, 0),
        floats(0, 0, 0, 0.7, 0.1, 0, 0.2),
        0.25f,
        evidence,
        confidence,
        events,
        Date.valueOf(lastActive));
  }

  ReportTables optOut(String user, String scope) {
    return add(Silver.OPT_OUTS, user, Timestamp.from(Instant.parse("2025-06-12T00:00:00Z")), scope);
  }

  ReportTables signal(String user, String post) {
    return add(
        Silver.USER_ITEM_SIGNALS,
        user,
        post,
        1.0,
        1L,
        1.0,
        false,
        floats(0, 0, 0, 0, 0, 0, 0, 0),
        Timestamp.from(Instant.parse("2025-06-11T00:00:00Z")));
  }

  ReportTables recommendation(
      String user, int rank, String post, double score, double emotionShare, String reason) {
    return add(
        Gold.RECOMMENDATIONS,
        user,
        rank,
        post,
        score,
        rank,
        1 - emotionShare,
        emotionShare,
        List.of("p1"),
        user.startsWith("new"),
        reason,
        1.0,
        "model-7",
        "run");
  }

  /**
   * Lists show what the candidates hold, times a factor; of fewer than 20 readers nothing is told.
   */
  ReportTables audit(String measure, String audience, long readers, double factor) {
    boolean isTold = readers >= 20;
    return add(
        Gold.AMPLIFICATION_AUDIT,
        measure,
        audience,
        isTold ? readers : null,
        isTold ? readers : null,
        0.25,
        isTold ? 0.2 : null,
        isTold ? 0.25 * factor : null,
        isTold ? factor : null,
        isTold ? 1.5 : null,
        "model-7",
        "run");
  }

  ReportTables teaser(String post, String text, String outcome, String cause, double cost) {
    return add(
        Gold.GENERATED_TEXTS,
        "teaser",
        post,
        null,
        text,
        outcome,
        cause,
        cause == null ? "chat" : "template",
        "a model",
        1,
        "en",
        null,
        "neutral",
        120,
        "hash of " + post,
        "key of " + post,
        List.of(post),
        100L,
        10L,
        cost,
        false,
        "run");
  }

  ReportTables blocked(String text, String reason) {
    return add(Silver.BLOCKED_TEXTS, "generate", text, "input", reason, List.of("p1"), "run");
  }

  ReportTables evaluation(String metric, Double value) {
    return add(Gold.MODEL_EVALUATIONS, "model-7", metric, "all", value, "run");
  }

  ReportTables runRecord(String job, String status, double seconds) throws IOException {
    var folder = root.resolve("runs/run_date=" + runDate).resolve(job);
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("run.json"),
        """
        {"job": "%s", "run_date": "%s", "run_id": "r", "status": "%s",
         "started_at": "2025-06-13T01:00:00Z", "finished_at": "2025-06-13T01:01:00Z",
         "seconds": %s, "counts": {"rows": 1}, "notes": {"hint": "<b>read</b> this"},
         "tasks": {"cores": 4, "task_seconds": 7.5, "input_rows": 1234, "output_rows": 5678,
                   "output_bytes": 2097152, "spilled_bytes": 1048576, "skew": 1.5}}
        """
            .formatted(job, runDate, status, seconds));
    return this;
  }

  /**
   * Makes what was added the slice of the night, without audits: a report shows what is there,
   * however it came there.
   */
  void publish() {
    rows.forEach(
        (table, added) -> {
          var fields = table.schema().fields();
          // Without the run date, which publishing adds.
          var schema = new StructType(Arrays.copyOf(fields, fields.length - 1));
          lake(root).append(table, runDate, SparkTest.spark().createDataFrame(added, schema));
        });
  }

  static Lake lake(Path root) {
    return new Lake(SparkTest.spark(), root);
  }

  static Settings settings(Path root) {
    return SettingsLoader.load(
        List.of(),
        Map.of(
            "lake-folder", root.toString(),
            "report.example-users", "2",
            // The people here are few.
            "small-groups.least-users", "1",
            "recommend.active-days", "7",
            "recommend.min-candidates", "1"));
  }

  static Night night(Path root, LocalDate runDate) {
    return new Night(lake(root), runDate, settings(root));
  }

  /** Runs the report job and reads its page. */
  static String report(Path root, LocalDate runDate) throws IOException {
    var record = new RunRecord("report", runDate, "run-id", Instant.parse("2025-06-13T02:00:00Z"));
    new ReportJob()
        .run(new JobContext(SparkTest.spark(), settings(root), lake(root), runDate, record));
    return Files.readString(root.resolve("reports/run_date=" + runDate + "/index.html"));
  }

  private ReportTables add(TableSpec table, Object... cells) {
    rows.computeIfAbsent(table, key -> new ArrayList<>()).add(RowFactory.create(cells));
    return this;
  }

  private static List<Float> floats(double... values) {
    return Arrays.stream(values).mapToObj(value -> (float) value).toList();
  }
}
