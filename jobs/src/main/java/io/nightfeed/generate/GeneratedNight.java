package io.nightfeed.generate;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.desc;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.nightfeed.run.JobContext;
import io.nightfeed.safety.BlockReason;
import io.nightfeed.safety.BlockedTexts;
import io.nightfeed.safety.TextCheck;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * One night's slice of {@link Gold#GENERATED_TEXTS}: whole from the first time that it is
 * published, and published again whenever a batch of lines has come. A run that is stopped keeps
 * all batches that came, and the next one asks for the others alone.
 */
final class GeneratedNight {
  private static final StructType LINES =
      new StructType()
          .add(CONTENT_KEY, DataTypes.StringType, false)
          .add(TEXT, DataTypes.StringType)
          .add(LANGUAGE, DataTypes.StringType)
          .add(ENCODER, DataTypes.StringType)
          .add(TOXICITY, DataTypes.FloatType);

  /** What came of one task, by its content key. */
  private static final String ANSWER = "answer_";

  private static final String ANSWER_CAUSE = ANSWER + CAUSE;

  private static final StructType ANSWERED =
      new StructType()
          .add(CONTENT_KEY, DataTypes.StringType, false)
          .add(ANSWER, DataTypes.StringType)
          .add(ANSWER_CAUSE, DataTypes.StringType)
          .add(ANSWER + PROMPT_TOKENS, DataTypes.LongType, false)
          .add(ANSWER + ANSWER_TOKENS, DataTypes.LongType, false)
          .add(ANSWER + COST, DataTypes.DoubleType, false);

  private final JobContext context;
  private final TextReader reader;
  private final TextCheck check;
  private final Conditions conditions;
  private final Dataset<Row> rows;
  private final List<Row> answered = new ArrayList<>();
  private final List<Row> blockedOutput = new ArrayList<>();
  private Dataset<Row> blockedInput;

  /**
   * @param rows of {@link GeneratedTexts}
   */
  GeneratedNight(
      JobContext context,
      TextReader reader,
      TextCheck check,
      Conditions conditions,
      Dataset<Row> rows) {
    this.context = context;
    this.reader = reader;
    this.check = check;
    this.conditions = conditions;
    this.rows = rows;
    if (conditions.isWritten()) {
      recallRefused();
    }
  }

  /** What the night's own earlier run was answered and refused stands: it is not paid for again. */
  private void recallRefused() {
    var refused =
        context
            .lake()
            .slice(Gold.GENERATED_TEXTS, context.runDate())
            .where(col(CAUSE).isin(Line.REFUSALS.toArray()))
            .where(col(PROMPT_TOKENS).plus(col(ANSWER_TOKENS)).gt(0))
            .select(CONTENT_KEY, CAUSE, PROMPT_TOKENS, ANSWER_TOKENS, COST, TEXT_HASH, SOURCE_IDS)
            .orderBy(CONTENT_KEY)
            .collectAsList();
    for (var row : refused) {
      answered.add(
          RowFactory.create(row.get(0), null, row.get(1), row.get(2), row.get(3), row.get(4)));
      if (BlockReason.labels().contains(row.getString(1))) {
        blockedOutput.add(
            RowFactory.create(
                GenerateJob.NAME,
                row.get(5),
                BlockedTexts.OUTPUT,
                row.get(1),
                row.getList(6),
                context.record().runId()));
      }
    }
  }

  /**
   * Publishes what there is without a language model.
   *
   * @param blocked rows of {@link Silver#BLOCKED_TEXTS}
   */
  void publish(Dataset<Row> blocked) {
    blockedInput = blocked;
    publish();
  }

  /** Has everything written that waits for it, batch by batch. */
  void write(LineWriter writer) {
    var tasks = tasks(writer.mostTasks());
    context.record().count("texts.asked", tasks.size());
    int size = writer.batch();
    for (int from = 0; from < tasks.size(); from += size) {
      var lines = writer.write(tasks.subList(from, Math.min(tasks.size(), from + size)));
      keep(lines);
      publish();
    }
  }

  private void publish() {
    var lake = context.lake();
    BlockedTexts.publish(
        lake,
        context.runDate(),
        GenerateJob.NAME,
        blockedOutput.isEmpty()
            ? blockedInput
            : blockedInput.unionByName(
                context
                    .spark()
                    .createDataFrame(
                        List.copyOf(blockedOutput), Silver.BLOCKED_TEXTS.rowSchema())));
    lake.publish(
        Gold.GENERATED_TEXTS,
        context.runDate(),
        all().selectExpr(Gold.GENERATED_TEXTS.rowSchema().fieldNames()));
  }

  private Dataset<Row> all() {
    if (!conditions.isWritten()) {
      return rows;
    }
    return answered.isEmpty() ? paidOnce(rows) : paidOnce(withAnswers());
  }

