package io.nightfeed.reply;

import static io.nightfeed.tables.Columns.ANSWER;
import static io.nightfeed.tables.Columns.AUTHOR_ID;
import static io.nightfeed.tables.Columns.CONTEXT;
import static io.nightfeed.tables.Columns.EMBEDDING;
import static io.nightfeed.tables.Columns.ENCODER;
import static io.nightfeed.tables.Columns.EVENT_ID;
import static io.nightfeed.tables.Columns.EVENT_TIME;
import static io.nightfeed.tables.Columns.IS_ANSWERED;
import static io.nightfeed.tables.Columns.LANGUAGE;
import static io.nightfeed.tables.Columns.MODEL_DIGEST;
import static io.nightfeed.tables.Columns.POST_ID;
import static io.nightfeed.tables.Columns.TEXT;
import static io.nightfeed.tables.Columns.TEXT_HASH;
import static io.nightfeed.tables.Columns.TOKENS;
import static io.nightfeed.tables.Columns.TOXICITY;
import static io.nightfeed.tables.Columns.USER_ID;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import io.nightfeed.chat.ChatBudget;
import io.nightfeed.chat.ChatClient;
import io.nightfeed.chat.ChatKey;
import io.nightfeed.lake.Annotations;
import io.nightfeed.lake.Consent;
import io.nightfeed.lake.History;
import io.nightfeed.reply.Suggestions.Decision;
import io.nightfeed.run.Job;
import io.nightfeed.run.JobContext;
import io.nightfeed.safety.TextCheck;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Suggests a reply to every new comment that nobody answered, or says that there is none. People
 * who opted out of personalisation get no suggestions, and nothing that they wrote is read.
 */
public final class ReplyJob implements Job {
  static final String NAME = "reply";

  private final TextReadings reader = new TextReadings();
  private final Map<String, String> environment;

  public ReplyJob() {
    this(System.getenv());
  }

  /**
   * @param environment where the key of the chat server may be
   */
  ReplyJob(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public String name() {
    return NAME;
  }

  /** A reply that was paid for on an earlier night is used again. */
  @Override
  public boolean isOrdered() {
    return true;
  }

  @Override
  public void run(JobContext context) {
    var settings = context.settings().reply();
    var night = context.runDate();
    var since = since(night, settings.historyDays());
    var lake = context.lake();
    var turns =
        Threads.turns(
            Consent.personalised(lake, History.posts(lake, night), AUTHOR_ID),
            Consent.personalised(lake, History.events(lake, night), USER_ID));
    var threads =
        Threads.inOrder(turns, settings.contextTurns())
            .where(col(EVENT_TIME).geq(since).and(col(EVENT_TIME).lt(History.endOf(night))))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      suggest(context, turns, threads);
    } finally {
      threads.unpersist();
    }
  }

  private static Column since(LocalDate night, int days) {
    var first = night.minusDays(days - 1L).atStartOfDay(ZoneOffset.UTC).toInstant();
    return lit(Timestamp.from(first));
  }

  private void suggest(JobContext context, Dataset<Row> turns, Dataset<Row> threads) {
    var settings = context.settings().reply();
    var open =
        newest(
            threads
                .where(col(EVENT_ID).isNotNull().and(not(col(IS_ANSWERED))))
                .where(not(col(USER_ID).eqNullSafe(col(AUTHOR_ID))))
                .where(col(EVENT_TIME).geq(since(context.runDate(), settings.openDays())))
                .select(EVENT_ID, POST_ID, USER_ID, TEXT, TEXT_HASH, CONTEXT, EVENT_TIME),
            settings.maxOpen());
    var sources = open.isEmpty() ? List.<Row>of() : sources(threads, settings.maxSources());
    var texts = texts(context, hashes(open, sources));
    var templates =
        open.isEmpty() || settings.templatesFolder().isEmpty()
            ? TemplateQuestions.NONE
            : TemplateQuestions.read(context, reader);
    var found = new ArrayList<>(templates.sources());
    sources.forEach(row -> texts.source(row, settings.contextDecay()).ifPresent(found::add));
    var asked =
        open.stream()
            .flatMap(row -> texts.asked(row, settings.contextDecay(), templates).stream())
            .toList();
    context.record().count("comments.open", open.size());
    context.record().count("sources", found.size());
    var conditions = Conditions.of(context.settings());
    var replies =
        new RepliesOfNight(context, conditions, decisions(context, conditions, asked, found));
    replies.publish();
    if (conditions.isChat()) {
      write(context, conditions, replies, asked, turns, texts);
    }
    replies.finish();
  }

