package io.nightfeed.evaluate;

import static io.nightfeed.tables.Columns.RUN_DATE;
import static org.apache.spark.sql.functions.lit;

import io.nightfeed.lake.Lake;
import io.nightfeed.run.BenchCost;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.MeasuredFigures;
import io.nightfeed.run.Sessions;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import java.nio.file.Path;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What auditing costs, beside a plain Delta write. */
@Command(
    name = "bench-publish",
    mixinStandardHelpOptions = true,
    description = {
      "Publishes a slice of gold.recommendations, staged, audited against posts, states, signals and",
      "funnel of its night, committed and verified, and writes the same rows with Spark's Delta writer,",
      "partitioned and by replaceWhere, into a table without constraints; by turns, several times.",
      "publish.overhead is the median of publishing's seconds over that of plain writing, less 1. Prints",
      "one name=value line for each figure and writes the same as JSON."
    },
    footer = {"", "Example: nightfeed bench-publish"})
public final class BenchPublishCommand implements Callable<Integer> {
  private static final LocalDate NIGHT = LocalDate.of(2025, 6, 10);
  private static final int POSTS = 50_000;
  private static final int PLACES = 100;
  private static final int SIGNALS = 50;

  @Spec private CommandSpec spec;

  @Option(
      names = "--users",
      defaultValue = "20000",
      description = "Each with 100 recommendations (default ${DEFAULT-VALUE}).")
  private int users;

  @Option(names = "--rounds", defaultValue = "5", description = "Default ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--work",
      defaultValue = "target/bench-publish",
      paramLabel = "FOLDER",
      description = "For the tables; removed afterwards (default ${DEFAULT-VALUE}).")
  private Path work;

  @Option(
      names = "--json",
      defaultValue = "target/bench/publish.json",
      paramLabel = "FILE",
      description = "Where the figures go (default ${DEFAULT-VALUE}).")
  private Path json;

  @Override
  public Integer call() throws Exception {
    if (Math.min(users, rounds) < 1) {
      throw new JobFailure(ExitCode.USAGE, "--users and --rounds must be 1 or more");
    }
    FileUtils.deleteDirectory(work.toFile());
    try (var spark = Sessions.open("nightfeed bench-publish")) {
      measure(spark);
    } finally {
      FileUtils.deleteDirectory(work.toFile());
    }
    return ExitCode.OK.status();
  }

  private void measure(SparkSession spark) throws Exception {
    var figures = new MeasuredFigures(spec.commandLine().getOut(), json);
    var lake = new Lake(spark, work.resolve("lake"));
    publishTheNight(spark, lake);
    var source = work.resolve("rows").toString();
    lists(spark).write().parquet(source);
    var rows = spark.read().parquet(source);
    figures.add("publish.rows", rows.count());
    var openFiles = spark.conf().get(Sessions.OPEN_FILES);
    var published = new ArrayList<Double>();
    var plain = new ArrayList<Double>();
    // The first of each warms up.
    for (int round = 0; round <= rounds; round++) {
      // As Spark writes where nobody sets anything.
      spark.conf().set(Sessions.OPEN_FILES, "0");
      double writing = BenchCost.of(() -> write(rows)).seconds();
      spark.conf().set(Sessions.OPEN_FILES, openFiles);
      double publishing =
          BenchCost.of(() -> lake.publish(Gold.RECOMMENDATIONS, NIGHT, rows)).seconds();
      figures.note("plain write %.2f s, published %.2f s".formatted(writing, publishing));
      if (round > 0) {
        plain.add(writing);
        published.add(publishing);
      }
    }
    figures.add("publish.plain_seconds", median(plain));
    figures.add("publish.seconds", median(published));
    figures.add("publish.overhead", median(published) / median(plain) - 1);
  }

  private boolean write(Dataset<Row> rows) {
    rows.withColumn(RUN_DATE, lit(Date.valueOf(NIGHT)))
        .write()
        .format("delta")
        .mode("overwrite")
        .partitionBy(RUN_DATE)
        .option("replaceWhere", RUN_DATE + " = DATE'" + NIGHT + "'")
        .save(work.resolve("plain").toString());
    return true;
  }

