package io.nightfeed.report;

import static io.nightfeed.pages.FigureTable.number;
import static io.nightfeed.pages.FigureTable.text;
import static io.nightfeed.tables.Columns.BEHAVIOUR_SHARE;
import static io.nightfeed.tables.Columns.EMBEDDING;
import static io.nightfeed.tables.Columns.EVENT_COUNT;
import static io.nightfeed.tables.Columns.EVIDENCE;
import static io.nightfeed.tables.Columns.LANGUAGE;
import static io.nightfeed.tables.Columns.MODEL_DIGEST;
import static io.nightfeed.tables.Columns.RANK;
import static io.nightfeed.tables.Columns.RUN_DATE;
import static io.nightfeed.tables.Columns.SCORE;
import static io.nightfeed.tables.Columns.TEXT_HASH;
import static io.nightfeed.tables.Columns.TOXICITY;
import static io.nightfeed.tables.Columns.VALENCE;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.log2;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.nightfeed.pages.FigureTable;
import io.nightfeed.pages.Numbers;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import java.sql.Date;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.functions;

/** How far tonight's moods, lists and texts are from those of the nights before. */
record DriftFigures(List<Drift> drifts) {
  private static final int NIGHTS = 7;

  /** Limits that are customary in credit scoring, where the index comes from. */
  private static final double MUCH = 0.25;

  private static final double SOME = 0.1;

  /** Of fewer rows chance alone moves the index. */
  private static final int LEAST_ROWS = 500;

  private static final int TEXTS_COMPARED = 1000;
  private static final String MEASURE = "measure";
  private static final String BIN = "bin";
  private static final String IS_TONIGHT = "is_tonight";

  /**
   * One measure, tonight and before.
   *
   * @param index population stability index of its distribution over bins, sum (p - q) ln(p / q)
   *     (Siddiqi 2006); of embeddings, 1 less the cosine of the mean vectors
   * @param limit from which it alarms
   */
  record Drift(String measure, long tonight, long before, double index, double limit) {
    /** Rows are not shown: those of users with a mood would tell how few have none. */
    boolean isAlarming() {
      return isTold() && index >= limit;
    }

    private boolean isTold() {
      return Math.min(tonight, before) >= LEAST_ROWS;
    }

    private String verdict() {
      if (!isTold()) {
        return "too few to tell";
      }
      return index >= limit ? "drifted" : index >= limit * SOME / MUCH ? "moved" : "stable";
    }
  }

  static DriftFigures read(Night night) {
    var drifts = new ArrayList<Drift>();
    drifts.addAll(
        indices(
            lately(night, Silver.USER_STATES),
            Map.of(
                "moods of users",
                when(col(EVIDENCE).gt(0), tenths(col(VALENCE))),
                "events of a user",
                floor(log2(col(EVENT_COUNT).plus(1))))));
    drifts.addAll(
        indices(
            lately(night, Gold.RECOMMENDATIONS).where(col(RANK).equalTo(1)),
            Map.of(
                "score of the first place",
                floor(log2(col(SCORE)).multiply(2)),
                "behaviour share of the first place",
                tenths(col(BEHAVIOUR_SHARE)))));
    var texts = lately(night, Silver.TEXT_ANNOTATIONS);
    drifts.addAll(
        indices(
            texts,
            Map.of(
                "languages of texts",
                col(LANGUAGE),
                "sentiment of texts",
                tenths(col(VALENCE)),
                "toxicity of texts",
                tenths(col(TOXICITY)))));
    drifts.addAll(embeddings(texts));
    return new DriftFigures(drifts);
  }

  private static Dataset<Row> lately(Night night, TableSpec table) {
    var tonight = Date.valueOf(night.runDate());
    var first = Date.valueOf(night.runDate().minusDays(NIGHTS));
    return night
        .lake()
        .upTo(table, night.runDate())
        .where(col(RUN_DATE).geq(lit(first)))
        .withColumn(IS_TONIGHT, col(RUN_DATE).equalTo(lit(tonight)));
  }

  private static Column tenths(Column value) {
    return floor(value.multiply(10));
  }

