package io.nightfeed.ingest;

import static io.nightfeed.tables.Columns.BYTE_OFFSET;
import static io.nightfeed.tables.Columns.DETAIL;
import static io.nightfeed.tables.Columns.FILE;
import static io.nightfeed.tables.Columns.LINE_BYTES;
import static io.nightfeed.tables.Columns.LINE_NUMBER;
import static io.nightfeed.tables.Columns.RAW;
import static io.nightfeed.tables.Columns.REASON;
import static io.nightfeed.tables.Columns.UNREAD_FIELDS;
import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

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
          .add(UNREAD_FIELDS, createArrayType(StringType, false));

  private ParsedLines() {}

  static Dataset<Row> read(
      SparkSession spark, List<InputSplit> splits, RecordFormat format, int longestLine) {
    var hadoop = new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
    var rows =
        new JavaSparkContext(spark.sparkContext())
            .parallelize(splits, Math.max(1, splits.size()))
            .flatMap(split -> parse(new LineReader(split, longestLine, hadoop.value()), format));
    return spark.createDataFrame(rows, schema(format));
  }

  private static StructType schema(RecordFormat format) {
    var schema = PLACE;
    for (var field : format.schema().fields()) {
      schema = schema.add(new StructField(field.name(), field.dataType(), true, field.metadata()));
    }
    return schema;
  }

  private static Iterator<Row> parse(LineReader lines, RecordFormat format) {
    var spliterator = Spliterators.spliteratorUnknownSize(lines, 0);
    return StreamSupport.stream(spliterator, false).map(line -> parse(line, format)).iterator();
  }

  static Row parse(RawLine line, RecordFormat format) {
    if (line.refusal() != null) {
      return refused(line, line.refusal(), format);
    }
    try {
      var record = format.parse(line.bytes());
      return row(line, null, record.unreadFields(), format.values(record));
    } catch (Refusal refusal) {
      return refused(line, refusal, format);
    }
  }

  private static Row refused(RawLine line, Refusal refusal, RecordFormat format) {
    return row(line, refusal, List.of(), new Object[format.schema().size()]);
  }

  private static Row row(
      RawLine line, Refusal refusal, List<String> unreadFields, Object[] values) {
    var row = new Object[PLACE.size() + values.length];
    row[0] = line.file();
    row[1] = line.offset();
    row[2] = line.number();
    row[3] = line.length();
    row[4] = refusal == null ? null : refusal.reason().label();
    row[5] = refusal == null ? null : refusal.getMessage();
    // The bytes of a valid line are in its columns.
    row[6] = refusal == null ? null : line.bytes();
    row[7] = unreadFields.isEmpty() ? null : unreadFields.toArray(String[]::new);
    System.arraycopy(values, 0, row, PLACE.size(), values.length);
    return RowFactory.create(row);
  }
}
