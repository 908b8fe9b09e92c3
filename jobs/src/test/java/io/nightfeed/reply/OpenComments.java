package io.nightfeed.reply;

import static io.nightfeed.tables.Columns.EVENT_ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobRunner;
import io.nightfeed.tables.Actions;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Posts, and a night's comments that nobody answered, made up by a test, and what reply makes of
 * them. Every subject has a direction of its own: a comment is like the posts on its subject.
 */
final class OpenComments {
  static final LocalDate NIGHT = LocalDate.of(2025, 6, 2);
  private static final Instant CREATED = Instant.parse("2025-06-01T10:00:00Z");
  private static final Instant ASKED = Instant.parse("2025-06-02T10:00:00Z");

  final Lake lake;
  final StringWriter printed = new StringWriter();
  private final Path folder;
  private final List<Row> posts = new ArrayList<>();
  private final List<Row> comments = new ArrayList<>();
  private final Map<String, Row> annotations = new TreeMap<>();

  OpenComments(Path folder) {
    this.folder = folder;
    lake = new Lake(SparkTest.spark(), folder);
  }

  OpenComments post(String id, int subject, String text) {
    var hash = annotated(subject, text);
    posts.add(
        RowFactory.create(
            id, "author of " + id, Timestamp.from(CREATED), text, hash, null, null, null));
    return this;
  }

  /** A comment, a second after the one before it. */
  OpenComments comment(String id, String post, int subject, String text) {
    var time = ASKED.plusSeconds(comments.size());
    var hash = annotated(subject, text);
    comments.add(
        RowFactory.create(
            id,
            Timestamp.from(time),
            Date.valueOf(NIGHT),
            "author of " + id,
            post,
            Actions.COMMENT,
            null,
            null,
            null,
            text,
            hash,
            null,
            null));
    return this;
  }

  private String annotated(int subject, String text) {
    var hash = DigestUtils.sha256Hex(text);
    var vector = new ArrayList<Float>();
    for (int i = 0; i < 384; i++) {
      vector.add(i == subject ? 1f : 0f);
    }
    annotations.put(
        hash,
        RowFactory.create(
            hash,
            "test",
            "en",
            1.0,
            "e5-small-v2-q",
            List.of(text),
            List.of(text.toLowerCase(java.util.Locale.ROOT).split("\\W+")),
            null,
            null,
            null,
            0.1f,
            vector));
    return hash;
  }

  /** Without audits: only what reply reads has to be as it will be. */
  void arrive() {
    append(Silver.POSTS, posts);
    append(Silver.EVENTS, comments);
    append(Silver.TEXT_ANNOTATIONS, List.copyOf(annotations.values()));
  }

  private void append(TableSpec table, List<Row> rows) {
    lake.append(table, NIGHT, SparkTest.spark().createDataFrame(rows, table.rowSchema()));
  }

  ExitCode tryReply(LocalDate night, Map<String, String> changed, Map<String, String> env) {
    var all = new HashMap<>(changed);
    all.put("lake-folder", "\"" + folder + "\"");
    all.put("models-folder", "\"../target/models\"");
    all.put("reply.open-days", "2");
    var settings = SettingsLoader.load(List.of(), all);
    var runner =
        new JobRunner(SparkTest.spark(), settings, new PrintWriter(printed), Clock.systemUTC());
    return runner.run(List.of(new ReplyJob(env)), night);
  }

  void reply(LocalDate night, Map<String, String> changed, Map<String, String> env) {
    assertThat(tryReply(night, changed, env)).as(printed.toString()).isEqualTo(ExitCode.OK);
  }

  /** By comment. */
  Map<String, Row> suggestions(LocalDate night) {
    var rows = new TreeMap<String, Row>();
    for (var row : lake.slice(Gold.REPLY_SUGGESTIONS, night).collectAsList()) {
      assertThat(rows.put(row.getAs(EVENT_ID), row)).isNull();
    }
    return rows;
  }
}
