package io.nightfeed.reply;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.nightfeed.reply.Suggestion.Origin;
import io.nightfeed.reply.Suggestions.Decision;
import io.nightfeed.run.JobContext;
import io.nightfeed.safety.BlockedTexts;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/**
 * One night's slice of {@link Gold#REPLY_SUGGESTIONS}: whole from the first time that it is
 * published, and published again whenever a batch of replies has come. A run that is stopped keeps
 * all batches that came, and the next one asks for the others alone.
 */
final class RepliesOfNight {
  /** The cause of what is still to be asked of a language model. */
  static final String NOT_ASKED = "not_asked";

  private final JobContext context;
  private final Conditions conditions;
  private final List<Decision> decisions;

  /** What language models made of content keys, in earlier runs and in this one. */
  private final Map<String, Written> written = new HashMap<>();

  private final List<Row> blocked = new ArrayList<>();

  /**
   * @param reply null where the retrieved one stays
   */
  private record Written(Reply reply, Origin origin) {}

  RepliesOfNight(JobContext context, Conditions conditions, List<Decision> decisions) {
    this.context = context;
    this.conditions = conditions;
    this.decisions =
        decisions.stream()
            .sorted(Comparator.comparing(decision -> decision.suggestion().eventId()))
            .toList();
    decisions.forEach(decision -> blocked.addAll(decision.blocked()));
    if (conditions.isChat()) {
      recall();
    }
  }

  /**
   * Of each key the newest that was written up to this night. What the night's own earlier run has
   * stands as it is, what was refused of it as well, and what it blocked; all other has been paid
   * for.
   */
  private void recall() {
    var keys = new TreeSet<String>();
    decisions.stream()
        .filter(decision -> decision.suggestion().isSuggested())
        .forEach(decision -> keys.add(decision.suggestion().contentKey()));
    if (keys.isEmpty()) {
      return;
    }
    var spark = context.spark();
    var wanted = spark.createDataset(List.copyOf(keys), Encoders.STRING()).toDF(CONTENT_KEY);
    var night = lit(java.sql.Date.valueOf(context.runDate()));
    var isRefused =
        col(RUN_DATE)
            .equalTo(night)
            .and(col(CAUSE).isin(ReplyWriter.REFUSALS.toArray()))
            .and(col(PROMPT_TOKENS).plus(col(ANSWER_TOKENS)).gt(0));
    context
        .lake()
        .upTo(Gold.REPLY_SUGGESTIONS, context.runDate())
        .where(col(WRITER).equalTo(Conditions.CHAT).or(isRefused))
        .join(wanted, new String[] {CONTENT_KEY}, "left_semi")
        // Of several rows of one night the one that was paid for.
        .orderBy(col(RUN_DATE).desc(), col(COST).desc(), col(PROMPT_TOKENS).desc(), col(EVENT_ID))
        .collectAsList()
        .forEach(row -> written.putIfAbsent(row.getAs(CONTENT_KEY), written(row)));
    var columns = Silver.BLOCKED_TEXTS.rowSchema().fieldNames();
    blocked.addAll(
        context
            .lake()
            .slice(Silver.BLOCKED_TEXTS, context.runDate())
            .where(col(JOB).equalTo(ReplyJob.NAME))
            .selectExpr(columns)
            .collectAsList());
  }

  private Written written(Row row) {
    boolean isRefused = row.getAs(CAUSE) != null;
    var reply =
        new Reply(
            row.getAs(REPLY),
            row.getAs(SOURCE_KIND),
            List.copyOf(row.<String>getList(row.fieldIndex(SOURCE_IDS))),
            List.copyOf(row.<String>getList(row.fieldIndex(SOURCE_USER_IDS))),
            row.getAs(SIMILARITY));
    var origin =
        new Origin(
            row.getAs(WRITER),
            row.getAs(MODEL),
            row.<Integer>getAs(PROMPT_VERSION),
            row.getAs(CAUSE),
            row.getAs(CONTENT_KEY),
            row.<Long>getAs(PROMPT_TOKENS),
            row.<Long>getAs(ANSWER_TOKENS),
            row.<Double>getAs(COST),
            row.<Boolean>getAs(IS_REUSED));
    boolean isOwn = row.getDate(row.fieldIndex(RUN_DATE)).toLocalDate().equals(context.runDate());
    return new Written(isRefused ? null : reply, isOwn ? origin : origin.costing(0, 0, 0, true));
  }

