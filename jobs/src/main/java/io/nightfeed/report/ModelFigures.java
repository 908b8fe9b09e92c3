package io.nightfeed.report;

import static io.nightfeed.pages.FigureTable.number;
import static io.nightfeed.pages.FigureTable.text;
import static io.nightfeed.tables.Columns.DECISION;
import static io.nightfeed.tables.Columns.METRIC;
import static io.nightfeed.tables.Columns.MODEL_VERSION;
import static io.nightfeed.tables.Columns.REASON;
import static io.nightfeed.tables.Columns.RUN_DATE;
import static io.nightfeed.tables.Columns.SEGMENT;
import static io.nightfeed.tables.Columns.VALUE;
import static org.apache.spark.sql.functions.col;

import io.nightfeed.pages.FigureTable;
import io.nightfeed.pages.Numbers;
import io.nightfeed.tables.Gold;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What the evaluation says of tonight's model and of the one before.
 *
 * @param serving which model serves the night and why, a sentence; empty where none does
 */
record ModelFigures(LocalDate runDate, List<Evaluation> evaluations, String serving) {
  /** Some hundred figures a night; more would be a mistake in the evaluation. */
  private static final int MOST_ROWS = 20_000;

  record Evaluation(
      LocalDate night, String modelVersion, String metric, String segment, Double value) {}

  static ModelFigures read(Night night) {
    var evaluations =
        night
            .lake()
            .upTo(Gold.MODEL_EVALUATIONS, night.runDate())
            .where(night.isWithin(RUN_DATE, Night.TREND_DAYS))
            .orderBy(col(RUN_DATE).desc(), col(METRIC), col(SEGMENT), col(MODEL_VERSION))
            .limit(MOST_ROWS)
            .select(RUN_DATE, MODEL_VERSION, METRIC, SEGMENT, VALUE)
            .collectAsList()
            .stream()
            .map(
                row ->
                    new Evaluation(
                        row.getDate(0).toLocalDate(),
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.isNullAt(4) ? null : row.getDouble(4)))
            .toList();
    return new ModelFigures(night.runDate(), evaluations, serving(night));
  }

  private static String serving(Night night) {
    return night
        .lake()
        .slice(Gold.SERVING_MODELS, night.runDate())
        .select(MODEL_VERSION, DECISION, REASON)
        .collectAsList()
        .stream()
        .map(
            row ->
                " Model %s serves (%s). %s."
                    .formatted(
                        row.getString(0), row.getString(1).replace('_', ' '), row.getString(2)))
        .findFirst()
        .orElse("");
  }

  /** The version of the model that this night evaluated. */
  Optional<String> modelVersion() {
    return of(runDate).stream().map(Evaluation::modelVersion).findFirst();
  }

  Section section() {
    var tonight = of(runDate);
    if (tonight.isEmpty()) {
      return Section.empty("model", "Model");
    }
    var before =
        evaluations.stream()
            .map(Evaluation::night)
            .filter(night -> night.isBefore(runDate))
            .max(Comparator.naturalOrder());
    var table =
        FigureTable.of(
            "Figures of the model",
            text("figure"),
            text("for"),
            number("tonight"),
            number(before.map(LocalDate::toString).orElse("night before")));
    for (var evaluation : tonight) {
      table.line(
          evaluation.metric().replace('_', ' '),
          evaluation.segment(),
          Numbers.figure(evaluation.value()),
          before.flatMap(night -> same(evaluation, night)).map(Numbers::figure).orElse("–"));
    }
    return new Section(
        "model",
        "Model",
        "Model " + tonight.get(0).modelVersion() + ", beside the last model before it." + serving,
        List.of(),
        List.of(table));
  }

  private Optional<Double> same(Evaluation evaluation, LocalDate night) {
    return of(night).stream()
        .filter(other -> other.metric().equals(evaluation.metric()))
        .filter(other -> other.segment().equals(evaluation.segment()))
        .map(other -> Optional.ofNullable(other.value()))
        .findFirst()
        .flatMap(value -> value);
  }

  private List<Evaluation> of(LocalDate night) {
    return evaluations.stream().filter(evaluation -> evaluation.night().equals(night)).toList();
  }
}
