package io.nightfeed.recommend;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import io.nightfeed.interest.EmotionParameters;
import io.nightfeed.interest.Floats;
import io.nightfeed.interest.Intensities;
import io.nightfeed.interest.InterestModel;
import io.nightfeed.interest.ServingModel;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobContext;
import io.nightfeed.run.JobFailure;
import io.nightfeed.tables.Gold;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.Seq;

/** Takes from the night's interest model what scoring needs. */
final class PublishedModel {
  /** Popularity and bias, the last two coordinates of an item vector. */
  private static final int COORDINATES_BESIDE_CONTENT = 2;

  private PublishedModel() {}

  /**
   * @throws JobFailure when no model serves the night, or it cannot be read
   */
  static ScoringModel load(JobContext context) {
    var serving =
        ServingModel.of(context.lake(), context.runDate())
            .orElseThrow(
                () ->
                    new JobFailure(
                        ExitCode.FAILED,
                        "No interest model serves %s: %s has no row of that night. Run train for it first."
                            .formatted(context.runDate(), Gold.SERVING_MODELS)));
    return scoring(serving.load(context.lake()), serving.version());
  }

  private static ScoringModel scoring(InterestModel model, String version) {
    var parameters = model.emotionParameters();
    var emotionVector =
        udf(new EmotionVector(parameters), DataTypes.createArrayType(DataTypes.FloatType, false))
            .withName("emotion_vector");
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
                emotionVector.apply(col(ITEM_VECTOR), col(CONTENT_EMOTIONS)).as(EMOTION_VECTOR),
                col(CONTENT_EMOTIONS)),
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
