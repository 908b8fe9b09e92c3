package io.nightfeed.generate;

import static io.nightfeed.tables.Columns.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import io.nightfeed.config.Settings;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobRunner;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
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

/** A night's posts and lists, made up by a test, and what generate makes of them. */
final class RecommendedPosts {
  static final LocalDate NIGHT = LocalDate.of(2025, 6, 2);
  private static final Timestamp CREATED = Timestamp.from(Instant.parse("2025-06-01T10:00:00Z"));

  final Lake lake;
  final StringWriter printed = new StringWriter();
  private final Path folder;
  private final List<Row> posts = new ArrayList<>();
  private final List<Row> annotations = new ArrayList<>();
  private final List<Row> lists = new ArrayList<>();

  RecommendedPosts(Path folder) {
    this.folder = folder;
    lake = new Lake(SparkTest.spark(), folder);
  }

  /** A post of an encoder that is not there: the first of its sentences is taken. */
  RecommendedPosts post(String id, String language, float toxicity, String... sentences) {
    return post(id, language, "none", toxicity, sentences);
  }

  RecommendedPosts post(
      String id, String language, String encoder, float toxicity, String... sentences) {
    var text = sentences.length == 0 ? null : String.join(" ", sentences);
    var hash = text == null ? null : DigestUtils.sha256Hex(text);
    posts.add(
        RowFactory.create(id, "author of " + id, CREATED, text, hash, null, List.of("sea"), null));
    if (text != null) {
      var vector = new ArrayList<Float>();
      for (int i = 0; i < 384; i++) {
        vector.add(i == 0 ? 1f : 0f);
      }
      annotations.add(
          RowFactory.create(
              hash,
              "test",
              language,
              1.0,
              encoder,
              List.of(sentences),
              List.of(),
              null,
              null,
              null,
              toxicity,
              vector));
    }
    return this;
  }

  /** Posts in their order; each place is supported by one post, or by none. */
  RecommendedPosts list(String user, String support, String... ids) {
    int rank = 1;
    for (var id : ids) {
      var quoted = support == null ? "New here" : "Because you engaged with “some words”";
      lists.add(
          RowFactory.create(
              user,
              rank,
              id,
              0.5,
              rank,
              0.75,
              0.25,
              support == null ? List.of() : List.of(support),
              support == null,
              quoted + " (75% your interests, 25% its emotional appeal)",
              1.0,
              "model",
              "run"));
      rank++;
    }
    return this;
  }

  /** Without audits: only what generate reads has to be as it will be. */
  void arrive(LocalDate night) {
    append(Silver.POSTS, night, posts);
    append(Silver.TEXT_ANNOTATIONS, night, annotations);
    recommend(night);
  }

  void recommend(LocalDate night) {
    append(Gold.RECOMMENDATIONS, night, lists);
  }

  private void append(TableSpec table, LocalDate night, List<Row> rows) {
    lake.append(table, night, SparkTest.spark().createDataFrame(rows, table.rowSchema()));
  }

  Settings settings(Map<String, String> changed) {
    var all = new HashMap<>(changed);
    all.put("lake-folder", "\"" + folder + "\"");
    all.putIfAbsent("models-folder", "\"../target/models\"");
    return SettingsLoader.load(List.of(), all);
  }

  ExitCode tryGenerate(LocalDate night, Map<String, String> changed, Map<String, String> env) {
    var runner =
        new JobRunner(
            SparkTest.spark(), settings(changed), new PrintWriter(printed), Clock.systemUTC());
    return runner.run(List.of(new GenerateJob(env)), night);
  }

  void generate(LocalDate night, Map<String, String> changed, Map<String, String> env) {
    assertThat(tryGenerate(night, changed, env)).as(printed.toString()).isEqualTo(ExitCode.OK);
  }

  Map<String, Row> teasers(LocalDate night) {
    var rows = new TreeMap<String, Row>();
    for (var row : lake.slice(Gold.GENERATED_TEXTS, night).collectAsList()) {
      if (row.<String>getAs(KIND).equals(GeneratedTexts.TEASER)) {
        assertThat(rows.put(row.getAs(POST_ID), row)).isNull();
      }
    }
    return rows;
  }

  /** By user and post. */
  Map<String, Row> reasons(LocalDate night) {
    var rows = new TreeMap<String, Row>();
    for (var row : lake.slice(Gold.GENERATED_TEXTS, night).collectAsList()) {
      if (row.<String>getAs(KIND).equals(GeneratedTexts.REASON_KIND)) {
        rows.put(row.<String>getAs(USER_ID) + "/" + row.<String>getAs(POST_ID), row);
      }
    }
    return rows;
  }

  /** post ids/place/reason of blocked texts. */
  List<String> blocked(LocalDate night) {
    return lake.slice(Silver.BLOCKED_TEXTS, night).collectAsList().stream()
        .map(
            row ->
                String.join("+", row.<String>getList(row.fieldIndex(SOURCE_IDS)))
                    + "/"
                    + row.getAs(PLACE)
                    + "/"
                    + row.getAs(REASON))
        .sorted()
        .toList();
  }
}
