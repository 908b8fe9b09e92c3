package io.nightfeed.interest;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_repeat;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;

import io.nightfeed.config.Settings;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/** How the interest model is fitted to a night's tables. */
public final class NightlyFit {
  private NightlyFit() {}

  public static InterestModelEstimator estimator(Settings.Train settings) {
    return new InterestModelEstimator()
        .setRank(settings.rank())
        .setIterations(settings.iterations())
        .setWarmIterations(settings.warmIterations())
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

  /** a_c, from emotions and valence: eight numbers, 0 where nothing was read. */
  public static Column contentEmotions() {
    var unread = array_repeat(lit(0f), Intensities.EMOTIONS);
    return coalesce(concat(col(EMOTIONS), array(col(VALENCE))), unread);
  }

  /**
   * Rows as the estimator takes them: every post, with what the language models read in it, nothing
   * for one without text; and who did what.
   *
   * @param posts rows of {@code silver.posts}, a post once
   * @param annotations rows of {@code silver.text_annotations}, a text once
   * @param signals rows of {@code silver.user_item_signals} of one night
   */
  public static Dataset<Row> rows(
      Dataset<Row> posts, Dataset<Row> annotations, Dataset<Row> signals) {
    return posts
        .select(POST_ID, TEXT_HASH, AUTHOR_ID)
        .join(annotations.drop(RUN_DATE), new String[] {TEXT_HASH}, "left")
        .select(
            lit(null).cast(DataTypes.StringType).as(USER_ID),
            col(POST_ID),
            col(ENCODER),
            col(EMBEDDING),
            col(AUTHOR_ID),
            contentEmotions().as(CONTENT_EMOTIONS))
        .unionByName(signals.select(USER_ID, POST_ID, ENGAGEMENT, EXPOSURE, EMOTIONAL_STATE), true);
  }
}
