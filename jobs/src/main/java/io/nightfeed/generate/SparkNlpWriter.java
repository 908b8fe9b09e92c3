package io.nightfeed.generate;

import static io.nightfeed.tables.Columns.CONTENT_KEY;
import static io.nightfeed.tables.Columns.TEXT;
import static org.apache.spark.sql.functions.col;

import io.nightfeed.config.Settings;
import io.nightfeed.encoders.TextEncoder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Has a language model inside the Spark job write. */
final class SparkNlpWriter implements LineWriter {
  static final String NAME = "spark-nlp";

  /** Lines after which what was written is kept: to publish costs seconds, a line less than one. */
  private static final int BATCH = 2000;

  private static final String DOCUMENT = "prompt_document";
  private static final String LINE = "line";
  private static final StructType PROMPTS =
      new StructType()
          .add(CONTENT_KEY, DataTypes.StringType, false)
          .add(TEXT, DataTypes.StringType, false);

  private final SparkSession spark;
  private final PipelineModel pipeline;
  private final Conditions conditions;
  private final Settings settings;

  /**
   * @param model of {@link LocalModels}
   */
  SparkNlpWriter(
      SparkSession spark, GreedyDecoder model, Conditions conditions, Settings settings) {
    model.setInputCols(new String[] {DOCUMENT});
    model.setOutputCol(LINE);
    PipelineStage[] stages = {TextEncoder.document(TEXT, DOCUMENT), model};
    pipeline = new Pipeline().setStages(stages).fit(spark.createDataFrame(List.of(), PROMPTS));
    this.spark = spark;
    this.conditions = conditions;
    this.settings = settings;
  }

  @Override
  public int mostTasks() {
    return settings.generate().sparkNlp().maxLines();
  }

  @Override
  public int batch() {
    return BATCH;
  }

  @Override
  public List<Line> write(List<WritingTask> tasks) {
    var template = settings.generate().sparkNlp().prompt();
    var prompts =
        tasks.stream()
            .map(
                task ->
                    RowFactory.create(
                        task.contentKey(), Prompts.filled(template, task, conditions)))
            .toList();
    var written = new HashMap<String, Row>();
    pipeline
        .transform(
            spark
                .createDataFrame(prompts, PROMPTS)
                .repartition(TextEncoder.partitions(spark, settings.annotate()), col(CONTENT_KEY)))
        .select(col(CONTENT_KEY), col(LINE).getItem(0))
        .collectAsList()
        .forEach(row -> written.put(row.getString(0), row.getStruct(1)));
    return tasks.stream().map(task -> line(task, written.get(task.contentKey()))).toList();
  }

  private static Line line(WritingTask task, Row annotation) {
    Map<String, String> metadata = annotation.getJavaMap(annotation.fieldIndex("metadata"));
    var spent =
        new Line.Spent(
            tokens(metadata, GreedyDecoder.PROMPT_TOKENS),
            tokens(metadata, GreedyDecoder.ANSWER_TOKENS),
            0);
    var cause = metadata.get(GreedyDecoder.CAUSE);
    if (cause != null) {
      return Line.none(task, cause, spent);
    }
    String text = annotation.getAs("result");
    return text.isBlank()
        ? Line.none(task, Line.MALFORMED, spent)
        : Line.grounded(task, text, spent);
  }

  private static long tokens(Map<String, String> metadata, String name) {
    return Long.parseLong(metadata.getOrDefault(name, "0"));
  }
}
