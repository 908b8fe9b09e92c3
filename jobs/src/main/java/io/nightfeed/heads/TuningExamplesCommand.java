package io.nightfeed.heads;

import static io.nightfeed.heads.LabelledCorpus.DEV;
import static io.nightfeed.heads.LabelledCorpus.TRAIN;
import static io.nightfeed.tables.Columns.LABELS;
import static io.nightfeed.tables.Columns.PART;
import static io.nightfeed.tables.Columns.TASK;
import static io.nightfeed.tables.Columns.TEXT;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.xxhash64;

import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Sessions;
import io.nightfeed.udfs.ReadableText;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import picocli.CommandLine.Command;
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
}
