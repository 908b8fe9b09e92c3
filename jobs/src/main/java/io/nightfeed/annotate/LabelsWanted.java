package io.nightfeed.annotate;

import static io.nightfeed.tables.Columns.EMOTIONS;
import static io.nightfeed.tables.Columns.LANGUAGE;
import static io.nightfeed.tables.Columns.MODEL_DIGEST;
import static io.nightfeed.tables.Columns.RANK;
import static io.nightfeed.tables.Columns.TEXT_HASH;
import static io.nightfeed.tables.Columns.UNCERTAINTY;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sort_array;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** Which texts people should label next: margin sampling (Scheffer et al. 2001). */
final class LabelsWanted {
  private LabelsWanted() {}

  /**
   * The texts with the smallest margin between their two most likely emotions; those on which the
   * heads abstain are left out.
   *
   * @param annotations rows of {@code silver.text_annotations}, each text once
   * @param perLanguage how many of each language, so that the larger one does not take all
   */
  static Dataset<Row> choose(Dataset<Row> annotations, int perLanguage) {
    var likeliest = sort_array(col(EMOTIONS), false);
    var margin = likeliest.getItem(0).minus(likeliest.getItem(1)).cast("double");
    var leastSure = Window.partitionBy(LANGUAGE).orderBy(col(UNCERTAINTY).desc(), col(TEXT_HASH));
    return annotations
        .where(col(EMOTIONS).isNotNull())
        .withColumn(UNCERTAINTY, lit(1.0).minus(margin))
        .withColumn(RANK, row_number().over(leastSure))
        .where(col(RANK).leq(perLanguage))
        .select(TEXT_HASH, LANGUAGE, RANK, UNCERTAINTY, MODEL_DIGEST);
  }
}
