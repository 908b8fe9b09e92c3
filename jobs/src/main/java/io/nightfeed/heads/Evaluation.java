package io.nightfeed.heads;

import static io.nightfeed.tables.Columns.EMBEDDING;
import static io.nightfeed.tables.Columns.LABELS;
import static io.nightfeed.tables.Columns.READABLE_TEXT;
import static io.nightfeed.tables.Columns.TEXT;
import static io.nightfeed.tables.Columns.UNCERTAINTY;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.udf;

import io.nightfeed.udfs.TextHeads;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A head at work on labelled texts, through the very function that annotates. */
final class Evaluation {
  private static final String PROBABILITIES = "probabilities";

  private Evaluation() {}

  /**
   * @param texts with embedding, readable text and labels; those with no label among the head's
   *     classes are left out
   */
  static Predictions predictions(Head head, Dataset<Row> texts) {
    var rows =
        texts
            .select(col(TEXT), col(LABELS), probabilities(head))
            .orderBy(TEXT)
            .collectAsList()
            .stream()
            .filter(row -> row.<String>getList(1).stream().anyMatch(head.classes()::contains))
            .toList();
    var probabilities = new double[rows.size()][];
    var labels = new boolean[rows.size()][head.classes().size()];
    for (int i = 0; i < labels.length; i++) {
      var names = rows.get(i).<String>getList(1);
      for (int k = 0; k < labels[i].length; k++) {
        labels[i][k] = names.contains(head.classes().get(k));
      }
      probabilities[i] =
          rows.get(i).<Float>getList(2).stream().mapToDouble(Float::doubleValue).toArray();
    }
    return new Predictions(probabilities, labels);
  }

  /** Adds how unsure a head is of each text: 1 minus the margin between its likeliest classes. */
  static Dataset<Row> withMargin(Head head, Dataset<Row> texts) {
    var likeliest = sort_array(probabilities(head), false);
    return texts.withColumn(
        UNCERTAINTY, lit(1.0).minus(likeliest.getItem(0).minus(likeliest.getItem(1))));
  }

  private static Column probabilities(Head head) {
    var function = new TextHeads(List.of(head.layer(PROBABILITIES)));
    return udf(function, function.type())
        .apply(col(EMBEDDING), col(READABLE_TEXT))
        .getField(PROBABILITIES);
  }
}
