package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.INTRODUCED_ON;
import static io.nightfeed.tables.Columns.MODEL_DIGEST;
import static io.nightfeed.tables.Columns.RUN_DATE;
import static io.nightfeed.tables.Columns.TEXT_HASH;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.row_number;

import io.nightfeed.tables.Columns;
import io.nightfeed.tables.Silver;
import java.time.LocalDate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** What the language models say of each text, as one night may know it. */
public final class Annotations {
  private Annotations() {}

  /**
   * One row of {@link Silver#TEXT_ANNOTATIONS} per text hash, from the nights up to and including
   * one.
   *
   * <p>A text can carry rows of several model digests, because encoders, heads and settings change
   * over time. The row of the digest that was introduced last is kept: a digest is introduced on
   * the first run date that has any row of it, and of digests introduced on the same date the
   * greater goes first. Texts that the newest model has not read yet keep the row of the newest
   * model that did. Of several nights that computed the same text with the same digest (a backfill
   * may repeat one) the earliest is kept.
   */
  public static Dataset<Row> current(Lake lake, LocalDate runDate) {
    return newest(lake.upTo(Silver.TEXT_ANNOTATIONS, runDate));
  }

  static Dataset<Row> newest(Dataset<Row> annotations) {
    var digests = annotations.groupBy(MODEL_DIGEST).agg(min(RUN_DATE).as(INTRODUCED_ON));
    var newestFirst =
        Window.partitionBy(TEXT_HASH)
            .orderBy(col(INTRODUCED_ON).desc(), col(MODEL_DIGEST).desc(), col(RUN_DATE));
    return annotations
        .join(broadcast(digests), MODEL_DIGEST)
        .withColumn(Columns.ORDER, row_number().over(newestFirst))
        .where(col(Columns.ORDER).equalTo(1))
        .select(Silver.TEXT_ANNOTATIONS.columns());
  }
}
