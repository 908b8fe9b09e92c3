package io.nightfeed.train;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_repeat;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;

import io.nightfeed.config.Settings;
import io.nightfeed.interest.Intensities;
import io.nightfeed.interest.InterestModel;
import io.nightfeed.interest.InterestModelEstimator;
import io.nightfeed.interest.ModelFolder;
import io.nightfeed.lake.Annotations;
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
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Fits the interest model to what is known at the end of the run date and publishes it whole. */
public final class TrainJob implements Job {
  private static final String EVERYONE = "all";

  @Override
  public String name() {
    return "train";
  }

  @Override
  public void run(JobContext context) {
    var lake = context.lake();
    var posts = History.posts(lake, context.runDate());
    var signals = lake.slice(Silver.USER_ITEM_SIGNALS, context.runDate());
    requireInput(context, posts, signals);

    var catalogue = catalogue(posts, Annotations.current(lake, context.runDate()));
    var model =
        estimator(context.settings().train())
            .fit(catalogue.unionByName(interactions(signals), true));
    var folder = new ModelFolder(lake.root(), context.runDate());
    folder.publish(model);
    publishFigures(context, folder.version(model), figures(model));
    context.record().note("model", folder.path().toString());
  }

  /** Every known post, with what the language models read in it; nothing for one without text. */
  static Dataset<Row> catalogue(Dataset<Row> posts, Dataset<Row> annotations) {
    var unread = array_repeat(lit(0f), Intensities.EMOTIONS);
    return posts
        .select(POST_ID, TEXT_HASH, AUTHOR_ID)
        .join(annotations.drop(RUN_DATE), new String[] {TEXT_HASH}, "left")
        .select(
            lit(null).cast(DataTypes.StringType).as(USER_ID),
            col(POST_ID),
            col(ENCODER),
            col(EMBEDDING),
            col(AUTHOR_ID),
            coalesce(concat(col(EMOTIONS), array(col(VALENCE))), unread).as(CONTENT_EMOTIONS));
  }

  private static Dataset<Row> interactions(Dataset<Row> signals) {
    return signals.select(USER_ID, POST_ID, ENGAGEMENT, EXPOSURE, EMOTIONAL_STATE);
  }

  private static InterestModelEstimator estimator(Settings.Train settings) {
    return new InterestModelEstimator()
        .setRank(settings.rank())
        .setIterations(settings.iterations())
        .setEmotionForm(settings.emotionForm().name().toLowerCase(Locale.ROOT))
        .setUserRegularization(settings.userRegularization())
        .setItemRegularization(settings.itemRegularization())
        .setHeadRegularization(settings.headRegularization())
        .setUnobservedWeight(settings.unobservedWeight())
        .setRegularization(settings.regularization())
        .setContentComponents(settings.contentComponents())
        .setContentScale(settings.contentScale())
        .setAuthorScale(settings.authorScale())
        .setCalibrationRounds(settings.calibrationRounds())
        .setSampledNegatives(settings.sampledNegatives())
        .setBlocks(settings.blocks())
        .setSeed(settings.seed());
  }

  private static void requireInput(JobContext context, Dataset<Row> posts, Dataset<Row> signals) {
    if (posts.isEmpty()) {
      throw new JobFailure(
          ExitCode.DATA_QUALITY,
          "No post is known up to %s, so there is nothing to recommend: %s is empty. Deliver posts"
                  .formatted(context.runDate(), context.lake().location(Silver.POSTS))
              + " to <raw>/posts/<run date>/ and run ingest again.");
    }
    if (signals.where(col(ENGAGEMENT).gt(0)).isEmpty()) {
      throw new JobFailure(
          ExitCode.DATA_QUALITY,
          "No user engaged with any known post up to %s, so there is nothing to learn from: no"
                  .formatted(context.runDate())
              + " row of "
              + context.lake().location(Silver.USER_ITEM_SIGNALS)
              + " for this night has engagement. Check that ingest and profile ran, and that events"
              + " name posts that were delivered.");
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
      JobContext context, String version, Map<String, Double> figures) {
    var rows = new ArrayList<Row>();
    figures.forEach(
        (metric, value) ->
            rows.add(
                RowFactory.create(
                    version,
                    metric,
                    EVERYONE,
                    Double.isFinite(value) ? value : null,
                    context.record().runId())));
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