  /** Rows whose bin is null do not count. */
  private static List<Drift> indices(Dataset<Row> rows, Map<String, Column> bins) {
    var each =
        bins.entrySet().stream()
            .map(
                one -> struct(lit(one.getKey()).as(MEASURE), one.getValue().cast("string").as(BIN)))
            .toArray(Column[]::new);
    var one = "one";
    var counted =
        rows.select(col(IS_TONIGHT), explode(array(each)).as(one))
            .select(col(IS_TONIGHT), col(one).getField(MEASURE), col(one).getField(BIN))
            .toDF(IS_TONIGHT, MEASURE, BIN)
            .where(col(BIN).isNotNull())
            .groupBy(MEASURE, BIN, IS_TONIGHT)
            .count()
            .collectAsList();
    var tonight = new TreeMap<String, Map<String, Long>>();
    var before = new TreeMap<String, Map<String, Long>>();
    for (var row : counted) {
      (row.getBoolean(2) ? tonight : before)
          .computeIfAbsent(row.getString(0), unknown -> new TreeMap<>())
          .put(row.getString(1), row.getLong(3));
    }
    return tonight.entrySet().stream()
        .filter(measure -> before.containsKey(measure.getKey()))
        .map(measure -> drift(measure.getKey(), measure.getValue(), before.get(measure.getKey())))
        .toList();
  }

  /** Half a row more in every bin, so that empty ones have a logarithm. */
  static Drift drift(String measure, Map<String, Long> tonight, Map<String, Long> before) {
    var bins = new TreeSet<>(tonight.keySet());
    bins.addAll(before.keySet());
    long rows = tonight.values().stream().mapToLong(Long::longValue).sum();
    long rowsBefore = before.values().stream().mapToLong(Long::longValue).sum();
    double index = 0;
    for (var bin : bins) {
      double p = (tonight.getOrDefault(bin, 0L) + 0.5) / (rows + 0.5 * bins.size());
      double q = (before.getOrDefault(bin, 0L) + 0.5) / (rowsBefore + 0.5 * bins.size());
      index += (p - q) * Math.log(p / q);
    }
    return new Drift(measure, rows, rowsBefore, index, MUCH);
  }

  /** Of each language, by the texts with the least hashes: a draw that is always the same. */
  private static List<Drift> embeddings(Dataset<Row> texts) {
    var place = "place";
    var window =
        Window.partitionBy(IS_TONIGHT, LANGUAGE).orderBy(TEXT_HASH, RUN_DATE, MODEL_DIGEST);
    var drawn =
        texts
            .select(
                col(IS_TONIGHT),
                col(LANGUAGE),
                col(EMBEDDING),
                functions.row_number().over(window).as(place))
            .where(col(place).leq(TEXTS_COMPARED))
            .orderBy(IS_TONIGHT, LANGUAGE, place)
            .collectAsList();
    var tonight = new TreeMap<String, List<List<Float>>>();
    var before = new TreeMap<String, List<List<Float>>>();
    for (var row : drawn) {
      (row.getBoolean(0) ? tonight : before)
          .computeIfAbsent(row.getString(1), unknown -> new ArrayList<>())
          .add(row.getList(2));
    }
    var drifts = new ArrayList<Drift>();
    tonight.forEach(
        (language, vectors) -> {
          var earlier = before.getOrDefault(language, List.of());
          if (!earlier.isEmpty() && earlier.get(0).size() == vectors.get(0).size()) {
            var distance = 1 - cosine(mean(vectors), mean(earlier));
            drifts.add(
                new Drift(
                    "embeddings, " + language, vectors.size(), earlier.size(), distance, SOME));
          }
        });
    return drifts;
  }

  private static double[] mean(List<List<Float>> vectors) {
    var mean = new double[vectors.get(0).size()];
    for (var vector : vectors) {
      for (int i = 0; i < Math.min(mean.length, vector.size()); i++) {
        mean[i] += vector.get(i) / vectors.size();
      }
    }
    return mean;
  }

  private static double cosine(double[] a, double[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += a[i] * b[i];
      aa += a[i] * a[i];
      bb += b[i] * b[i];
    }
    return ab / Math.sqrt(aa * bb);
  }

  /** What needs a look. */
  List<String> alarms() {
    return drifts.stream().filter(Drift::isAlarming).map(Drift::measure).toList();
  }

  Section section() {
    var table =
        FigureTable.of(
            "Tonight beside the nights before",
            text("measure"),
            number("index"),
            number("alarm from"),
            text(""));
    drifts.stream()
        .filter(drift -> Math.min(drift.tonight(), drift.before()) > 0)
        .forEach(
            drift ->
                table.line(
                    drift.measure(),
                    drift.isTold() ? Numbers.decimals(drift.index()) : "–",
                    Numbers.figure(drift.limit()),
                    drift.verdict()));
    return new Section(
        "drift",
        "Drift",
        "How far distributions are from those of the %d nights before: population stability index, and for embeddings 1 less the cosine of the mean vectors. Of fewer than %d rows chance alone moves it."
            .formatted(NIGHTS, LEAST_ROWS),
        List.of(),
        List.of(table));
  }
}
