package io.nightfeed.recommend;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.inline;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.size;

import io.nightfeed.lake.Consent;
import io.nightfeed.lake.History;
import io.nightfeed.recommend.CandidatePosts.Collected;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Job;
import io.nightfeed.run.JobContext;
import io.nightfeed.run.JobFailure;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import java.util.function.Function;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** The best posts for every active user for the day after the run date, with reasons. */
public final class RecommendJob implements Job {
  /** Partitions per core for the scoring: users differ in how long they take. */
  private static final int PARTITIONS_PER_CORE = 4;

  private final Function<JobContext, ScoringModel> models;

  public RecommendJob() {
    this(PublishedModel::load);
  }

  /**
   * @param models gives the model of a run's night
   */
  RecommendJob(Function<JobContext, ScoringModel> models) {
    this.models = models;
  }

  @Override
  public String name() {
    return "recommend";
  }

  @Override
  public void run(JobContext context) {
    var model = models.apply(context);
    // Each is read several times, and reading it again would deduplicate the whole history again.
    var events =
        History.events(context.lake(), context.runDate())
            .select(USER_ID, POST_ID, ACTION, EVENT_DATE)
            .persist(StorageLevel.MEMORY_AND_DISK());
    var posts =
        History.posts(context.lake(), context.runDate())
            .select(POST_ID, AUTHOR_ID, CREATED_AT, TEXT)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      recommend(context, model, events, posts);
    } finally {
      posts.unpersist();
      events.unpersist();
    }
  }

  private static void recommend(
      JobContext context, ScoringModel model, Dataset<Row> events, Dataset<Row> posts) {
    var settings = context.settings().recommend();
    var safe = safe(events, posts, settings.unsafeReports());
    // A model of an earlier night, kept or gone back to, does not know what was posted since.
    var known = safe.join(model.items().select(POST_ID), new String[] {POST_ID}, "left_semi");
    var collected = candidates(context, model, posts, known);
    var candidates = collected.candidates();
    var funnel = funnel(context, posts.count(), safe.count(), known.count(), candidates.size());
    var signals = context.lake().slice(Silver.USER_ITEM_SIGNALS, context.runDate());
    var users =
        Consent.personalised(
            context.lake(),
            Readers.active(events, context.runDate(), settings.activeDays()),
            USER_ID);
    var requests =
        Readers.requests(
            users,
            model,
            context.lake().slice(Silver.USER_STATES, context.runDate()),
            Readers.exclusions(events, posts, candidates),
            Readers.histories(signals, model, settings.maxSupportingHistory()),
            Readers.tones(signals, model, settings.reranking().negativeValence()));
    var spark = new JavaSparkContext(context.spark().sparkContext());
    var rules =
        new Reranking(
            candidates.vectors(),
            model.contentWidth(),
            collected.facts(),
            settings.reranking(),
            settings.topN(),
            context.runDate());
    var topN = spark.broadcast(new TopN(candidates, Reranking.pool(settings)));
    var reranking = spark.broadcast(rules);
    var figures = RerankingFigures.in(context.spark().sparkContext());
    // Three tables come from the lists, which are made once.
    var lists =
        lists(context, requests, new Lists(topN, reranking, figures, model))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      publishLists(context, explained(lists, posts), model.version());
      publish(context, Gold.CANDIDATE_FUNNEL, funnel.rows(lists), model.version());
      audit(context, lists, rules.tone(), model.version());
    } finally {
      lists.unpersist();
      reranking.destroy();
      topN.destroy();
    }
    figures.note(context.record(), rules.negativeShare());
    count(context, users);
  }

  private static Dataset<Row> safe(Dataset<Row> events, Dataset<Row> posts, int unsafeReports) {
    var unsafe = CandidatePosts.unsafe(events, unsafeReports);
    return posts.join(unsafe, new String[] {POST_ID}, "left_anti");
  }

  private static Collected candidates(
      JobContext context, ScoringModel model, Dataset<Row> posts, Dataset<Row> known) {
    var settings = context.settings().recommend();
    var fresh =
        CandidatePosts.fresh(
            known, context.runDate(), settings.maxPostAgeDays(), settings.minCandidates());
    var collected = CandidatePosts.collect(fresh, model.items(), context.runDate());
    int count = collected.candidates().size();
    if (count == 0) {
      throw new JobFailure(
          ExitCode.DATA_QUALITY,
          ("No post can be recommended for %s: %s holds %,d posts up to that night, and none is"
                  + " created by then, safe (reported by fewer than %d users) and known to model %s."
                  + " Check that posts were ingested and that train ran after them.")
              .formatted(
                  context.runDate(),
                  Silver.POSTS,
                  posts.count(),
                  settings.unsafeReports(),
                  model.version()));
    }
    return collected;
  }

  private static Funnel funnel(JobContext context, long posts, long safe, long known, long all) {
    var funnel = new Funnel(posts, posts - safe, safe - known, known - all);
    context.record().count("posts", funnel.posts());
    context.record().count("posts.unsafe", funnel.unsafe());
    context.record().count("posts.unknown_to_model", funnel.unknown());
    context.record().count("posts.stale", funnel.stale());
    context.record().count("candidates", all);
    return funnel;
  }

  private static Dataset<Row> lists(JobContext context, Dataset<Row> requests, Lists lists) {
    var partitions = context.spark().sparkContext().defaultParallelism() * PARTITIONS_PER_CORE;
    return requests
        .repartition(partitions, col(USER_ID))
        .mapPartitions(lists, Encoders.row(Lists.SCHEMA));
  }

  /** A row for each place, with the reason in words. */
  private static Dataset<Row> explained(Dataset<Row> lists, Dataset<Row> posts) {
    var strongest = col(SUPPORTING_POSTS).getItem(0);
    var excerpts = posts.select(col(POST_ID).as(STRONGEST), Reasons.excerpt(col(TEXT)).as(EXCERPT));
    var reason =
        Reasons.reason(
            col(BEHAVIOUR_SHARE),
            col(IS_NEW_USER),
            col(HAS_MOOD),
            size(col(SUPPORTING_POSTS)).gt(0),
            col(EXCERPT));
    return lists
        .select(col(USER_ID), col(IS_NEW_USER), col(HAS_MOOD), inline(col(LIST)))
        .withColumn(STRONGEST, strongest)
        .join(excerpts, new String[] {STRONGEST}, "left")
        .withColumn(REASON, reason);
  }

  private static long publish(
      JobContext context, TableSpec table, Dataset<Row> rows, String modelVersion) {
    var complete =
        rows.withColumn(MODEL_VERSION, lit(modelVersion))
            .withColumn(RUN_ID, lit(context.record().runId()));
    return context.lake().publish(table, context.runDate(), complete);
  }

  private static void audit(
      JobContext context, Dataset<Row> lists, double[] candidates, String modelVersion) {
    var rows = Amplification.rows(lists, candidates);
    publish(context, Gold.AMPLIFICATION_AUDIT, Amplification.dataset(lists, rows), modelVersion);
    context.record().note("amplification", Amplification.summary(rows));
  }

  private static void publishLists(JobContext context, Dataset<Row> rows, String modelVersion) {
    var lake = context.lake();
    var runDate = context.runDate();
    var written = publish(context, Gold.RECOMMENDATIONS, rows, modelVersion);
    context.record().count("recommendations", written);
    var newest = lake.all(Gold.RECOMMENDATIONS_LATEST).agg(max(RUN_DATE)).first();
    if (!newest.isNullAt(0) && newest.getDate(0).toLocalDate().isAfter(runDate)) {
      context
          .record()
          .note(
              "latest",
              "%s keeps the lists of %s, which are newer than this run's"
                  .formatted(Gold.RECOMMENDATIONS_LATEST, newest.getDate(0)));
      return;
    }
    lake.publish(Gold.RECOMMENDATIONS_LATEST, runDate, lake.slice(Gold.RECOMMENDATIONS, runDate));
  }

  private static void count(JobContext context, Dataset<Row> users) {
    var served =
        context
            .lake()
            .slice(Gold.RECOMMENDATIONS, context.runDate())
            .where(col(RANK).equalTo(1))
            .select(USER_ID, IS_NEW_USER);
    var active = users.count();
    var servedUsers = served.count();
    var record = context.record();
    record.count("users.active", active);
    record.count("users.served", servedUsers);
    record.count("users.new", served.where(col(IS_NEW_USER)).count());
    record.count("users.without_list", active - servedUsers);
    if (active > servedUsers) {
      record.note(
          "users without a list",
          "%,d active users have met or written every candidate; raise recommend.max-post-age-days or recommend.min-candidates to widen the choice"
              .formatted(active - servedUsers));
    }
  }
}