  /** Has a language model write what is suggested, batch by batch. */
  private void write(
      JobContext context,
      Conditions conditions,
      RepliesOfNight replies,
      List<Asked> asked,
      Dataset<Row> turns,
      ReadingsOfNight texts) {
    var comments = new HashMap<String, Asked>();
    asked.forEach(one -> comments.put(one.eventId(), one));
    var waiting = replies.waiting();
    var check = check(context);
    var threads =
        new ThreadTexts(
            turns,
            waiting.stream().map(one -> comments.get(one.suggestion().eventId())).toList(),
            texts,
            check,
            context.record().runId());
    var tasks = waiting.stream().map(one -> task(one, comments, threads)).toList();
    replies.block(threads.blocked());
    context.record().count("replies.asked", tasks.size());
    var chat = context.settings().chat();
    var client = new ChatClient(chat, ChatKey.load(chat, environment), new ChatBudget(chat));
    var writer = new ReplyWriter(context, conditions, client, reader, check);
    for (int from = 0; from < tasks.size(); from += chat.batch()) {
      replies.keep(writer.write(tasks.subList(from, Math.min(tasks.size(), from + chat.batch()))));
      replies.publish();
    }
  }

  private static ReplyTask task(
      Decision decision, Map<String, Asked> comments, ThreadTexts threads) {
    var comment = comments.get(decision.suggestion().eventId());
    return new ReplyTask(
        decision.suggestion().contentKey(), comment, threads.readable(comment), decision.quotes());
  }

  private static TextCheck check(JobContext context) {
    return new TextCheck(context.settings().safety().maxToxicity());
  }

  /** Answers that comments got, and posts. */
  private static List<Row> sources(Dataset<Row> threads, int most) {
    var answers =
        threads
            .where(col(ANSWER).isNotNull())
            .select(
                col(EVENT_ID),
                col(POST_ID),
                col(ANSWER).getField(USER_ID).as(USER_ID),
                col(ANSWER).getField(TEXT).as(TEXT),
                col(ANSWER).getField(TEXT_HASH).as(TEXT_HASH),
                col(CONTEXT),
                col(EVENT_TIME),
                col(ANSWER).getField(EVENT_ID).as(ANSWER));
    var posts =
        threads
            .where(col(EVENT_ID).isNull())
            .select(
                col(EVENT_ID),
                col(POST_ID),
                col(USER_ID),
                col(TEXT),
                col(TEXT_HASH),
                col(CONTEXT),
                col(EVENT_TIME),
                lit(null).cast("string").as(ANSWER));
    return newest(answers.unionByName(posts), most);
  }

  private static List<Row> newest(Dataset<Row> rows, int most) {
    return rows.orderBy(col(EVENT_TIME).desc(), col(POST_ID), col(EVENT_ID))
        .limit(most)
        .collectAsList();
  }

  private static Set<String> hashes(List<Row> open, List<Row> sources) {
    var hashes = new HashSet<String>();
    for (var rows : List.of(open, sources)) {
      for (var row : rows) {
        hashes.add(row.getAs(TEXT_HASH));
        hashes.addAll(row.getList(row.fieldIndex(CONTEXT)));
      }
    }
    return hashes;
  }

  private static ReadingsOfNight texts(JobContext context, Set<String> hashes) {
    if (hashes.isEmpty()) {
      return new ReadingsOfNight(List.of());
    }
    var wanted =
        context.spark().createDataset(List.copyOf(hashes), Encoders.STRING()).toDF(TEXT_HASH);
    return new ReadingsOfNight(
        Annotations.current(context.lake(), context.runDate())
            .join(wanted, new String[] {TEXT_HASH}, "left_semi")
            .select(TEXT_HASH, LANGUAGE, ENCODER, MODEL_DIGEST, TOXICITY, TOKENS, EMBEDDING)
            .orderBy(TEXT_HASH)
            .collectAsList());
  }

  private static List<Decision> decisions(
      JobContext context, Conditions conditions, List<Asked> asked, List<Source> sources) {
    if (asked.isEmpty()) {
      return List.of();
    }
    var settings = context.settings();
    var spark = new JavaSparkContext(context.spark().sparkContext());
    var suggestions =
        spark.broadcast(
            new Suggestions(
                new Retrieval(sources, settings.reply().wordingShare()),
                settings.reply(),
                conditions,
                check(context),
                context.record().runId()));
    try {
      return spark.parallelize(asked).map(one -> suggestions.value().decide(one)).collect();
    } finally {
      suggestions.destroy();
    }
  }
}