  /** What waits, what most readers get first. */
  private List<WritingTask> tasks(int most) {
    return (answered.isEmpty() ? rows : withAnswers())
            .where(col(CAUSE).equalTo(GeneratedTexts.NOT_ASKED))
            .groupBy(KIND, CONTENT_KEY, TEXT_HASH, TEXT, LANGUAGE, ENCODER, TOPIC)
            .agg(
                min(col(SOURCE_IDS).getItem(0)).as(POST_ID),
                sum(coalesce(col(LISTS), lit(1L))).as(LISTS))
            .orderBy(desc(KIND), desc(LISTS), col(CONTENT_KEY))
            .limit(most)
            .select(KIND, CONTENT_KEY, TEXT_HASH, POST_ID, TEXT, LANGUAGE, ENCODER, TOPIC)
            .collectAsList()
            .stream()
            .map(
                row ->
                    new WritingTask(
                        row.getString(0),
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        row.getString(7)))
            .toList();
  }

  /** Reads the lines, and keeps of each what may be shown, or why it may not. */
  private void keep(List<Line> lines) {
    var toxicity = toxicity(lines);
    for (var line : lines) {
      var task = line.task();
      var cause = line.cause();
      if (cause == null) {
        var reasons =
            check.ofOutput(
                line.text(),
                toxicity.get(task.contentKey()),
                task.language(),
                conditions.maxCharacters());
        reasons.forEach(reason -> block(task, reason));
        cause = reasons.isEmpty() ? null : reasons.get(0).label();
      } else if (cause.equals(BlockReason.UNGROUNDED.label())) {
        block(task, BlockReason.UNGROUNDED);
      }
      answered.add(
          RowFactory.create(
              task.contentKey(),
              cause == null ? line.text() : null,
              cause,
              line.spent().promptTokens(),
              line.spent().answerTokens(),
              line.spent().cost()));
    }
  }

  private void block(WritingTask task, BlockReason reason) {
    blockedOutput.add(
        BlockedTexts.row(
            GenerateJob.NAME,
            task.textHash(),
            BlockedTexts.OUTPUT,
            reason,
            List.of(task.postId()),
            context.record().runId()));
  }

  private Map<String, Float> toxicity(List<Line> lines) {
    var rows =
        lines.stream()
            .filter(line -> line.text() != null)
            .map(
                line ->
                    RowFactory.create(
                        line.task().contentKey(),
                        line.text(),
                        line.task().language(),
                        line.task().encoder(),
                        null))
            .toList();
    var encoders = lines.stream().map(line -> line.task().encoder()).distinct().toList();
    var read = new HashMap<String, Float>();
    if (!rows.isEmpty()) {
      reader
          .read(context.settings(), context.spark().createDataFrame(rows, LINES), encoders)
          .select(CONTENT_KEY, TOXICITY)
          .collectAsList()
          .forEach(row -> read.put(row.getString(0), row.getAs(1)));
    }
    return read;
  }

  private Dataset<Row> withAnswers() {
    var answers = context.spark().createDataFrame(answered, ANSWERED);
    var isAnswered = col(ANSWER_CAUSE).isNotNull().or(col(ANSWER).isNotNull());
    var isWritten = col(ANSWER).isNotNull();
    return rows.join(functions.broadcast(answers), new String[] {CONTENT_KEY}, "left")
        .withColumns(
            Map.of(
                GENERATED_TEXT, coalesce(col(ANSWER), col(GENERATED_TEXT)),
                OUTCOME, when(isWritten, Outcome.GENERATED.label()).otherwise(col(OUTCOME)),
                CAUSE, when(isAnswered, col(ANSWER_CAUSE)).otherwise(col(CAUSE)),
                WRITER, when(isWritten, conditions.writer()).otherwise(col(WRITER)),
                MODEL, when(isWritten, conditions.model()).otherwise(col(MODEL)),
                PROMPT_VERSION,
                    when(isWritten, conditions.promptVersion()).otherwise(col(PROMPT_VERSION)),
                PROMPT_TOKENS, coalesce(col(ANSWER + PROMPT_TOKENS), col(PROMPT_TOKENS)),
                ANSWER_TOKENS, coalesce(col(ANSWER + ANSWER_TOKENS), col(ANSWER_TOKENS)),
                COST, coalesce(col(ANSWER + COST), col(COST))));
  }

  /** What a key cost stands in the first of its rows: the sum over rows is what was spent. */
  private static Dataset<Row> paidOnce(Dataset<Row> rows) {
    var first = Window.partitionBy(CONTENT_KEY).orderBy(col(KIND), col(POST_ID), col(USER_ID));
    var isFirst = col(ORDER).equalTo(1);
    return rows.withColumn(ORDER, functions.row_number().over(first))
        .withColumns(
            Map.of(
                PROMPT_TOKENS, when(isFirst, col(PROMPT_TOKENS)).otherwise(lit(0L)),
                ANSWER_TOKENS, when(isFirst, col(ANSWER_TOKENS)).otherwise(lit(0L)),
                COST, when(isFirst, col(COST)).otherwise(lit(0.0))));
  }
}
