package io.nightfeed.recommend;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;

import io.nightfeed.config.Settings;
import io.nightfeed.interest.Reasons;
import io.nightfeed.lake.Consent;
import io.nightfeed.lake.History;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Job;
import io.nightfeed.run.JobContext;
import io.nightfeed.run.JobFailure;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.SparkFunctions;
import io.nightfeed.tables.TableSpec;
import java.time.LocalDate;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** The best posts for every active user for the day after the run date, with reasons. */
public final class RecommendJob implements Job {
  /** Partitions per core for the scoring: users differ in how long they take. */
  private static final int PARTITIONS_PER_CORE = 4;

  /** Nights of a backfill that run at once take turns at the table of the latest lists. */
  private static final Object LATEST = new Object();

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
    try (var blocks = candidates(context, model, posts, known)) {
      var funnel = funnel(context, posts.count(), safe.count(), known.count(), blocks.size());
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
              Readers.exclusions(events, posts, blocks.postIds()));
      recommend(context, model, posts, blocks, requests, funnel);
      count(context, users);
    }
  }

  /** Makes the lists, block after block of posts, and publishes them. */
  private static void recommend(
      JobContext context,
      ScoringModel model,
      Dataset<Row> posts,
      PostBlocks blocks,
      Dataset<Row> requests,
      Funnel funnel) {
    var settings = context.settings().recommend();
    var tone = new ToneSum(settings.reranking().negativeValence());
    var carried = blocks.count() > 1 ? partitioned(context, requests) : requests;
    for (int block = 0; block < blocks.count() - 1; block++) {
      carried = EarlierBlock.carry(carried, topN(blocks.block(block), settings, tone), model);
    }
    var spark = context.spark().sparkContext();
    var last =
        new JavaSparkContext(spark)
            .broadcast(topN(blocks.block(blocks.count() - 1), settings, tone));
    var rules =
        new Reranking(
            BestPosts.NONE.vectors(),
            model.contentWidth(),
            BestPosts.NONE.facts(),
            settings.reranking(),
            settings.topN(),
            context.runDate(),
            tone);
    var figures = RerankingFigures.in(spark);
    var scoring = new Scoring(last, model);
    // Three tables come from the lists, which are made once.
    var lists =
        partitioned(context, withHistories(context, model, carried))
            .mapPartitions(
                new Lists(scoring, blocks.size(), rules, figures, model.contentWidth()),
                SparkFunctions.rowEncoder(Lists.SCHEMA))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      // Lists are held against the funnel when they are published.
      publish(context, Gold.CANDIDATE_FUNNEL, funnel.rows(lists), model.version());
      publishLists(context, explained(lists, posts), model.version());
      audit(context, lists, rules.tone(), model.version());
    } finally {
      lists.unpersist();
      last.destroy();
    }
    figures.note(context.record(), rules.negativeShare(), context.settings().smallGroups());
  }

  /** Of a block, whose posts are added to what all candidates feel like. */
  private static TopN topN(PostBlock block, Settings.Recommend settings, ToneSum tone) {
    tone.add(block.facts(), IntStream.range(0, block.facts().size()));
    return new TopN(block, Reranking.pool(settings));
  }

  private static Dataset<Row> withHistories(
      JobContext context, ScoringModel model, Dataset<Row> users) {
    var settings = context.settings().recommend();
    var signals = context.lake().slice(Silver.USER_ITEM_SIGNALS, context.runDate());
    return Readers.withHistories(
        users,
        Readers.histories(signals, model, settings.maxSupportingHistory()),
        Readers.tones(signals, model, settings.reranking().negativeValence()));
  }

  private static Dataset<Row> safe(Dataset<Row> events, Dataset<Row> posts, int unsafeReports) {
    var unsafe = CandidatePosts.unsafe(events, unsafeReports);
    return posts.join(unsafe, new String[] {POST_ID}, "left_anti");
  }

  private static PostBlocks candidates(
      JobContext context, ScoringModel model, Dataset<Row> posts, Dataset<Row> known) {
    var settings = context.settings().recommend();
    var fresh =
        CandidatePosts.fresh(
            known, context.runDate(), settings.maxPostAgeDays(), settings.minCandidates());
    var blocks = PostBlocks.of(fresh, model.items(), context.runDate(), settings.postsPerBlock());
    if (blocks.size() == 0) {
      blocks.close();
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
    return blocks;
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

  private static Dataset<Row> partitioned(JobContext context, Dataset<Row> users) {
    var partitions = context.spark().sparkContext().defaultParallelism() * PARTITIONS_PER_CORE;
    return users.repartition(partitions, col(USER_ID));
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
        .select(col(USER_ID), col(IS_NEW_USER), col(HAS_MOOD), explode(col(LIST)).as(LIST))
        .select(col(USER_ID), col(IS_NEW_USER), col(HAS_MOOD), col(LIST + ".*"))
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
    var groups = context.settings().smallGroups();
    var rows = Amplification.rows(lists, candidates, groups);
    publish(context, Gold.AMPLIFICATION_AUDIT, Amplification.dataset(lists, rows), modelVersion);
    context.record().note("amplification", Amplification.summary(rows, groups));
  }

  private static void publishLists(JobContext context, Dataset<Row> rows, String modelVersion) {
    var lake = context.lake();
    var runDate = context.runDate();
    var written = publish(context, Gold.RECOMMENDATIONS, rows, modelVersion);
    context.record().count("recommendations", written);
    var newest = publishLatest(lake, runDate);
    if (newest.isAfter(runDate)) {
      context
          .record()
          .note(
              "latest",
              "%s keeps the lists of %s, which are newer than this run's"
                  .formatted(Gold.RECOMMENDATIONS_LATEST, newest));
    }
  }

  /**
   * Publishes the night's lists once more, unless another night's are newer: those of a run, too,
   * that has not ended, which publishes them itself.
   *
   * @return the last night that has lists
   */
  private static LocalDate publishLatest(Lake lake, LocalDate runDate) {
    synchronized (LATEST) {
      var newest = lake.newestNight(Gold.RECOMMENDATIONS).orElse(runDate);
      if (!newest.isAfter(runDate)) {
        lake.publish(
            Gold.RECOMMENDATIONS_LATEST, runDate, lake.slice(Gold.RECOMMENDATIONS, runDate));
      }
      return newest;
    }
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
          "%s active users have met or written every candidate; raise recommend.max-post-age-days or recommend.min-candidates to widen the choice"
              .formatted(context.settings().smallGroups().count(active - servedUsers)));
    }
  }
}
