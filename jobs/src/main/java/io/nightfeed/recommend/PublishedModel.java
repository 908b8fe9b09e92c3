package io.nightfeed.recommend;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import io.nightfeed.interest.EmotionParameters;
import io.nightfeed.interest.Intensities;
import io.nightfeed.interest.InterestModel;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobContext;
import io.nightfeed.run.JobFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.Seq;

/** Takes from the night's interest model what scoring needs. */
final class PublishedModel {
  /** Popularity and bias, the last two coordinates of an item vector. */
  private static final int COORDINATES_BESIDE_CONTENT = 2;

  private PublishedModel() {}

  /**
   * @throws JobFailure when the night has no model
   */
  static ScoringModel load(JobContext context) {
    var folder =
        context
            .lake()
            .root()
            .resolve("models")
            .resolve("interest")
            .resolve("run_date=" + context.runDate());
    if (!Files.isDirectory(folder)) {
      throw new JobFailure(
          ExitCode.FAILED,
          "No interest model for %s: %s does not exist. Run train for that night first."
              .formatted(context.runDate(), folder));
    }
    var model = load(folder);
    var parameters = model.emotionParameters();
    var emotionVector =
        udf(new EmotionVector(parameters), DataTypes.createArrayType(DataTypes.FloatType, false));
    return new ScoringModel(
        context.runDate() + "-" + model.digest().substring(0, 12),
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

  private static InterestModel load(Path folder) {
    try {
      return InterestModel.load(folder.toString());
    } catch (Exception e) {
      // Spark throws checked exceptions that its methods do not declare.
      throw new JobFailure(
          ExitCode.FAILED,
          "The interest model in %s cannot be read (%s). Run train for that night again."
              .formatted(folder, e.getMessage()),
          e);
    }
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
