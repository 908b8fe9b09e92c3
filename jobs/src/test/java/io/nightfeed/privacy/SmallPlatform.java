package io.nightfeed.privacy;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.hash;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.sqrt;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nightfeed.SparkTest;
import io.nightfeed.config.Settings;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.generate.GenerateJob;
import io.nightfeed.ingest.IngestJob;
import io.nightfeed.lake.Consent;
import io.nightfeed.lake.Lake;
import io.nightfeed.profile.ProfileJob;
import io.nightfeed.recommend.RecommendJob;
import io.nightfeed.reply.ReplyJob;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Job;
import io.nightfeed.run.JobContext;
import io.nightfeed.run.JobRunner;
import io.nightfeed.run.PseudonymKey;
import io.nightfeed.tables.Silver;
import io.nightfeed.train.TrainJob;
import io.nightfeed.udfs.Pseudonym;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Column;

/**
 * Twelve people who write and read, and nights of them, with vectors made of the texts' hashes in
 * the place of the language models.
 */
final class SmallPlatform {
  static final LocalDate FIRST = LocalDate.of(2025, 6, 2);
  static final int PEOPLE = 12;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What arrived, and what is read in it. */
  static final List<Job> RECORDS = List.of(new IngestJob(), new HashedTexts());

  /** What is made of it. */
  static final List<Job> LISTS = List.of(new ProfileJob(), new TrainJob(), new RecommendJob());

  /** What is said of them. */
  static final List<Job> WORDS = List.of(new GenerateJob(), new ReplyJob());

  final Settings settings;
  final Lake lake;
  final Path raw;

  SmallPlatform(Path folder) throws IOException {
    raw = folder.resolve("raw");
    Files.writeString(folder.resolve("key"), "ab".repeat(32));
    settings =
        SettingsLoader.load(
            List.of(),
            Map.ofEntries(
                Map.entry("raw-folder", quoted(raw)),
                Map.entry("lake-folder", quoted(folder.resolve("lake"))),
                Map.entry("models-folder", quoted(folder.resolve("encoders"))),
                Map.entry("pseudonyms.key-file", quoted(folder.resolve("key"))),
                Map.entry("train.rank", "4"),
                Map.entry("train.iterations", "1"),
                Map.entry("train.calibration-rounds", "1"),
                Map.entry("train.content-components", "4"),
                Map.entry("train.blocks", "1"),
                Map.entry("recommend.top-n", "8")));
    lake = new Lake(SparkTest.spark(), settings.lakeFolder());
  }

  static String user(int number) {
    return "user-%02d".formatted(number);
  }

  /** Stands for a person in texts, where no identifier may be. */
  static char letter(int number) {
    return (char) ('a' + number);
  }

  static String post(int author, LocalDate night) {
    return "post-%02d-%s".formatted(author, night.getDayOfMonth());
  }

  Pseudonym pseudonym() {
    return PseudonymKey.load(settings.pseudonyms(), Map.of());
  }

  String pseudonym(int number) {
    return pseudonym().call(user(number));
  }

  /** One post and some events of everybody, and a line of everybody's that is no record. */
  void land(LocalDate night) throws IOException {
    var posts = new ArrayList<String>();
    var events = new ArrayList<String>();
    for (var i = 1; i <= PEOPLE; i++) {
      var post =
          record(
              Map.entry(POST_ID, post(i, night)),
              Map.entry(AUTHOR_ID, user(i)),
              Map.entry(CREATED_AT, night + "T06:00:00Z"),
              Map.entry(TEXT, "What %s wrote on %s".formatted(letter(i), night)));
      posts.add(post);
      for (var step : List.of(1, 2, 5)) {
        var other = (i + step - 1) % PEOPLE + 1;
        events.add(event(i, post(other, night), step == 2 ? "view" : "like", night, null));
      }
      events.add(
          event(
              i,
              post(i % PEOPLE + 1, night),
              "comment",
              night,
              i % 3 == 1 ? "We all say so" : "Only number %s says so".formatted(letter(i))));
      events.add("{\"event_id\":\"broken\",\"user_id\":\"" + user(i) + "\",");
    }
    write("posts", night, posts);
    write("events", night, events);
  }

