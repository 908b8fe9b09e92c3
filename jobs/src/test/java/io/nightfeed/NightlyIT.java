package io.nightfeed;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import io.nightfeed.annotate.AnnotateJob;
import io.nightfeed.config.Settings;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.generate.GenerateJob;
import io.nightfeed.ingest.IngestJob;
import io.nightfeed.lake.ContentHash;
import io.nightfeed.lake.DeltaKernelSums;
import io.nightfeed.lake.Lake;
import io.nightfeed.profile.ProfileJob;
import io.nightfeed.recommend.RecommendJob;
import io.nightfeed.reply.ReplyJob;
import io.nightfeed.report.ReportJob;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Job;
import io.nightfeed.run.JobRunner;
import io.nightfeed.simulate.Truth;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import io.nightfeed.train.TrainJob;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nights of the data sample through every job, with the real language models. Then the platform
 * goes on for two more nights, and the second night is run again.
 */
class NightlyIT {
  private static final Path SAMPLE = Path.of("../data-samples/raw");
  private static final LocalDate BACKLOG = LocalDate.of(2025, 6, 2);
  private static final LocalDate NIGHT = LocalDate.of(2025, 6, 3);
  private static final LocalDate LATEST = LocalDate.of(2025, 6, 5);

  private static final IngestJob INGEST = new IngestJob();
  private static final AnnotateJob ANNOTATE = new AnnotateJob();
  private static final List<Job> ALL =
      List.of(
          INGEST,
          ANNOTATE,
          new ProfileJob(),
          new TrainJob(),
          new RecommendJob(),
          new GenerateJob(),
          new ReplyJob(),
          new ReportJob());

  @TempDir static Path folder;
  private static Settings settings;
  private static Lake lake;
  private static Map<TableSpec, ContentHash> before;
  private static Map<TableSpec, ContentHash> after;

  @BeforeAll
  static void runNights() {
    settings =
        SettingsLoader.load(
            List.of(Path.of("../conf/demo.conf")),
            Map.of(
                "raw-folder", quoted(SAMPLE),
                "lake-folder", quoted(folder),
                "models-folder", quoted(Path.of("../target/models")),
                "pseudonyms.key-file", quoted(folder.resolve("key"))));
    lake = new Lake(SparkTest.spark(), folder);
    run(List.of(INGEST), BACKLOG);
    run(ALL, NIGHT);
    before = hashes();
    for (var night = NIGHT.plusDays(1); !night.isAfter(LATEST); night = night.plusDays(1)) {
      run(List.of(INGEST, ANNOTATE), night);
    }
    run(ALL, NIGHT);
    after = hashes();
  }

  @Test
  void rerunAfterTheFutureArrived_changesNoRow() {
    assertThat(before.get(Gold.RECOMMENDATIONS).rows()).isPositive();
    assertThat(after).isEqualTo(before);
  }

  @Test
  void everyLine_isARowOrADuplicateOrInQuarantine() {
    var planted = Truth.load(SAMPLE).parameters().planted();
    for (var row : lake.all(Silver.INGEST_COUNTS).collectAsList()) {
      var night = row.<java.sql.Date>getAs(RUN_DATE).toLocalDate();
      var quarantined = lake.slice(Silver.QUARANTINE, night);
      assertThat(row.<Long>getAs(QUARANTINED))
          .isEqualTo(quarantined.where(col(SOURCE).equalTo(row.getAs(SOURCE))).count());
      assertThat(row.<Long>getAs(LINES_IN))
          .isEqualTo(
              row.<Long>getAs(ROWS_OUT)
                  + row.<Long>getAs(DUPLICATES)
                  + row.<Long>getAs(QUARANTINED));
    }
    assertThat(lake.all(Silver.QUARANTINE).where(col(SOURCE).equalTo("events")).count())
        .isEqualTo(planted.brokenEvents().values().stream().mapToLong(Long::longValue).sum());
  }

  @Test
  void everyActiveUser_hasAListWithReasons() {
    var active = lake.slice(Silver.USER_STATES, NIGHT).select(USER_ID).distinct().count();
    var lists = lake.slice(Gold.RECOMMENDATIONS, NIGHT);
    assertThat(lists.select(USER_ID).distinct().count()).isEqualTo(active);
    assertThat(lists.where(col(REASON).equalTo("")).count()).isZero();
    assertThat(lists.where(col(SCORE).leq(0)).count()).isZero();
  }

  @Test
  void report_isOnePage() {
    assertThat(folder.resolve("reports/run_date=" + NIGHT + "/index.html"))
        .content()
        .contains("<html")
        .contains(NIGHT.toString());
  }

  @Test
  void goldTables_stayAtReaderVersionOne() {
    for (var table : Gold.ALL) {
      var detail =
          io.delta.tables.DeltaTable.forPath(SparkTest.spark(), lake.location(table).toString())
              .detail()
              .first();
      assertThat(detail.<Integer>getAs("minReaderVersion")).as(table.name()).isEqualTo(1);
    }
  }

  @Test
  void goldTables_areTheSameToDeltaKernel() throws IOException {
    for (var table : Gold.ALL) {
      var location = Path.of(lake.location(table).toString());
      var kernel = DeltaKernelSums.of(location);
      var bySpark = SparkTest.spark().read().format("delta").load(location.toString());
      assertThat(kernel.rows()).as(table.name()).isEqualTo(bySpark.count());
      var numbers =
          Stream.of(bySpark.schema().fields())
              .filter(field -> field.dataType() instanceof NumericType)
              .map(StructField::name)
              .toList();
      var sums = new TreeMap<String, Double>();
      var row =
          bySpark
              .select(numbers.stream().map(name -> sum(name).cast("double")).toArray(Column[]::new))
              .first();
      for (var i = 0; i < numbers.size(); i++) {
        if (!row.isNullAt(i)) {
          sums.put(numbers.get(i), row.getDouble(i));
        }
      }
      assertThat(kernel.sums().keySet()).as(table.name()).isEqualTo(sums.keySet());
      // Sums of doubles in another order differ in their last digits.
      kernel
          .sums()
          .forEach(
              (name, sum) ->
                  assertThat(sum)
                      .as(table.name() + "." + name)
                      .isCloseTo(sums.get(name), withPercentage(1e-6)));
    }
  }

  @Test
  void rawUserIds_areInNoTable() {
    var ids = Truth.load(SAMPLE).users().stream().map(user -> user.userId()).toList();
    for (var table : List.of(Silver.EVENTS, Silver.USER_STATES, Gold.RECOMMENDATIONS)) {
      assertThat(lake.all(table).where(col(USER_ID).isin(ids.toArray())).count()).isZero();
    }
  }

  private static Map<TableSpec, ContentHash> hashes() {
    var hashes = new TreeMap<TableSpec, ContentHash>(Comparator.comparing(TableSpec::name));
    Stream.concat(Silver.ALL.stream(), Gold.ALL.stream())
        .forEach(table -> hashes.put(table, ContentHash.of(lake.slice(table, NIGHT))));
    return hashes;
  }

  private static void run(List<Job> jobs, LocalDate night) {
    var printed = new StringWriter();
    var runner =
        new JobRunner(SparkTest.spark(), settings, new PrintWriter(printed), Clock.systemUTC());
    assertThat(runner.run(jobs, night)).as(printed.toString()).isEqualTo(ExitCode.OK);
  }

  private static String quoted(Path path) {
    return "\"" + path + "\"";
  }
}
