package io.nightfeed.heads;

import static io.nightfeed.heads.LabelledCorpus.DEV;
import static io.nightfeed.heads.LabelledCorpus.TRAIN;
import static io.nightfeed.tables.Columns.ACTION;
import static io.nightfeed.tables.Columns.ENGAGED_WITH;
import static io.nightfeed.tables.Columns.EVENT_TIME;
import static io.nightfeed.tables.Columns.LABELS;
import static io.nightfeed.tables.Columns.LANGUAGE;
import static io.nightfeed.tables.Columns.PART;
import static io.nightfeed.tables.Columns.POST_ID;
import static io.nightfeed.tables.Columns.TASK;
import static io.nightfeed.tables.Columns.TEXT;
import static io.nightfeed.tables.Columns.TEXT_HASH;
import static io.nightfeed.tables.Columns.USER_ID;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.xxhash64;

import io.nightfeed.lake.Annotations;
import io.nightfeed.lake.History;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Sessions;
import io.nightfeed.run.SettingsOptions;
import io.nightfeed.udfs.ReadableText;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes what {@code tune-encoder} learns from. */
@Command(
    name = "tuning-examples",
    mixinStandardHelpOptions = true,
    description = {
      "Writes the labelled texts of the published corpora in one language as tune-encoder reads them:",
      "JSON lines of text, task and labels, in the folders train.jsonl and dev.jsonl. Texts are as",
      "annotate gives them to the encoder. Test parts are left out."
    },
    footer = {
      "",
      "Example:",
      "  nightfeed tuning-examples --data DIR --language en --to target/tuning/en"
    })
public final class TuningExamplesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--data", required = true, paramLabel = "DIR", description = "The corpora.")
  private Path data;

  @Option(
      names = "--language",
      required = true,
      paramLabel = "CODE",
      description = "ISO 639-1: ${COMPLETION-CANDIDATES}.")
  private Language language;

  @Option(names = "--to", required = true, paramLabel = "DIR", description = "Where they go.")
  private Path to;

  @Mixin private SettingsOptions options;

  @Option(
      names = "--run-date",
      paramLabel = "YYYY-MM-DD",
      description = "The night whose lake gives pairs; no pairs without it.")
  private LocalDate runDate;

  @Option(
      names = "--max-pairs",
      paramLabel = "N",
      defaultValue = "50000",
      description = "At most so many pairs, drawn by hash (default ${DEFAULT-VALUE}).")
  private int maxPairs;

  /** Languages with labelled corpora. */
  enum Language {
    en,
    zh
  }

  @Override
  public Integer call() {
    var spark = Sessions.open("nightfeed tuning-examples");
    var examples = examples(spark).cache();
    for (var part : List.of(TRAIN, DEV)) {
      var rows = examples.where(col(PART).equalTo(part)).drop(PART);
      rows.orderBy(xxhash64(col(TEXT)), col(TEXT), col(TASK))
          .coalesce(1)
          .write()
          .mode(SaveMode.Overwrite)
          .json(to.resolve(part + ".jsonl").toString());
      spec.commandLine().getOut().printf("%s=%d%n", part, rows.count());
    }
    if (runDate != null) {
      var pairs = pairs(spark).cache();
      pairs.coalesce(1).write().mode(SaveMode.Overwrite).json(to.resolve("pairs.jsonl").toString());
      spec.commandLine().getOut().printf("pairs=%d%n", pairs.count());
    }
    spec.commandLine().getOut().flush();
    return ExitCode.OK.status();
  }

  private Dataset<Row> examples(SparkSession spark) {
    var readable = udf(new ReadableText(), DataTypes.StringType);
    return Arrays.stream(LabelledCorpus.values())
        .filter(corpus -> corpus.language().equals(language.name()))
        .map(
            corpus ->
                corpus
                    .read(spark, data)
                    .select(
                        readable.apply(col(TEXT)).as(TEXT),
                        lit(corpus.key()).as(TASK),
                        col(LABELS),
                        col(PART)))
        .reduce(Dataset::unionByName)
        .orElseThrow()
        .where(length(col(TEXT)).gt(0));
  }

  /** Texts of posts that one user engaged with one after the other. */
  private Dataset<Row> pairs(SparkSession spark) {
    var settings = options.settings();
    var lake = new Lake(spark, settings.lakeFolder());
    var texts =
        History.posts(lake, runDate)
            .join(
                Annotations.current(lake, runDate)
                    .where(col(LANGUAGE).equalTo(language.name()))
                    .select(TEXT_HASH),
                TEXT_HASH)
            .select(
                col(POST_ID),
                udf(new ReadableText(), DataTypes.StringType).apply(col(TEXT)).as(TEXT));
    var inOrder = Window.partitionBy(USER_ID).orderBy(EVENT_TIME, POST_ID);
    return History.events(lake, runDate)
        .where(col(ACTION).isin(settings.profile().actionWeights().keySet().toArray()))
        .groupBy(USER_ID, POST_ID)
        .agg(min(EVENT_TIME).as(EVENT_TIME))
        .join(texts, POST_ID)
        .withColumn(ENGAGED_WITH, lag(col(TEXT), 1).over(inOrder))
        .where(col(ENGAGED_WITH).isNotNull().and(col(TEXT).notEqual(col(ENGAGED_WITH))))
        .select(TEXT, ENGAGED_WITH)
        .distinct()
        .orderBy(xxhash64(col(TEXT), col(ENGAGED_WITH)), col(TEXT), col(ENGAGED_WITH))
        .limit(maxPairs);
  }
}