  /** What lists are held against. */
  private void publishTheNight(SparkSession spark, Lake lake) {
    lake.publish(
        Silver.POSTS,
        NIGHT,
        spark.sql(
            """
            SELECT concat('p', id) AS post_id, sha2(concat('author', id %% 9999), 256) AS author_id,
              timestamp(DATE'%1$s') AS created_at, 'text' AS text, 'hash' AS text_hash, 'en' AS language,
              array('tag') AS tags, array('') AS media_alt_text
            FROM range(%2$d)"""
                .formatted(NIGHT, POSTS)));
    lake.publish(
        Silver.USER_STATES,
        NIGHT,
        spark.sql(
            """
            SELECT sha2(string(id), 256) AS user_id, array(0f, 0f, 0f, 0.5f, 0f, 0f, 0f, 0.1f) AS emotional_state,
              array(0f, 0f, 0f, 1f, 0f, 0f, 0f) AS emotions, 0.1f AS valence, 3D AS evidence, 0.7D AS confidence,
              10L AS event_count, DATE'%1$s' AS last_active_date
            FROM range(%2$d)"""
                .formatted(NIGHT, users)));
    lake.publish(
        Silver.USER_ITEM_SIGNALS,
        NIGHT,
        spark.sql(
            """
            SELECT sha2(string(u.id), 256) AS user_id, concat('p', (u.id * 7919 + (%4$d + k.id) * 499) %% %5$d) AS post_id,
              1D AS engagement, 1L AS engagements, 1D AS exposure, false AS is_rejected,
              array(0f, 0f, 0f, 0f, 0f, 0f, 0f, 0f) AS emotional_state, timestamp(DATE'%1$s') AS last_event_time
            FROM range(%2$d) u CROSS JOIN range(%3$d) k"""
                .formatted(NIGHT, users, SIGNALS, PLACES, POSTS)));
    lake.publish(
        Gold.SERVING_MODELS,
        NIGHT,
        spark.sql(
            "SELECT DATE'%s' AS model_run_date, 'model' AS model_version, 'accepted' AS decision, 'why' AS reason, 'run' AS run_id"
                .formatted(NIGHT)));
    lake.publish(
        Gold.CANDIDATE_FUNNEL,
        NIGHT,
        spark.sql(
            """
            SELECT sha2(string(id), 256) AS user_id, %2$dL AS posts, 0L AS removed_unsafe, 0L AS removed_unknown,
              0L AS removed_stale, 0L AS removed_own, 0L AS removed_rejected, 50L AS removed_seen, %2$dL - 50L AS scored,
              %2$dL - 150L AS outranked, 0L AS guarded_away, 100L AS delivered, 0L AS places_changed, false AS is_low_mood,
              'model' AS model_version, 'run' AS run_id
            FROM range(%1$d)"""
                .formatted(users, POSTS)));
  }

  /** No post is there twice for a user, in the list or in the signals: 499 does not divide them. */
  private Dataset<Row> lists(SparkSession spark) {
    return spark.sql(
        """
        SELECT sha2(string(u.id), 256) AS user_id, int(k.id + 1) AS rank, concat('p', (u.id * 7919 + k.id * 499) %% %3$d) AS post_id,
          (%2$d - k.id + (xxhash64(u.id, k.id) & 1023) / 1024D) / 1000D AS score, int(k.id + 1) AS rank_by_score,
          (xxhash64(k.id, u.id) & 65535) / 65536D AS behaviour_share, 1 - (xxhash64(k.id, u.id) & 65535) / 65536D AS emotion_share,
          array(concat('p', (u.id * 7919 + (%2$d + k.id %% 7) * 499) %% %3$d), concat('p', (u.id * 7919 + (%2$d + 8 + k.id %% 5) * 499) %% %3$d),
            concat('p', (u.id * 7919 + (%2$d + 20 + k.id %% 11) * 499) %% %3$d)) AS supporting_posts,
          false AS is_new_user,
          concat('Because you engaged with “', substring(sha2(string(u.id * 7 + k.id %% 7), 256), 1, 60), '…” (',
            (xxhash64(k.id, u.id) & 63), '%% your interests, ', 100 - (xxhash64(k.id, u.id) & 63), '%% your mood)') AS reason,
          1D AS propensity, 'model' AS model_version, 'run' AS run_id
        FROM range(%1$d) u CROSS JOIN range(%2$d) k"""
            .formatted(users, PLACES, POSTS));
  }

  private static double median(List<Double> seconds) {
    var sorted = seconds.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
