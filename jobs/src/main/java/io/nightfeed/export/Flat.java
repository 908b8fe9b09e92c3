package io.nightfeed.export;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.when;

import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Rows for stores and files that hold no arrays, maps or structs. */
final class Flat {
  /** What spreadsheets take for the beginning of a formula (OWASP, CSV injection). */
  private static final String FORMULA = "^[=+\\-@\\t\\r\\n]";

  private Flat() {}

  /** Nested columns as JSON text. */
  static Dataset<Row> json(Dataset<Row> rows) {
    return rows.select(
        Arrays.stream(rows.schema().fields()).map(Flat::json).toArray(Column[]::new));
  }

  private static Column json(StructField field) {
    var type = field.dataType();
    var isNested =
        type instanceof ArrayType || type instanceof MapType || type instanceof StructType;
    return isNested ? to_json(col(field.name())).as(field.name()) : col(field.name());
  }

  /**
   * Flat rows whose texts no spreadsheet takes for formulas: an apostrophe goes before those that
   * begin like one.
   */
  static Dataset<Row> withoutFormulas(Dataset<Row> flat) {
    return flat.select(
        Arrays.stream(flat.schema().fields())
            .map(
                field ->
                    field.dataType().equals(DataTypes.StringType)
                        ? harmless(col(field.name())).as(field.name())
                        : col(field.name()))
            .toArray(Column[]::new));
  }

  private static Column harmless(Column text) {
    return when(text.rlike(FORMULA), concat(lit("'"), text)).otherwise(text);
  }
}
