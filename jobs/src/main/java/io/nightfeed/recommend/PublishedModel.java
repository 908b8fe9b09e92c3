package io.nightfeed.recommend;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import io.nightfeed.interest.EmotionParameters;
import io.nightfeed.interest.Floats;
import io.nightfeed.interest.Intensities;
import io.nightfeed.interest.InterestModel;
import io.nightfeed.interest.ModelFolder;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobContext;
import io.nightfeed.run.JobFailure;
import io.nightfeed.tables.Gold;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.Seq;

/** Takes from the night's interest model what scoring needs. */
final class PublishedModel {
  /** Popularity and bias, the last two coordinates of an item vector. */
  private static final int COORDINATES_BESIDE_CONTENT = 2;

  private PublishedModel() {}

  /**
   * @throws JobFailure when the night has no model, or another one than train published
   */
  static ScoringModel load(JobContext context) {
    var folder = new ModelFolder(context.lake().root(), context.runDate());
    if (!folder.exists()) {
      throw new JobFailure(
          ExitCode.FAILED,
          "No interest model for %s: %s does not exist. Run train for that night first."
              .formatted(context.runDate(), folder.path()));
    }
    try {
      var model = folder.load();
      // The version is a digest of everything in the folder: reading it finds damaged files here.
      var version = folder.version(model);
      requirePublished(context, folder, version);
      return scoring(model, version);
    } catch (JobFailure failure) {
      throw failure;
    } catch (Exception e) {
      // Not RuntimeException: Spark throws checked exceptions that its methods do not declare.
      throw new JobFailure(
          ExitCode.FAILED,
          "The interest model in %s cannot be read (%s). Run train for that night again."
              .formatted(folder.path(), e.getMessage()),
          e);
    }
  }

  private static void requirePublished(JobContext context, ModelFolder folder, String version) {
    var published =
        context
            .lake()
            .slice(Gold.MODEL_EVALUATIONS, context.runDate())
            .select(MODEL_VERSION)
            .distinct()
            .as(Encoders.STRING())
            .collectAsList();
    if (!published.isEmpty() && !published.contains(version)) {
      throw new JobFailure(
          ExitCode.FAILED,
          ("The interest model in %s is not the one that train published: its content gives version"
                  + " %s, %s says %s. Run train for that night again.")
              .formatted(folder.path(), version, Gold.MODEL_EVALUATIONS, published));
    }
  }

  private static ScoringModel scoring(InterestModel model, String version) {
    var parameters = model.emotionParameters();
    var emotionVector =
        udf(new EmotionVector(parameters), DataTypes.createArrayType(DataTypes.FloatType, false));
    return new ScoringModel(
        version,
        model.population().length - COORDINATES_BESIDE_CONTENT,
        model.users().select(col(USER_ID), col(USER_VECTOR).as(VECTOR)),
        model.population(),
        model
            .items()
            .select(
                col(POST_ID),
                col(ITEM_VECTOR).as(VECTOR),
                emotionVector.apply(col(ITEM_VECTOR), col(CONTENT_EMOTIONS)).as(EMOTION_VECTOR)),
        model.residuals(),
        state -> Intensities.emotionUserVector(parameters, state));
  }

  /** The post's side of the emotion term. */
  private record EmotionVector(EmotionParameters parameters)
      implements UDF2<Seq<Float>, Seq<Float>, float[]> {
    @Override
    public float[] call(Seq<Float> itemVector, Seq<Float> contentEmotions) {
      return Intensities.emotionItemVector(
          parameters, Floats.of(itemVector), Floats.of(contentEmotions));
    }
  }
}
