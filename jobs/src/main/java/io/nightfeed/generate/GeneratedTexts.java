package io.nightfeed.generate;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.nightfeed.interest.Reasons;
import io.nightfeed.safety.BlockReason;
import io.nightfeed.tables.Gold;
import java.sql.Date;
import java.time.LocalDate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** The rows of {@link Gold#GENERATED_TEXTS}, before a language model has a part in them. */
final class GeneratedTexts {
  static final String TEASER = "teaser";
  static final String REASON_KIND = "reason";
  static final String TEMPLATE = "template";

  /** Raised when words of ours change. */
  private static final int TEMPLATE_RULES = 1;

  private static final String TEASER_TEMPLATE = "A post picked for you";
  private static final String CHINESE_TEASER_TEMPLATE = "为你挑选的一条内容";

  /** A supporting post whose author left since the list was made. */
  private static final String GONE = "source_gone";

  /** What is still to be asked of a language model. */
  static final String NOT_ASKED = "not_asked";

  /** The post that speaks most for a recommendation, where any does. */
  static final String SUPPORT = "support";

  private GeneratedTexts() {}

  /** Adds {@code content_key}: what is generated once. */
  static Dataset<Row> keyed(Dataset<Row> rows, String kind, Conditions conditions) {
    var parts =
        functions.array(
            lit(kind),
            coalesce(col(TEXT_HASH), lit("")),
            coalesce(col(LANGUAGE), lit("")),
            coalesce(col(TOPIC), lit("")),
            lit(conditions.tone()),
            lit(String.valueOf(conditions.maxCharacters())),
            lit(conditions.writer()),
            lit(conditions.model()),
            lit(String.valueOf(conditions.promptVersion())));
    return rows.withColumn(CONTENT_KEY, sha2(concat_ws("\u0000", parts), 256));
  }

  /**
   * What was generated up to a night, by {@code content_key}, the newest of each; what the night's
   * own earlier run paid for stands as it is, all other has been paid for. What cost nothing is
   * used again wherever an earlier night has it, though that night was run later.
   */
  static Dataset<Row> earlier(Dataset<Row> generated, LocalDate night) {
    var isOwn = col(RUN_DATE).equalTo(lit(Date.valueOf(night)));
    var part =
        struct(
            col(GENERATED_TEXT),
            col(WRITER),
            col(MODEL),
            col(PROMPT_VERSION),
            when(isOwn, col(PROMPT_TOKENS)).otherwise(lit(0L)).as(PROMPT_TOKENS),
            when(isOwn, col(ANSWER_TOKENS)).otherwise(lit(0L)).as(ANSWER_TOKENS),
            when(isOwn, col(COST)).otherwise(lit(0.0)).as(COST));
    var isFree = col(PROMPT_TOKENS).plus(col(ANSWER_TOKENS)).equalTo(0);
    return generated
        .where(col(OUTCOME).equalTo(Outcome.GENERATED.label()))
        .where(col(WRITER).notEqual(TEMPLATE))
        .groupBy(CONTENT_KEY)
        // Of several rows of one night the one that was paid for.
        .agg(
            max_by(part, struct(col(RUN_DATE), col(COST), col(GENERATED_TEXT))).as(PART),
            max(not(isOwn)).as(IS_REUSED))
        .select(CONTENT_KEY, PART + ".*", IS_REUSED)
        .withColumn(IS_REUSED, col(IS_REUSED).and(isFree));
  }

  /**
   * Teasers of all posts.
   *
   * @param posts of {@link Sources#checked}, keyed
   * @param earlier of {@link #earlier}
   * @param extracted of {@link ExtractiveTeasers#chosen}, for those that are in none of the others
   */
  static Dataset<Row> teasers(
      Dataset<Row> posts, Dataset<Row> earlier, Dataset<Row> extracted, Conditions conditions) {
    var joined =
        posts
            .join(earlier, new String[] {CONTENT_KEY}, "left")
            .join(
                extracted.select(col(TEXT_HASH), col(PIECE), col(REASONS).as(CAUSE)),
                new String[] {TEXT_HASH},
                "left");
    var isEmpty = array_contains(col(REASONS), BlockReason.EMPTY.label());
    var isBlocked = size(col(REASONS)).gt(0);
    var isCopied = col(PIECE).isNotNull();
    var template =
        when(col(LANGUAGE).equalTo("zh"), CHINESE_TEASER_TEMPLATE).otherwise(TEASER_TEMPLATE);
    var whyNotCopied =
        when(size(col(CAUSE)).gt(0), concat_ws(",", col(CAUSE)))
            .otherwise(BlockReason.EMPTY.label());
    var isAsked = lit(conditions.isWritten());
    var copied =
        line(
            col(PIECE),
            when(isAsked, Outcome.FALLBACK.label()).otherwise(Outcome.GENERATED.label()),
            when(isAsked, NOT_ASKED),
            lit(ExtractiveTeasers.WRITER_NAME),
            col(ENCODER),
            ExtractiveTeasers.RULES);
    var line =
        when(isEmpty, template(template, Outcome.FALLBACK, lit(BlockReason.EMPTY.label())))
            .when(isBlocked, template(template, Outcome.BLOCKED, concat_ws(",", col(REASONS))))
            .when(col(GENERATED_TEXT).isNotNull(), known())
            .when(isCopied, copied)
            .otherwise(template(template, Outcome.FALLBACK, whyNotCopied));
    return completed(joined, line, conditions)
        .withColumn(KIND, lit(TEASER))
        .withColumn(USER_ID, lit(null).cast("string"))
        .withColumn(SOURCE_IDS, array(col(POST_ID)));
  }

  /**
   * Reasons of the first places: those of {@code gold.recommendations}, without the excerpt where
   * the post that it quotes may not be quoted.
   *
   * @param picks of {@link #supported}, keyed
   * @param earlier of {@link #earlier}
   */
  static Dataset<Row> reasons(Dataset<Row> picks, Dataset<Row> earlier, Conditions conditions) {
    var joined = picks.join(earlier, new String[] {CONTENT_KEY}, "left");
    var isGone = col(SUPPORT).isNotNull().and(col(REASONS).isNull());
    var isBlocked = size(col(REASONS)).gt(0);
    var isAsked = lit(conditions.isWritten()).and(col(TEXT).isNotNull());
    var unquoted = Reasons.withoutExcerpt(col(REASON));
    var line =
        when(isGone, template(unquoted, Outcome.FALLBACK, lit(GONE)))
            .when(isBlocked, template(unquoted, Outcome.BLOCKED, concat_ws(",", col(REASONS))))
            .when(isAsked.and(col(GENERATED_TEXT).isNotNull()), known())
            .when(isAsked, template(col(REASON), Outcome.FALLBACK, lit(NOT_ASKED)))
            .otherwise(template(col(REASON), Outcome.GENERATED, lit(null).cast("string")));
    return completed(joined, line, conditions)
        .withColumn(KIND, lit(REASON_KIND))
        .withColumn(
            SOURCE_IDS,
            when(col(SUPPORT).isNull().or(isGone).or(coalesce(isBlocked, lit(false))), array())
                .otherwise(array(col(SUPPORT)))
                .cast("array<string>"));
  }

  /**
   * First places with the post that speaks most for each, and what carries it most as the topic.
   *
   * @param picks places with {@code supporting_posts}, {@code reason} and {@code behaviour_share}
   * @param sources of {@link Sources#checked}
   */
  static Dataset<Row> supported(Dataset<Row> picks, Dataset<Row> sources) {
    var hasMood = col(REASON).endsWith("your mood)");
    // A post without words supports as well as any, and there is nothing in it to quote.
    var reasons =
        functions.filter(col(REASONS), reason -> reason.notEqual(BlockReason.EMPTY.label()));
    var support =
        sources.select(
            col(POST_ID).as(SUPPORT),
            col(TEXT_HASH),
            col(TEXT),
            col(LANGUAGE),
            col(ENCODER),
            reasons.as(REASONS));
    return picks
        .withColumn(SUPPORT, col(SUPPORTING_POSTS).getItem(0))
        .join(support, new String[] {SUPPORT}, "left")
        .withColumn(
            TOPIC,
            when(col(BEHAVIOUR_SHARE).geq(0.5), Prompts.INTERESTS)
                .when(hasMood, Prompts.MOOD)
                .otherwise(Prompts.APPEAL));
  }

  /** What may be in a row, whoever wrote it. */
  private static Column line(
      Column text, Column outcome, Column cause, Column writer, Column model, int version) {
    return struct(
        text.as(GENERATED_TEXT),
        outcome.as(OUTCOME),
        cause.cast("string").as(CAUSE),
        writer.as(WRITER),
        model.as(MODEL),
        lit(version).as(PROMPT_VERSION),
        lit(0L).as(PROMPT_TOKENS),
        lit(0L).as(ANSWER_TOKENS),
        lit(0.0).as(COST),
        lit(false).as(IS_REUSED));
  }

  private static Column template(Column text, Outcome outcome, Column cause) {
    var template = lit(TEMPLATE);
    return line(text, lit(outcome.label()), cause, template, template, TEMPLATE_RULES);
  }

  private static Column known() {
    return struct(
        col(GENERATED_TEXT),
        lit(Outcome.GENERATED.label()).as(OUTCOME),
        lit(null).cast("string").as(CAUSE),
        col(WRITER),
        col(MODEL),
        col(PROMPT_VERSION),
        col(PROMPT_TOKENS),
        col(ANSWER_TOKENS),
        col(COST),
        col(IS_REUSED));
  }

  private static Dataset<Row> completed(Dataset<Row> rows, Column line, Conditions conditions) {
    return rows.withColumn(PART, line)
        .drop(
            GENERATED_TEXT,
            CAUSE,
            WRITER,
            MODEL,
            PROMPT_VERSION,
            PROMPT_TOKENS,
            ANSWER_TOKENS,
            COST,
            IS_REUSED)
        .select(col("*"), col(PART + ".*"))
        .withColumn(TONE, lit(conditions.tone()))
        .withColumn(MAX_CHARACTERS, lit(conditions.maxCharacters()));
  }
}
