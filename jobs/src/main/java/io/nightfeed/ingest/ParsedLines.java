package io.nightfeed.ingest;

import static io.nightfeed.tables.Columns.BYTE_OFFSET;
import static io.nightfeed.tables.Columns.DETAIL;
import static io.nightfeed.tables.Columns.FILE;
import static io.nightfeed.tables.Columns.IS_OPTED_OUT;
import static io.nightfeed.tables.Columns.LINE_BYTES;
import static io.nightfeed.tables.Columns.LINE_NUMBER;
import static io.nightfeed.tables.Columns.RAW;
import static io.nightfeed.tables.Columns.REASON;
import static io.nightfeed.tables.Columns.UNREAD_FIELDS;
import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.nightfeed.lake.BarredIds;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterators;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Every line of a night's files as a row: where it stood, then either why it was refused, with its
 * bytes, or the values of its record and the names of fields that the format does not know.
 *
 * <p>Valid lines of people whose data may not be processed are marked. Refused lines that may name
 * one of them keep their place and reason, and lose their bytes.
 */
final class ParsedLines {
  private static final StructType PLACE =
      new StructType()
          .add(FILE, StringType)
          .add(BYTE_OFFSET, LongType)
          .add(LINE_NUMBER, LongType)
          .add(LINE_BYTES, LongType)
          .add(REASON, StringType)
          .add(DETAIL, StringType)
          .add(RAW, BinaryType)
          .add(UNREAD_FIELDS, createArrayType(StringType, false))
          .add(IS_OPTED_OUT, BooleanType);

  private ParsedLines() {}

  static Dataset<Row> read(
      SparkSession spark,
      List<InputSplit> splits,
      RecordFormat format,
      int longestLine,
      BarredIds barredIds) {
    var context = new JavaSparkContext(spark.sparkContext());
    var barred = context.broadcast(barredIds);
    var hadoop = new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
    var rows =
        context
            .parallelize(splits, Math.max(1, splits.size()))
            .flatMap(
                split ->
                    parse(
                        new LineReader(split, longestLine, hadoop.value()),
                        format,
                        barred.value()));
    return spark.createDataFrame(rows, schema(format));
  }

  private static StructType schema(RecordFormat format) {
    var schema = PLACE;
    for (var field : format.schema().fields()) {
      schema = schema.add(new StructField(field.name(), field.dataType(), true, field.metadata()));
    }
    return schema;
  }

  private static Iterator<Row> parse(LineReader lines, RecordFormat format, BarredIds barred) {
    var spliterator = Spliterators.spliteratorUnknownSize(lines, 0);
    return StreamSupport.stream(spliterator, false)
        .map(line -> parse(line, format, barred))
        .iterator();
  }

  static Row parse(RawLine line, RecordFormat format, BarredIds barred) {
    if (line.refusal() != null) {
      return refused(line, line.refusal(), format, barred);
    }
    try {
      var record = format.parse(line.bytes());
      var row = row(line, format.values(record));
      // The bytes of a valid line are in its columns.
      row[7] =
          record.unreadFields().isEmpty() ? null : record.unreadFields().toArray(String[]::new);
      row[8] = barred.has(format.userOf(record), format.postOf(record));
      return RowFactory.create(row);
    } catch (Refusal refusal) {
      return refused(line, refusal, format, barred);
    }
  }

  private static Row refused(RawLine line, Refusal refusal, RecordFormat format, BarredIds barred) {
    var row = row(line, new Object[format.schema().size()]);
    row[4] = refusal.reason().label();
    boolean isQuiet = barred.isEmpty() || line.bytes() == null || !barred.areNamedIn(line.bytes());
    row[5] = isQuiet ? refusal.getMessage() : null;
    row[6] = isQuiet ? line.bytes() : null;
    row[8] = false;
    return RowFactory.create(row);
  }

  private static Object[] row(RawLine line, Object[] values) {
    var row = new Object[PLACE.size() + values.length];
    row[0] = line.file();
    row[1] = line.offset();
    row[2] = line.number();
    row[3] = line.length();
    System.arraycopy(values, 0, row, PLACE.size(), values.length);
    return row;
  }
}
