package io.nightfeed.encoders;

import static io.nightfeed.tables.Columns.ACTION;
import static io.nightfeed.tables.Columns.ENCODER;
import static io.nightfeed.tables.Columns.EVENT_DATE;
import static io.nightfeed.tables.Columns.EVENT_ID;
import static io.nightfeed.tables.Columns.EVENT_TIME;
import static io.nightfeed.tables.Columns.POST_ID;
import static io.nightfeed.tables.Columns.RUN_DATE;
import static io.nightfeed.tables.Columns.TEXT;
import static io.nightfeed.tables.Columns.TEXT_HASH;
import static io.nightfeed.tables.Columns.USER_ID;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.to_date;

import io.nightfeed.config.Settings;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.BenchCost;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Job;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.JobRunner;
import io.nightfeed.tables.Silver;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;

/** Nights of one lake: texts arrive as comments, and the job reads them. */
final class BenchNights {
  private static final LocalDate FIRST = LocalDate.of(2025, 6, 1);

  private final SparkSession spark;
  private final Settings settings;
  private final Job annotate;
  private final Lake lake;
  private LocalDate night = FIRST;

  BenchNights(SparkSession spark, Settings settings, Job annotate) {
    this.spark = spark;
    this.settings = settings;
    this.annotate = annotate;
    this.lake = new Lake(spark, settings.lakeFolder());
  }

  /**
   * One more night.
   *
   * @param texts what people wrote that day
   * @return what the job took
   * @throws JobFailure when it failed
   */
  BenchCost run(List<String> texts) throws Exception {
    deliver(texts);
    return annotate();
  }

  /** What people wrote on one more day. */
  void deliver(List<String> texts) {
    night = night.plusDays(1);
    publish(texts);
  }

  /** What the job takes for the last day that was delivered. */
  BenchCost annotate() throws Exception {
    var printed = new StringWriter();
    var runner = new JobRunner(spark, settings, new PrintWriter(printed), Clock.systemUTC());
    return BenchCost.of(
        () -> {
          var code = runner.run(List.of(annotate), night);
          if (code != ExitCode.OK) {
            throw new JobFailure(code, printed.toString());
          }
          return code;
        });
  }

  /** The last night's texts by the name of the encoder that read them. */
  Map<String, List<String>> lastByEncoder() {
    return lake
        .slice(Silver.EVENTS, night)
        .join(lake.slice(Silver.TEXT_ANNOTATIONS, night).drop(RUN_DATE), TEXT_HASH)
        .select(col(ENCODER), col(TEXT))
        .collectAsList()
        .stream()
        .collect(groupingBy(row -> row.getString(0), mapping(row -> row.getString(1), toList())));
  }

  private void publish(List<String> texts) {
    var noon = Timestamp.valueOf(night.atTime(12, 0));
    var given =
        Map.of(
            EVENT_ID, sha2(col(TEXT), 256),
            EVENT_TIME, lit(noon),
            EVENT_DATE, to_date(lit(noon)),
            USER_ID, lit("u"),
            POST_ID, lit("p"),
            ACTION, lit("comment"),
            TEXT, col(TEXT),
            TEXT_HASH, sha2(col(TEXT), 256));
    var columns =
        Stream.of(Silver.EVENTS.schema().fields())
            .map(
                field ->
                    given
                        .getOrDefault(field.name(), lit(null).cast(field.dataType()))
                        .as(field.name()))
            .toArray(Column[]::new);
    lake.publish(
        Silver.EVENTS,
        night,
        spark.createDataset(texts, Encoders.STRING()).toDF(TEXT).select(columns));
  }
}