  private static String event(int user, String post, String action, LocalDate night, String text) {
    var fields = new ArrayList<Map.Entry<String, String>>();
    fields.add(Map.entry(EVENT_ID, "%s/%s/%s".formatted(user(user), post, action)));
    fields.add(Map.entry(EVENT_TIME, night + "T12:%02d:00Z".formatted(user)));
    fields.add(Map.entry(USER_ID, user(user)));
    fields.add(Map.entry(POST_ID, post));
    fields.add(Map.entry(ACTION, action));
    if (text != null) {
      fields.add(Map.entry(TEXT, text));
    }
    return record(fields.toArray(Map.Entry[]::new));
  }

  void optOut(LocalDate night, Map<Integer, String> scopes) throws IOException {
    var lines = new ArrayList<String>();
    scopes.forEach(
        (user, scope) ->
            lines.add(
                record(
                    Map.entry(USER_ID, user(user)),
                    Map.entry(REQUESTED_AT, night + "T01:00:00Z"),
                    Map.entry(SCOPE, scope))));
    write("optouts", night, lines);
  }

  void write(String source, LocalDate night, List<String> lines) throws IOException {
    var folder = Files.createDirectories(raw.resolve(source).resolve(night.toString()));
    try (var out =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("part-00000.jsonl.gz")))) {
      out.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String record(Map.Entry<?, ?>... fields) {
    var record = new LinkedHashMap<Object, Object>();
    for (var field : fields) {
      record.put(field.getKey(), field.getValue());
    }
    try {
      return JSON.writeValueAsString(record);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  void run(LocalDate night, List<Job> jobs) {
    var printed = new StringWriter();
    var runner =
        new JobRunner(SparkTest.spark(), settings, new PrintWriter(printed), Clock.systemUTC());
    assertThat(runner.run(jobs, night)).as(printed.toString()).isEqualTo(ExitCode.OK);
  }

  private static String quoted(Path path) {
    return "\"" + path + "\"";
  }

  /** Stands for annotate: the same texts, read by a hash. */
  private static final class HashedTexts implements Job {
    @Override
    public String name() {
      return "annotate";
    }

    @Override
    public void run(JobContext context) {
      var lake = context.lake();
      var night = context.runDate();
      var known = lake.upTo(Silver.TEXT_ANNOTATIONS, night.minusDays(1)).select(TEXT_HASH);
      var numbers =
          IntStream.range(0, 8)
              .mapToObj(i -> pmod(hash(col(TEXT), lit(i)), lit(100)).divide(100.0).cast("float"))
              .toArray(Column[]::new);
      var joy = pmod(hash(col(TEXT)), lit(100)).divide(100.0);
      var mood =
          IntStream.range(0, 7)
              .mapToObj(i -> i == 3 ? joy : i == 6 ? lit(1.0).minus(joy) : lit(0.0))
              .map(share -> share.cast("float"))
              .toArray(Column[]::new);
      var texts =
          Consent.processed(lake, lake.upTo(Silver.EVENTS, night), USER_ID)
              .select(TEXT_HASH, TEXT)
              .union(
                  Consent.processed(lake, lake.upTo(Silver.POSTS, night), AUTHOR_ID)
                      .select(TEXT_HASH, TEXT))
              .where(col(TEXT_HASH).isNotNull())
              .distinct()
              .join(known, new String[] {TEXT_HASH}, "left_anti")
              .withColumn(MODEL_DIGEST, lit("test"))
              .withColumn(LANGUAGE, lit("en"))
              .withColumn(LANGUAGE_CONFIDENCE, lit(1.0))
              .withColumn(ENCODER, lit("test"))
              .withColumn(SENTENCES, array(col(TEXT)))
              .withColumn(TOKENS, array(col(TEXT)))
              .withColumn(SENTIMENT, array(lit(0f), lit(1f), lit(0f)))
              .withColumn(EMOTIONS, array(mood))
              .withColumn(VALENCE, joy.minus(0.5).cast("float"))
              .withColumn(TOXICITY, lit(0f))
              .withColumn(EMBEDDING, array(unit(numbers)));
      lake.publish(Silver.TEXT_ANNOTATIONS, night, texts.drop(TEXT));
    }

    private static Column[] unit(Column[] numbers) {
      var squares = Arrays.stream(numbers).map(n -> n.multiply(n)).reduce(Column::plus).get();
      return Arrays.stream(numbers)
          .map(n -> n.divide(sqrt(squares)).cast("float"))
          .toArray(Column[]::new);
    }
  }
}
