package io.nightfeed.train;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import io.nightfeed.evaluate.ModelGate;
import io.nightfeed.evaluate.ModelGate.Champion;
import io.nightfeed.evaluate.ModelGate.Verdict;
import io.nightfeed.interest.InterestModel;
import io.nightfeed.interest.InterestModelEstimator;
import io.nightfeed.interest.ModelFolder;
import io.nightfeed.interest.NightlyFit;
import io.nightfeed.interest.ServingModel;
import io.nightfeed.interest.ServingModel.Decision;
import io.nightfeed.lake.Annotations;
import io.nightfeed.lake.Consent;
import io.nightfeed.lake.History;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Job;
import io.nightfeed.run.JobContext;
import io.nightfeed.run.JobFailure;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Fits the interest model to what is known at the end of the run date, stores it whole and lets it
 * serve if it is good enough; otherwise the one that served before goes on to.
 */
public final class TrainJob implements Job {
  private static final String EVERYONE = "all";

  @Override
  public String name() {
    return "train";
  }

  /** A model is compared with the one that served before. */
  @Override
  public boolean isOrdered() {
    return true;
  }

  @Override
  public void run(JobContext context) {
    var lake = context.lake();
    var posts = History.posts(lake, context.runDate());
    // Asked again: somebody may have opted out since profile ran.
    var signals =
        Consent.personalised(
            lake, lake.slice(Silver.USER_ITEM_SIGNALS, context.runDate()), USER_ID);
    requireInput(context, posts, signals);

    var settings = context.settings().train();
    var champion = ServingModel.before(lake, context.runDate());
    var serving = champion.map(one -> one.load(lake));
    var model =
        NightlyFit.estimator(settings)
            .setHeldOutShare(settings.gate().heldOutShare())
            .fit(
                NightlyFit.rows(posts, Annotations.current(lake, context.runDate()), signals),
                settings.warmStart() ? serving : Optional.empty());
    noteStart(context, champion, model);
    var folder = new ModelFolder(lake.root(), context.runDate());
    var version = folder.publish(model);
    context.record().note("model", folder.path(version).toString());
    var verdict =
        ModelGate.judge(
            signals,
            model,
            champion.map(one -> new Champion(serving.orElseThrow(), one.trainedOn())),
            settings.gate(),
            context.settings().smallGroups());
    publishFigures(context, version, figures(model), verdict);
    noteForgetting(context, champion, verdict);
    serve(context, new ServingModel(context.runDate(), version), champion, verdict);
    // The one just trained stays even if refused: an operator may look at it, or let it serve.
    var kept = new ArrayList<>(ServingModel.versionsOf(lake, context.runDate()));
    kept.add(version);
    folder.keepOnly(kept);
  }

  private static void noteStart(
      JobContext context, Optional<ServingModel> champion, InterestModel model) {
    var settings = context.settings().train();
    if (settings.warmStart()) {
      var found =
          model.summary().isWarm()
              ? "warm, from %s: " + settings.warmIterations() + " alternations"
              : "cold: %s has another rank, or learned from the other kind of logs";
      var version = champion.map(ServingModel::version);
      context
          .record()
          .note("start", version.map(found::formatted).orElse("cold: no model served before"));
    }
  }

  /** What the model lost of what the one before it knew. */
  private static void noteForgetting(
      JobContext context, Optional<ServingModel> champion, Verdict verdict) {
    verdict
        .older()
        .ifPresent(
            difference ->
                context
                    .record()
                    .note(
                        "forgetting",
                        "on engagements held out that %s was judged by, AUC less that model's is %.4f [%.4f, %.4f]"
                            .formatted(
                                champion.orElseThrow().version(),
                                difference.mean(),
                                difference.low(),
                                difference.high())));
  }

