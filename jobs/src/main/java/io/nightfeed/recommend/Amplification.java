package io.nightfeed.recommend;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.nightfeed.tables.Measures;
import io.nightfeed.tables.SmallGroups;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Whether lists show more of a feeling than there is, and more than their readers chose: rows of
 * {@code gold.amplification_audit}.
 */
final class Amplification {
  /** Doubles are summed as whole millionths: such sums do not depend on the order of the rows. */
  private static final double MILLION = 1e6;

  private static final StructType SCHEMA =
      new StructType()
          .add(MEASURE, DataTypes.StringType, false)
          .add(AUDIENCE, DataTypes.StringType, false)
          .add(LISTS, DataTypes.LongType)
          .add(HISTORIES, DataTypes.LongType)
          .add(IN_CANDIDATES, DataTypes.DoubleType)
          .add(IN_HISTORIES, DataTypes.DoubleType)
          .add(IN_LISTS, DataTypes.DoubleType)
          .add(LISTS_TO_CANDIDATES, DataTypes.DoubleType)
          .add(LISTS_TO_HISTORIES, DataTypes.DoubleType);

  /** Columns of the sums before those of measures, each of which has three. */
  private static final int COUNTS = 3;

  private static final int SUMS = 3;

  private Amplification() {}

  /**
   * @param lists see {@link Lists#SCHEMA}
   * @param candidates what all candidates feel like, see {@link PostFacts#tone}; null where none
   *     was read
   * @param groups whether an audience may be told of
   */
  static List<Row> rows(Dataset<Row> lists, double[] candidates, SmallGroups groups) {
    var rows = new ArrayList<Row>();
    var sums = sums(lists);
    var told = Audiences.of(sums).told(groups);
    for (var audience : List.of(Measures.EVERYBODY, Measures.LOW_MOOD)) {
      var found = sums.stream().filter(row -> row.getString(0).equals(audience)).findFirst();
      for (int measure = 0; measure < Measures.ALL.size(); measure++) {
        var readers = told.get(audience).readers();
        var histories = told.get(audience).histories();
        int from = COUNTS + SUMS * measure;
        var inLists = mean(found, from, readers);
        var inHistories = mean(found, from + 1, histories);
        var inListsOfThese = mean(found, from + 2, histories);
        var inCandidates = candidates == null ? null : candidates[measure];
        rows.add(
            RowFactory.create(
                Measures.ALL.get(measure),
                audience,
                readers,
                histories,
                inCandidates,
                inHistories,
                inLists,
                ratio(inLists, inCandidates),
                ratio(inListsOfThese, inHistories)));
      }
    }
    return rows;
  }

  /** How many readers; null where that may not be told. */
  record Audience(Long readers, Long histories) {}

  /**
   * Readers with a list and those of them with a history, of all and of those in a low mood. What
   * is told of both tells of the others: four groups, each of them hidden or large enough.
   */
  record Audiences(long all, long allHistories, long low, long lowHistories) {
    static Audiences of(List<Row> sums) {
      long all = count(sums, Measures.EVERYBODY, 1);
      long low = count(sums, Measures.LOW_MOOD, 1);
      return new Audiences(
          all, count(sums, Measures.EVERYBODY, 2), low, count(sums, Measures.LOW_MOOD, 2));
    }

    private static long count(List<Row> sums, String audience, int column) {
      return sums.stream()
          .filter(row -> row.getString(0).equals(audience))
          .mapToLong(row -> row.getLong(column))
          .sum();
    }

    Map<String, Audience> told(SmallGroups groups) {
      boolean areTold = groups.isTold(all);
      boolean areHistoriesTold = areTold && groups.isTold(allHistories, all);
      boolean areLowTold = areTold && groups.isTold(low, all);
      boolean areLowHistoriesTold =
          areLowTold
              && areHistoriesTold
              && groups.isTold(lowHistories, low)
              && groups.isTold(lowHistories, allHistories)
              && groups.isTold(all - low - allHistories + lowHistories);
      return Map.of(
          Measures.EVERYBODY,
          new Audience(areTold ? all : null, areHistoriesTold ? allHistories : null),
          Measures.LOW_MOOD,
          new Audience(areLowTold ? low : null, areLowHistoriesTold ? lowHistories : null));
    }
  }

  static Dataset<Row> dataset(Dataset<Row> lists, List<Row> rows) {
    return lists.sparkSession().createDataFrame(rows, SCHEMA);
  }

  /** By audience: readers with a list, those of them with a history, and sums over them. */
  private static List<Row> sums(Dataset<Row> lists) {
    var audiences =
        when(col(IS_LOW_MOOD), array(lit(Measures.EVERYBODY), lit(Measures.LOW_MOOD)))
            .otherwise(array(lit(Measures.EVERYBODY)));
    var hasHistory = col(HISTORY_TONE).isNotNull();
    var columns = new ArrayList<Column>();
    columns.add(count(HISTORY_TONE));
    for (int measure = 0; measure < Measures.ALL.size(); measure++) {
      var inList = millionths(col(LIST_TONE).getItem(measure));
      columns.add(sum(inList));
      columns.add(sum(when(hasHistory, millionths(col(HISTORY_TONE).getItem(measure)))));
      columns.add(sum(when(hasHistory, inList)));
    }
    return lists
        .where(col(LIST_TONE).isNotNull())
        .select(explode(audiences).as(AUDIENCE), col(LIST_TONE), col(HISTORY_TONE))
        .groupBy(AUDIENCE)
        .agg(
            count(lit(1)),
            columns.stream().map(column -> coalesce(column, lit(0L))).toArray(Column[]::new))
        .collectAsList();
  }

  private static Column millionths(Column share) {
    return round(share.multiply(MILLION)).cast(DataTypes.LongType);
  }

  /** Null where nobody is there, or nothing may be told. */
  private static Double mean(Optional<Row> sums, int column, Long count) {
    return count == null || count == 0 ? null : sums.get().getLong(column) / MILLION / count;
  }

  private static Double ratio(Double part, Double whole) {
    return part == null || whole == null || whole == 0 ? null : part / whole;
  }

  /** For the run's summary: anger and negativity, by audience. */
  static String summary(List<Row> rows, SmallGroups groups) {
    var parts = new ArrayList<String>();
    for (var row : rows) {
      boolean isNamed = List.of("anger", Measures.NEGATIVITY).contains(row.getString(0));
      if (isNamed && row.get(7) != null) {
        parts.add(
            String.format(
                Locale.ROOT,
                "%s%s %.2f%s",
                row.getString(0),
                row.getString(1).equals(Measures.LOW_MOOD) ? " in a low mood" : "",
                row.getDouble(7),
                row.get(8) == null
                    ? ""
                    : String.format(Locale.ROOT, " and %.2f", row.getDouble(8))));
      }
    }
    return parts.isEmpty()
        ? "untold: %s readers, or nothing was read".formatted(groups.count(1))
        : "in lists, as a multiple of its share in candidates and in readers' histories: "
            + String.join(", ", parts);
  }
}
