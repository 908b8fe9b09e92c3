package io.nightfeed.tune;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;

import io.nightfeed.lake.Lake;
import io.nightfeed.tables.Ops;
import io.nightfeed.tune.SuccessiveHalving.Rung;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/** The finished trials of a search, in {@link Ops#TUNING_TRIALS}. */
final class TrialLog {
  private final SparkSession spark;
  private final Lake lake;
  private final String search;
  private final Map<Key, double[]> finished = new HashMap<>();

  private record Key(LocalDate night, int trial, int rung) {}

  /**
   * @param search its id
   */
  TrialLog(SparkSession spark, Lake lake, String search) {
    this.spark = spark;
    this.lake = lake;
    this.search = search;
    lake.all(Ops.TUNING_TRIALS)
        .where(col(SEARCH_ID).equalTo(search))
        .select(RUN_DATE, TRIAL, RUNG, NDCG_BY_USER)
        .collectAsList()
        .forEach(
            row -> {
              var night = row.getDate(0).toLocalDate();
              finished.put(new Key(night, row.getInt(1), row.getInt(2)), numbers(row, 3));
            });
  }

  private static double[] numbers(Row row, int place) {
    return row.<Double>getList(place).stream().mapToDouble(Double::doubleValue).toArray();
  }

  int size() {
    return finished.size();
  }

  /** What the trial measured, if it is finished. */
  Optional<double[]> ndcg(LocalDate night, Candidate candidate, Rung rung) {
    return Optional.ofNullable(finished.get(new Key(night, candidate.trial(), rung.number())));
  }

  void add(LocalDate night, Candidate candidate, Rung rung, double[] ndcg, double seconds) {
    var row =
        RowFactory.create(
            search,
            candidate.trial(),
            rung.number(),
            rung.share(),
            candidate.changes(),
            Arrays.stream(ndcg).boxed().toList(),
            seconds);
    lake.append(
        Ops.TUNING_TRIALS,
        night,
        spark.createDataFrame(List.of(row), Ops.TUNING_TRIALS.rowSchema()));
    finished.put(new Key(night, candidate.trial(), rung.number()), ndcg);
  }

  /** Forgets all trials of the search; other searches keep theirs. */
  void restart() {
    for (var night : finished.keySet().stream().map(Key::night).distinct().toList()) {
      var others = lake.slice(Ops.TUNING_TRIALS, night).where(col(SEARCH_ID).notEqual(search));
      lake.publish(Ops.TUNING_TRIALS, night, others);
    }
    finished.clear();
  }
}
