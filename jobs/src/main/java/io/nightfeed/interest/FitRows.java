package io.nightfeed.interest;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.isnull;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.when;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.apache.spark.ml.param.Param;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;

/**
 * The two kinds of rows of a fit under their usual names and types, and what must hold of them.
 *
 * @param catalogue post_id, author_id, encoder, embedding array&lt;float&gt;, content_emotions
 *     array&lt;float&gt;
 * @param interactions user_id, post_id, engagement double, exposure double, emotional_state
 *     array&lt;float&gt;, is_held_out boolean
 */
record FitRows(Dataset<Row> catalogue, Dataset<Row> interactions) {
  private static final DataType FLOATS = DataTypes.createArrayType(DataTypes.FloatType);

  /** Something that no row may be. */
  private record Fault(Column condition, String message) {}

  static FitRows of(Dataset<?> dataset, InterestModelEstimator estimator) {
    var user = col(estimator.getUserCol());
    var post = col(estimator.getItemCol()).as(POST_ID);
    var rows = dataset.toDF();
    var hasAuthors = Arrays.asList(rows.columns()).contains(estimator.getAuthorCol());
    var author = hasAuthors ? col(estimator.getAuthorCol()) : lit(null).cast("string");
    return new FitRows(
        rows.where(user.isNull())
            .select(
                post,
                author.as(AUTHOR_ID),
                col(estimator.getEncoderCol()).as(ENCODER),
                col(estimator.getEmbeddingCol()).cast(FLOATS).as(EMBEDDING),
                col(estimator.getContentEmotionsCol()).cast(FLOATS).as(CONTENT_EMOTIONS)),
        rows.where(user.isNotNull())
            .select(
                user.as(USER_ID),
                post,
                col(estimator.getEngagementCol()).cast(DataTypes.DoubleType).as(ENGAGEMENT),
                col(estimator.getExposureCol()).cast(DataTypes.DoubleType).as(EXPOSURE),
                col(estimator.getEmotionalStateCol()).cast(FLOATS).as(EMOTIONAL_STATE),
                InterestModelEstimator.isHeldOut(
                        user, col(estimator.getItemCol()), estimator.getHeldOutShare())
                    .as(IS_HELD_OUT)));
  }

  /**
   * Checks names and types.
   *
   * @throws IllegalArgumentException naming the param, the column and what was found
   */
  static void checkColumns(StructType schema, InterestModelEstimator estimator) {
    for (var column : List.of(estimator.userCol(), estimator.itemCol(), estimator.encoderCol())) {
      checkColumn(schema, estimator, column, DataTypes.StringType::equals, "string");
    }
    for (var column : List.of(estimator.engagementCol(), estimator.exposureCol())) {
      checkColumn(schema, estimator, column, NumericType.class::isInstance, "a number");
    }
    for (var column :
        List.of(
            estimator.emotionalStateCol(),
            estimator.embeddingCol(),
            estimator.contentEmotionsCol())) {
      checkColumn(schema, estimator, column, FitRows::isFloats, "array<float> or array<double>");
    }
  }

  static void checkColumn(
      StructType schema,
      InterestModelParams params,
      Param<String> param,
      Predicate<DataType> accepts,
      String expected) {
    var name = params.getOrDefault(param);
    var names = Arrays.asList(schema.fieldNames());
    if (!names.contains(name)) {
      throw new IllegalArgumentException(
          "%s: no column '%s' (param %s) among %s. Add it, or set %s to the column to use."
              .formatted(params.uid(), name, param.name(), names, param.name()));
    }
    var found = schema.apply(name).dataType();
    if (!accepts.test(found)) {
      throw new IllegalArgumentException(
          "%s: column '%s' (param %s) is %s; expected %s. Cast it, or set %s to the column to use."
              .formatted(params.uid(), name, param.name(), found.sql(), expected, param.name()));
    }
  }

  static boolean isFloats(DataType type) {
    return type instanceof ArrayType array
        && (array.elementType().equals(DataTypes.FloatType)
            || array.elementType().equals(DataTypes.DoubleType));
  }

