package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.DIGEST_GROUP;
import static io.nightfeed.tables.Columns.ROW_DIGEST;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.to_json;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A digest of what rows say, whatever the files, partitions and order that hold them. Two nights
 * with equal hashes published the same rows.
 *
 * <ol>
 *   <li>Each row becomes JSON, columns in the order of their names, nulls written out, instants in
 *       UTC with microseconds; its SHA-256 is the row's digest.
 *   <li>Digests are grouped by their first three hexadecimal digits, so that the work is spread and
 *       at most 4096 groups reach the driver. A group's digest is the SHA-256 of its sorted
 *       members, repeats included.
 *   <li>The groups' digests, in order, and the columns' names and types give the hash.
 * </ol>
 *
 * @param rows how many rows there are
 * @param sha256 the hash, 64 hexadecimal digits
 */
public record ContentHash(long rows, String sha256) {
  private static final int GROUP_DIGITS = 3;

  // Spark's default drops null fields and everything below milliseconds.
  private static final Map<String, String> JSON_OPTIONS =
      Map.of(
          "ignoreNullFields", "false",
          "timeZone", "UTC",
          "timestampFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX");

  /** The hash of all columns of all rows. */
  public static ContentHash of(Dataset<Row> rows) {
    var digest = DigestUtils.getSha256Digest();
    update(digest, columnsOf(rows.schema()));
    var count = 0L;
    for (var group : groups(rows)) {
      update(digest, group.getString(1));
      count += group.getLong(2);
    }
    return new ContentHash(count, HexFormat.of().formatHex(digest.digest()));
  }

  /** As the terminal shows it: {@code rows=3 sha256=…}. */
  @Override
  public String toString() {
    return "rows=" + rows + " sha256=" + sha256;
  }

  /** (group, digest of the group, rows in the group), sorted here, where there are few. */
  private static Row[] groups(Dataset<Row> rows) {
    var groups =
        (Row[])
            rows.select(rowDigest(rows.schema()).as(ROW_DIGEST))
                .groupBy(substring(col(ROW_DIGEST), 1, GROUP_DIGITS).as(DIGEST_GROUP))
                .agg(
                    sha2(concat_ws("", sort_array(collect_list(col(ROW_DIGEST)))), 256)
                        .as(ROW_DIGEST),
                    count(lit(1)))
                .collect();
    Arrays.sort(groups, Comparator.comparing(group -> group.getString(0)));
    return groups;
  }

  private static Column rowDigest(StructType schema) {
    var columns =
        sortedByName(schema).map(field -> col("`" + field.name() + "`")).toArray(Column[]::new);
    if (columns.length == 0) {
      throw new IllegalArgumentException("Rows without columns have no content to hash");
    }
    return sha2(to_json(struct(columns), JSON_OPTIONS).cast("binary"), 256);
  }

  /** Names and types; whether a column may be null is a promise, not content. */
  private static String columnsOf(StructType schema) {
    var names = new StringBuilder();
    sortedByName(schema)
        .forEach(
            field ->
                names
                    .append(field.name())
                    .append(' ')
                    .append(field.dataType().catalogString())
                    .append('\n'));
    return names.toString();
  }

  private static Stream<StructField> sortedByName(StructType schema) {
    return Arrays.stream(schema.fields()).sorted(Comparator.comparing(StructField::name));
  }

  private static void update(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
  }
}
