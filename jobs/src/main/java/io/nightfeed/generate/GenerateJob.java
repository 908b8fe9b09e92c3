package io.nightfeed.generate;

import static io.nightfeed.tables.Columns.*;
import static io.nightfeed.tables.SparkFunctions.count_if;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.sum;

import io.nightfeed.chat.ChatBudget;
import io.nightfeed.chat.ChatClient;
import io.nightfeed.chat.ChatKey;
import io.nightfeed.lake.Annotations;
import io.nightfeed.lake.Consent;
import io.nightfeed.lake.History;
import io.nightfeed.run.Job;
import io.nightfeed.run.JobContext;
import io.nightfeed.safety.BlockReason;
import io.nightfeed.safety.BlockedTexts;
import io.nightfeed.safety.TextCheck;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Teasers of recommended posts, and reasons for the first places of lists, in words. */
public final class GenerateJob implements Job {
  static final String NAME = "generate";

  private final TextReader reader = new TextReader();
  private final LocalModels models = new LocalModels();
  private final Map<String, String> environment;

  public GenerateJob() {
    this(System.getenv());
  }

  /**
   * @param environment where the key of the chat server may be
   */
  GenerateJob(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public String name() {
    return NAME;
  }

  /** What an earlier night generated is used again. */
  @Override
  public boolean isOrdered() {
    return true;
  }

  @Override
  public void run(JobContext context) {
    var settings = context.settings().generate();
    var lake = context.lake();
    var night = context.runDate();
    var conditions = Conditions.of(context.settings());
    // Early: without its model or key there is nothing to begin with.
    var writer = writer(context, conditions);
    var check = new TextCheck(context.settings().safety().maxToxicity());
    // People may have opted out since their lists were made.
    var lists = Consent.personalised(lake, lake.slice(Gold.RECOMMENDATIONS, night), USER_ID);
    var picks =
        lists
            .where(col(RANK).leq(settings.topPicks()))
            .select(USER_ID, POST_ID, SUPPORTING_POSTS, REASON, BEHAVIOUR_SHARE);
    var recommended = lists.groupBy(POST_ID).agg(count(lit(1)).as(LISTS)).cache();
    var supports =
        picks.select(col(SUPPORTING_POSTS).getItem(0).as(POST_ID)).where(col(POST_ID).isNotNull());
    var sources =
        Sources.checked(
                History.posts(lake, night),
                Annotations.current(lake, night),
                recommended.select(POST_ID).union(supports).distinct(),
                check)
            .cache();
    var earlier = GeneratedTexts.earlier(lake.upTo(Gold.GENERATED_TEXTS, night), night).cache();
    try {
      var posts =
          sources
              .join(recommended, POST_ID)
              .transform(rows -> GeneratedTexts.keyed(rows, GeneratedTexts.TEASER, conditions));
      var extracted = extracted(context, unknown(posts, earlier), check).cache();
      var places =
          GeneratedTexts.supported(picks, sources)
              .transform(
                  rows -> GeneratedTexts.keyed(rows, GeneratedTexts.REASON_KIND, conditions));
      var rows =
          GeneratedTexts.teasers(posts, earlier, extracted, conditions)
              .unionByName(GeneratedTexts.reasons(places, earlier, conditions), true)
              .withColumn(RUN_ID, lit(context.record().runId()))
              .cache();
      var slice = new GeneratedNight(context, reader, check, conditions, rows);
      slice.publish(blocked(context, sources, extracted, posts));
      writer.ifPresent(slice::write);
      note(context);
      rows.unpersist();
      extracted.unpersist();
    } finally {
      earlier.unpersist();
      sources.unpersist();
      recommended.unpersist();
    }
  }

  /** The language model, where one writes. */
  private Optional<LineWriter> writer(JobContext context, Conditions conditions) {
    var settings = context.settings();
    return switch (settings.generate().writer()) {
      case EXTRACTIVE -> Optional.empty();
      case CHAT -> {
        var chat = settings.chat();
        var client = new ChatClient(chat, ChatKey.load(chat, environment), new ChatBudget(chat));
        yield Optional.of(new ChatWriter(client, conditions, chat));
      }
      case SPARK_NLP -> {
        var model =
            models.load(context.spark(), settings.modelsFolder(), settings.generate().sparkNlp());
        yield Optional.of(new SparkNlpWriter(context.spark(), model, conditions, settings));
      }
    };
  }

  /** Texts that may be read, and that nothing was generated for yet, each once. */
  private static Dataset<Row> unknown(Dataset<Row> posts, Dataset<Row> earlier) {
    return posts
        .where(size(col(REASONS)).equalTo(0))
        .join(earlier, new String[] {CONTENT_KEY}, "left_anti")
        .select(TEXT_HASH, TEXT, LANGUAGE, ENCODER, SENTENCES, TOXICITY, WHOLE_VECTOR)
        .dropDuplicates(TEXT_HASH);
  }

  private Dataset<Row> extracted(JobContext context, Dataset<Row> texts, TextCheck check) {
    var settings = context.settings();
    var pieces = ExtractiveTeasers.pieces(texts, settings.generate()).cache();
    var read = reader.readPieces(context.spark(), settings, pieces);
    return ExtractiveTeasers.chosen(read, check, settings.generate().maxCharacters());
  }

  /** Rows of what may not be read, and of what may not be shown of what may be read. */
  private static Dataset<Row> blocked(
      JobContext context, Dataset<Row> sources, Dataset<Row> extracted, Dataset<Row> posts) {
    var output =
        posts
            .select(POST_ID, TEXT_HASH)
            .join(extracted.where(col(PIECE).isNull()), TEXT_HASH)
            .withColumn(PLACE, lit(BlockedTexts.OUTPUT));
    return sources
        .where(col(TEXT_HASH).isNotNull())
        .select(POST_ID, TEXT_HASH, REASONS)
        .withColumn(PLACE, lit(BlockedTexts.INPUT))
        .unionByName(output.drop(PIECE))
        .select(col(POST_ID), col(TEXT_HASH), col(PLACE), explode(col(REASONS)).as(REASON))
        .where(col(REASON).notEqual(BlockReason.EMPTY.label()))
        .groupBy(TEXT_HASH, PLACE, REASON)
        .agg(sort_array(collect_set(POST_ID)).as(SOURCE_IDS))
        .withColumn(JOB, lit(NAME))
        .withColumn(RUN_ID, lit(context.record().runId()));
  }

  private static void note(JobContext context) {
    var record = context.record();
    var slice = context.lake().slice(Gold.GENERATED_TEXTS, context.runDate());
    var counted =
        slice
            .groupBy(KIND, OUTCOME)
            .agg(
                count(lit(1)),
                count_if(col(IS_REUSED)),
                coalesce(sum(col(PROMPT_TOKENS).plus(col(ANSWER_TOKENS))), lit(0L)),
                sum(COST))
            .orderBy(col(KIND).desc(), col(OUTCOME).desc())
            .collectAsList();
    double cost = 0;
    long tokens = 0;
    long reused = 0;
    for (var row : counted) {
      record.count("%ss.%s".formatted(row.getString(0), row.getString(1)), row.getLong(2));
      reused += row.getLong(3);
      tokens += row.getLong(4);
      cost += row.getDouble(5);
    }
    record.count("texts.reused", reused);
    record.count(
        "texts.blocked",
        context
            .lake()
            .slice(Silver.BLOCKED_TEXTS, context.runDate())
            .where(col(JOB).equalTo(NAME))
            .count());
    if (tokens > 0) {
      record.count("tokens", tokens);
      record.note("cost", "%.6f".formatted(cost));
    }
  }
}