  /**
   * Checks values.
   *
   * @throws IllegalArgumentException saying what is wrong in how many rows
   */
  void check() {
    checkRows(
        "catalogue",
        catalogue,
        List.of(
            new Fault(isnull(col(POST_ID)), "the post id is null"),
            new Fault(
                col(CONTENT_EMOTIONS).isNotNull().and(isNot8(CONTENT_EMOTIONS)),
                "content emotions are not eight"),
            new Fault(
                col(EMBEDDING).isNotNull().and(isnull(col(ENCODER))),
                "there is an embedding but no encoder")));
    checkRows(
        "interaction",
        interactions,
        List.of(
            new Fault(isnull(col(POST_ID)), "the post id is null"),
            new Fault(isNotFinite(ENGAGEMENT, col(ENGAGEMENT).geq(0)), "engagement is not >= 0"),
            new Fault(isNotFinite(EXPOSURE, col(EXPOSURE).gt(0)), "exposure is not > 0"),
            new Fault(
                col(EMOTIONAL_STATE).isNotNull().and(isNot8(EMOTIONAL_STATE)),
                "the emotional state is not eight numbers")));
    checkCatalogue();
  }

  private void checkCatalogue() {
    var counts = catalogue.agg(count(lit(1)), countDistinct(POST_ID)).first();
    if (counts.getLong(0) == 0) {
      throw new IllegalArgumentException(
          "The dataset has no catalogue rows (rows whose user is null), so there is nothing to"
              + " score. Add one row per post.");
    }
    if (counts.getLong(0) != counts.getLong(1)) {
      throw new IllegalArgumentException(
          "The catalogue has %d rows for %d posts; expected one per post. Keep one version of each."
              .formatted(counts.getLong(0), counts.getLong(1)));
    }
    var dimensions =
        catalogue
            .where(col(EMBEDDING).isNotNull())
            .groupBy(ENCODER)
            .agg(min(size(col(EMBEDDING))), max(size(col(EMBEDDING))))
            .sort(ENCODER)
            .collectAsList();
    for (var row : dimensions) {
      if (row.getInt(1) != row.getInt(2)) {
        throw new IllegalArgumentException(
            "Embeddings of encoder '%s' have %d to %d numbers; expected one length. Were they made"
                    .formatted(row.getString(0), row.getInt(1), row.getInt(2))
                + " by different versions of the encoder? Annotate the texts again.");
      }
    }
  }

  /**
   * Checks that there is something to learn.
   *
   * @throws IllegalArgumentException when there is no interaction or no engagement
   */
  static void checkTotals(TrainingData.Totals totals) {
    if (totals.interactions() == 0) {
      throw new IllegalArgumentException(
          "The dataset has no interaction rows about posts of its catalogue, so there is nothing to"
              + " learn from. Check that the signals' post ids are those of the posts.");
    }
    if (!(totals.engagement() > 0)) {
      throw new IllegalArgumentException(
          "None of the %d interaction rows has an engagement above 0, so there is nothing to learn"
                  .formatted(totals.interactions())
              + " from. Check the action weights of the settings' section `profile`.");
    }
  }

  private static void checkRows(String kind, Dataset<Row> rows, List<Fault> faults) {
    var counts =
        faults.stream().map(fault -> count(when(fault.condition(), 1))).toArray(Column[]::new);
    var found = rows.select(counts).first();
    for (int i = 0; i < faults.size(); i++) {
      if (found.getLong(i) > 0) {
        throw new IllegalArgumentException(
            "In %d %s rows %s. Correct or leave out these rows before the fit."
                .formatted(found.getLong(i), kind, faults.get(i).message()));
      }
    }
  }

  private static Column isNot8(String column) {
    return size(col(column)).notEqual(Intensities.EMOTIONS);
  }

  private static Column isNotFinite(String column, Column inRange) {
    return isnull(col(column))
        .or(col(column).isNaN())
        .or(col(column).equalTo(Double.POSITIVE_INFINITY))
        .or(not(inRange));
  }
}