  /**
   * Suggestions that a language model is still to be asked about, one of each content key: those
   * first whose source is most like the comment, and no more than the budget could ever pay for.
   */
  List<Decision> waiting() {
    var chat = context.settings().chat();
    var keys = new HashSet<String>();
    return decisions.stream()
        .filter(decision -> decision.suggestion().isSuggested())
        .filter(decision -> !written.containsKey(decision.suggestion().contentKey()))
        .filter(decision -> keys.add(decision.suggestion().contentKey()))
        .sorted(
            Comparator.comparing((Decision decision) -> decision.suggestion().reply().similarity())
                .reversed()
                .thenComparing(decision -> decision.suggestion().eventId()))
        .limit(chat.maxTokens() / chat.maxAnswerTokens())
        .toList();
  }

  /** Takes what came of a batch. */
  void keep(List<ReplyWriter.Line> lines) {
    for (var line : lines) {
      var key = line.task().contentKey();
      var origin =
          line.reply() == null
              ? Origin.retrieved(key, line.cause())
              : new Origin(
                  conditions.writer(),
                  conditions.model(),
                  conditions.version(),
                  null,
                  key,
                  0,
                  0,
                  0,
                  false);
      var spent = line.spent();
      var cost = spent.cost(context.settings().chat());
      written.put(
          key,
          new Written(
              line.reply(),
              origin.costing(spent.promptTokens(), spent.answerTokens(), cost, false)));
      for (var reason : line.blocked()) {
        var asked = line.task().asked();
        blocked.add(
            BlockedTexts.row(
                ReplyJob.NAME,
                asked.textHash(),
                BlockedTexts.OUTPUT,
                reason,
                List.of(asked.postId()),
                context.record().runId()));
      }
    }
  }

  /**
   * @param rows of {@link Silver#BLOCKED_TEXTS}
   */
  void block(List<Row> rows) {
    blocked.addAll(rows);
  }

  void publish() {
    var rows = suggestions().stream().map(Suggestion::row).toList();
    context
        .lake()
        .publish(
            Gold.REPLY_SUGGESTIONS,
            context.runDate(),
            context.spark().createDataFrame(rows, Gold.REPLY_SUGGESTIONS.rowSchema()));
    BlockedTexts.publish(
        context.lake(),
        context.runDate(),
        ReplyJob.NAME,
        context.spark().createDataFrame(List.copyOf(blocked), Silver.BLOCKED_TEXTS.rowSchema()));
  }

  /** What a key cost stands in the first of its rows: the sum over rows is what was spent. */
  private List<Suggestion> suggestions() {
    var paid = new HashSet<String>();
    var suggestions = new ArrayList<Suggestion>();
    for (var decision : decisions) {
      var suggestion = decision.suggestion();
      var mine = suggestion.isSuggested() ? written.get(suggestion.contentKey()) : null;
      if (mine != null) {
        boolean isFirst = paid.add(suggestion.contentKey());
        suggestion =
            suggestion.with(
                mine.reply() == null ? suggestion.reply() : mine.reply(),
                isFirst ? mine.origin() : mine.origin().paidElsewhere());
      }
      suggestions.add(suggestion);
    }
    return suggestions;
  }

  /** Tells the run's record what there is. */
  void finish() {
    var counts = new TreeMap<String, Long>();
    long reused = 0;
    long tokens = 0;
    double cost = 0;
    for (var suggestion : suggestions()) {
      var origin = suggestion.origin();
      counts.merge(suggestion.status(), 1L, Long::sum);
      if (suggestion.isSuggested()) {
        counts.merge(origin.outcome(), 1L, Long::sum);
      }
      reused += origin.isReused() ? 1 : 0;
      tokens += origin.promptTokens() + origin.answerTokens();
      cost += origin.cost();
    }
    var record = context.record();
    counts.forEach((name, count) -> record.count("replies." + name, count));
    if (conditions.isChat()) {
      record.count("replies.reused", reused);
      record.count("tokens", tokens);
      record.note("cost", "%.6f".formatted(cost));
    }
  }
}