  private static void serve(
      JobContext context,
      ServingModel candidate,
      Optional<ServingModel> champion,
      Verdict verdict) {
    if (!verdict.isJudged()) {
      var why =
          "Fewer engagements are held out than train.gate.min-pairs = %d: too few to judge by"
              .formatted(context.settings().train().gate().minPairs());
      context.record().note("gate", why);
      serve(context, candidate, Decision.UNJUDGED, why);
      return;
    }
    if (verdict.isAccepted()) {
      serve(context, candidate, Decision.ACCEPTED, "It passed the gate");
      return;
    }
    var why =
        "Model %s may not serve: %s"
            .formatted(candidate.version(), String.join("; ", verdict.refusals()));
    if (champion.isEmpty()) {
      throw new JobFailure(
          ExitCode.DATA_QUALITY,
          why
              + ". No earlier model serves in its place. Look at what arrived (the night's report, %s), or lower what train.gate asks."
                  .formatted(Silver.QUARANTINE));
    }
    serve(context, champion.get(), Decision.CHAMPION_KEPT, why);
    context.record().refuse(why + ". " + champion.get().version() + " goes on serving");
  }

  private static void serve(
      JobContext context, ServingModel model, Decision decision, String reason) {
    model.serve(
        context.spark(),
        context.lake(),
        context.runDate(),
        decision,
        reason,
        context.record().runId());
    context.record().note("serving", model.version());
  }

  private static void requireInput(JobContext context, Dataset<Row> posts, Dataset<Row> signals) {
    if (posts.isEmpty()) {
      throw new JobFailure(
          ExitCode.DATA_QUALITY,
          "No post is known up to %s, so there is nothing to recommend: %s is empty. Deliver posts"
                  .formatted(context.runDate(), context.lake().location(Silver.POSTS))
              + " to <raw>/posts/<run date>/ and run ingest again.");
    }
    double share = context.settings().train().gate().heldOutShare();
    var isHeldOut = InterestModelEstimator.isHeldOut(col(USER_ID), col(POST_ID), share);
    if (signals.where(col(ENGAGEMENT).gt(0).and(not(isHeldOut))).isEmpty()) {
      throw new JobFailure(
          ExitCode.DATA_QUALITY,
          "No user engaged with any known post up to %s, so there is nothing to learn from: no"
                  .formatted(context.runDate())
              + " row of "
              + context.lake().location(Silver.USER_ITEM_SIGNALS)
              + " for this night has engagement and is not held out (train.gate.held-out-share)."
              + " Check that ingest and profile ran, and that events name posts that were"
              + " delivered.");
    }
  }

  private static Map<String, Double> figures(InterestModel model) {
    var summary = model.summary();
    var effect = model.emotionEffect();
    var figures = new LinkedHashMap<String, Double>();
    figures.put("users", (double) summary.users());
    figures.put("posts", (double) summary.posts());
    figures.put("touched_posts", (double) summary.touchedPosts());
    figures.put("interactions", (double) summary.interactions());
    figures.put("engagement_rate", summary.engagementRate());
    figures.put("log_likelihood_per_impression", summary.logLikelihood());
    figures.put("null_log_likelihood_per_impression", summary.nullLogLikelihood());
    figures.put("emotion_effect", effect.estimate());
    figures.put("emotion_effect_standard_error", effect.standardError());
    figures.put("emotion_effect_z", effect.z());
    return figures;
  }

  private static void publishFigures(
      JobContext context, String version, Map<String, Double> figures, Verdict verdict) {
    var all = new LinkedHashMap<String, Map<String, Double>>();
    figures.forEach((metric, value) -> all.put(metric, Map.of(EVERYONE, value)));
    all.putAll(verdict.figures());
    var rows = new ArrayList<Row>();
    all.forEach(
        (metric, bySegment) ->
            bySegment.forEach(
                (segment, value) ->
                    rows.add(
                        RowFactory.create(
                            version,
                            metric,
                            segment,
                            Double.isFinite(value) ? value : null,
                            context.record().runId()))));
    var schema =
        new StructType()
            .add(MODEL_VERSION, DataTypes.StringType)
            .add(METRIC, DataTypes.StringType)
            .add(SEGMENT, DataTypes.StringType)
            .add(VALUE, DataTypes.DoubleType)
            .add(RUN_ID, DataTypes.StringType);
    context
        .lake()
        .publish(
            Gold.MODEL_EVALUATIONS,
            context.runDate(),
            context.spark().createDataFrame(List.copyOf(rows), schema));
    for (var count : List.of("users", "posts", "interactions")) {
      context.record().count(count, figures.get(count).longValue());
    }
    context
        .record()
        .note(
            "emotion effect",
            "%.3f (standard error %.3f)"
                .formatted(
                    figures.get("emotion_effect"), figures.get("emotion_effect_standard_error")));
  }
}
