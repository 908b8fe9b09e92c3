package io.nightfeed.privacy;

import static io.nightfeed.tables.Columns.*;
import static io.nightfeed.tables.SparkFunctions.count_if;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.exists;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import io.nightfeed.interest.Reasons;
import io.nightfeed.lake.Lake;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataTypes;

/**
 * The rows of a table without some people. Rows that are theirs, or about their posts or texts, go;
 * of the others, what names them goes: elements of arrays of posts, bytes of refused lines, and
 * identifiers within other people's words.
 */
final class TableErasure {
  private final Traces traces;
  private final Lake lake;
  private final UserDefinedFunction isPost;
  private final UserDefinedFunction redacted;
  private final UserDefinedFunction unnamed;

  /**
   * What would become of a table.
   *
   * @param removed rows that go
   * @param changed rows that stay without what names them
   * @param nights whose slices change
   */
  record Plan(TableSpec table, long removed, long changed, Set<LocalDate> nights) {
    boolean isAny() {
      return !nights.isEmpty();
    }
  }

  TableErasure(Lake lake, Traces traces) {
    this.lake = lake;
    this.traces = traces;
    isPost = isOneOf(traces.posts());
    var markers = traces.markers();
    var raw = new RawErasure(traces.ids(), traces.posts());
    UDF1<String, String> redact = text -> text == null ? null : markers.redact(text);
    redacted = udf(redact, DataTypes.StringType);
    // A refused line may be anything: whatever names them is dropped whole.
    UDF1<byte[], byte[]> unname =
        line -> line == null || markers.areIn(line) || raw.kept(line) != line ? null : line;
    unnamed = udf(unname, DataTypes.BinaryType);
  }

  static UserDefinedFunction isOneOf(Set<String> values) {
    var set = new HashSet<>(values);
    UDF1<String, Boolean> isOneOf = value -> value != null && set.contains(value);
    return udf(isOneOf, DataTypes.BooleanType);
  }

  Plan plan(TableSpec table) {
    var removed = 0L;
    var changed = 0L;
    var nights = new TreeSet<LocalDate>();
    var rows = lake.all(table);
    var counts =
        rows.select(col(RUN_DATE), isErased(table).as(IS_OWN), isChanged(table).as(IS_ASKED))
            .groupBy(RUN_DATE)
            .agg(count_if(col(IS_OWN)), count_if(not(col(IS_OWN)).and(col(IS_ASKED))));
    for (var row : counts.collectAsList()) {
      removed += row.getLong(1);
      changed += row.getLong(2);
      if (row.getLong(1) + row.getLong(2) > 0) {
        nights.add(row.getDate(0).toLocalDate());
      }
    }
    return new Plan(table, removed, changed, nights);
  }

  /** All rows of some nights, without them. */
  Dataset<Row> kept(TableSpec table, Set<LocalDate> nights) {
    var dates = nights.stream().map(java.sql.Date::valueOf).toArray();
    var rows = lake.all(table).where(col(RUN_DATE).isin(dates)).where(not(isErased(table)));
    var cleaned = new TreeMap<String, Column>(cleaned(table));
    var columns =
        List.of(table.schema().fieldNames()).stream()
            .map(name -> cleaned.getOrDefault(name, col(name)).as(name))
            .toArray(Column[]::new);
    return rows.select(columns);
  }

  /** Hashes of texts of which no row will be left, among those that some row had. */
  Set<String> orphanedTexts() {
    var before = texts(Silver.EVENTS).union(texts(Silver.POSTS)).where(col(TEXT_HASH).isNotNull());
    var left = before.where(not(col(IS_OWN))).select(TEXT_HASH);
    return new HashSet<>(
        before
            .where(col(IS_OWN))
            .select(TEXT_HASH)
            .distinct()
            .join(left, new String[] {TEXT_HASH}, "left_anti")
            .as(Encoders.STRING())
            .collectAsList());
  }

  /** Every text hash, and whether its row goes or gets another text. */
  private Dataset<Row> texts(TableSpec table) {
    var isOther = not(redacted.apply(col(TEXT)).eqNullSafe(col(TEXT)));
    return lake.all(table).select(col(TEXT_HASH), isErased(table).or(isOther).as(IS_OWN));
  }

  private Column isErased(TableSpec table) {
    var personal = table.personal();
    var isErased = lit(false);
    var isUser = isOneOf(traces.users());
    var isText = isOneOf(traces.texts());
    for (var column : personal.users()) {
      isErased =
          isErased.or(
              table.isArray(column)
                  ? exists(col(column), isUser::apply)
                  : isUser.apply(col(column)));
    }
    for (var column : personal.posts()) {
      if (!table.isArray(column)) {
        isErased = isErased.or(isPost.apply(col(column)));
      }
    }
    for (var column : personal.origins()) {
      isErased = isErased.or(exists(col(column), isPost::apply));
    }
    for (var column : personal.texts()) {
      isErased = isErased.or(isText.apply(col(column)));
    }
    return isErased;
  }

  private Column isChanged(TableSpec table) {
    var isChanged = lit(false);
    for (var column : cleaned(table).entrySet()) {
      isChanged = isChanged.or(not(column.getValue().eqNullSafe(col(column.getKey()))));
    }
    return isChanged;
  }

  /** New values by column, of those that may change. */
  private TreeMap<String, Column> cleaned(TableSpec table) {
    var cleaned = new TreeMap<String, Column>();
    for (var column : table.personal().words()) {
      var isBinary = table.schema().apply(column).dataType() instanceof BinaryType;
      cleaned.put(
          column,
          isBinary
              ? unnamed.apply(col(column))
              : table.isArray(column)
                  ? transform(
                      // Elements are never null, and the table's type says so.
                      col(column), (Column word) -> coalesce(redacted.apply(word), lit("")))
                  : redacted.apply(col(column)));
    }
    if (cleaned.containsKey(TEXT)) {
      var isSame = cleaned.get(TEXT).eqNullSafe(col(TEXT));
      cleaned.put(TEXT_HASH, when(isSame, col(TEXT_HASH)).otherwise(sha2(cleaned.get(TEXT), 256)));
    }
    for (var column : table.personal().posts()) {
      if (table.isArray(column)) {
        var others = filter(col(column), post -> not(isPost.apply(post)));
        cleaned.put(column, others);
        if (cleaned.containsKey(REASON)) {
          var isQuoted = size(others).lt(size(col(column)));
          cleaned.put(
              REASON,
              when(coalesce(isQuoted, lit(false)), Reasons.withoutExcerpt(cleaned.get(REASON)))
                  .otherwise(cleaned.get(REASON)));
        }
      }
    }
    return cleaned;
  }
}
