package io.nightfeed.tables;

import static io.nightfeed.tables.Columns.*;
import static io.nightfeed.tables.TableSpec.table;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import java.util.List;

/** What others read: recommendations and how good the model is. */
public final class Gold {
  public static final TableSpec RECOMMENDATIONS = recommendations("gold.recommendations").build();

  public static final TableSpec RECOMMENDATIONS_LATEST =
      recommendations("gold.recommendations_latest").keepsOneSlice().build();

  public static final TableSpec MODEL_EVALUATIONS =
      table("gold.model_evaluations", "One figure about the model that a night trained.")
          .key(MODEL_VERSION, METRIC, SEGMENT)
          .required(MODEL_VERSION, StringType, "Version of the model: its run date and digest.")
          .required(METRIC, StringType, "Name of the figure, such as emotion_effect.")
          .required(SEGMENT, StringType, "Which users or posts it is about; all for everyone.")
          .optional(VALUE, DoubleType, "The figure; null when it could not be computed.")
          .required(RUN_ID, StringType, "Run that wrote the row.")
          .build();

  public static final TableSpec SERVING_MODELS =
      table("gold.serving_models", "Which model the night's recommendations come from.")
          .key(RUN_DATE)
          .required(MODEL_RUN_DATE, DateType, "The night that trained the model.")
          .required(MODEL_VERSION, StringType, "Version of the model: its run date and digest.")
          .required(DECISION, StringType, "accepted, unjudged, champion_kept or rolled_back.")
          .required(REASON, StringType, "Why, for the reader.")
          .required(RUN_ID, StringType, "Run that wrote the row.")
          .check(
              "known_decision",
              "decision in ('accepted', 'unjudged', 'champion_kept', 'rolled_back')")
          .build();

  /** Every table of this layer. */
  public static final List<TableSpec> ALL =
      List.of(RECOMMENDATIONS, RECOMMENDATIONS_LATEST, MODEL_EVALUATIONS, SERVING_MODELS);

  private Gold() {}

  private static TableSpec.Builder recommendations(String name) {
    return table(name, "One post recommended to one user for the day after the run date.")
        .key(USER_ID, RANK)
        .required(USER_ID, StringType, "Pseudonym.")
        .required(RANK, IntegerType, "Place in the user's list, from 1.")
        .required(POST_ID, StringType, "The post recommended.")
        .required(SCORE, DoubleType, "I(u,c): expected engagements per impression.")
        .required(RANK_BY_SCORE, IntegerType, "Place by score alone, before lists are re-ranked.")
        .required(
            BEHAVIOUR_SHARE,
            DoubleType,
            "f / (f + g): share of the score that the user's own history explains.")
        .required(
            EMOTION_SHARE,
            DoubleType,
            "g / (f + g): share that the content's appeal in the user's mood explains.")
        .required(
            SUPPORTING_POSTS,
            createArrayType(StringType, false),
            "Up to three posts of the user's history that carry most of the behaviour score, strongest first.")
        .required(
            IS_NEW_USER,
            BooleanType,
            "No engagement in the history: the population's weights were used.")
        .required(REASON, StringType, "The reason in words.")
        .required(MODEL_VERSION, StringType, "Version of the model that scored.")
        .required(RUN_ID, StringType, "Run that wrote the row.")
        .check("shares_add_up", "abs(behaviour_share + emotion_share - 1) < 1e-6")
        .check("rank_from_one", "rank >= 1");
  }
}
