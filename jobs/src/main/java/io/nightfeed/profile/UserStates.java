package io.nightfeed.profile;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.pow;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.slice;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;

import java.sql.Date;
import java.time.LocalDate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * The emotional state e_u of users at the start of days, from what they wrote and reacted to on the
 * days before.
 *
 * <p>Let text t have weight a_t, components x_t, and lie d_t whole days before the last day that
 * counts, and let h be the half-life. The evidence is {@code n = Σ a_t 2^(-d_t/h)}, and
 *
 * <pre>e_u = n/(n + prior) · Σ a_t 2^(-d_t/h) (x_t - mean of its kind) / n</pre>
 *
 * <p>The first factor is the confidence. Without evidence the state is 0: "as everyone".
 */
final class UserStates {
  private static final int COMPONENT_COUNT = 8;
  private static final int EMOTION_COUNT = 7;
  private static final int VALENCE_COMPONENT = 7;
  private static final DataType FLOATS = DataTypes.createArrayType(DataTypes.FloatType);

  private UserStates() {}

  /**
   * Decayed sums at the start of days.
   *
   * @param evidence see {@link MoodEvidence#perDay}
   * @param asked user and day of the states wanted; repeats do not matter
   * @param runDate anchor of the decay; no evidence lies after it. Powers of two stay within a
   *     double's range because the settings allow at most 1000 half-lives of history
   * @param halfLifeDays after which a text counts half
   * @return user and day, once each; evidence in texts; total and deviation, arrays of eight
   */
  static Dataset<Row> at(
      Dataset<Row> evidence, Dataset<Row> asked, LocalDate runDate, double halfLifeDays) {
    var questions =
        asked
            .select(col(USER_ID), col(DAY), lit(true).as(IS_ASKED))
            .distinct()
            .withColumn(COMPONENT, explode(sequence(lit(0), lit(COMPONENT_COUNT - 1))))
            .withColumn(EVIDENCE, lit(0L))
            .withColumn(TOTAL, lit(0L))
            .withColumn(DEVIATION, lit(0L));
    var age = datediff(lit(Date.valueOf(runDate)), col(DAY));
    return evidence
        .withColumn(IS_ASKED, lit(false))
        .unionByName(questions)
        .groupBy(USER_ID, DAY, COMPONENT)
        .agg(
            sum(EVIDENCE).as(EVIDENCE),
            sum(TOTAL).as(TOTAL),
            sum(DEVIATION).as(DEVIATION),
            max(IS_ASKED).as(IS_ASKED))
        .withColumn(EVIDENCE, decayed(EVIDENCE, age, halfLifeDays))
        .withColumn(TOTAL, decayed(TOTAL, age, halfLifeDays))
        .withColumn(DEVIATION, decayed(DEVIATION, age, halfLifeDays))
        .where(col(IS_ASKED))
        .groupBy(USER_ID, DAY)
        .agg(inOrder(col(EVIDENCE), col(TOTAL), col(DEVIATION)))
        .select(
            col(USER_ID),
            col(DAY),
            col(COMPONENTS).getItem(0).getField(EVIDENCE).as(EVIDENCE),
            col(COMPONENTS).getField(TOTAL).as(TOTAL),
            col(COMPONENTS).getField(DEVIATION).as(DEVIATION));
  }

  /**
   * The decayed sum over the days before a row's own. Within a user and component there is one row
   * per day, so the sum of doubles always runs in the same order.
   */
  private static Column decayed(String column, Column age, double halfLifeDays) {
    var daysBefore =
        Window.partitionBy(USER_ID, COMPONENT)
            .orderBy(DAY)
            .rowsBetween(Window.unboundedPreceding(), -1);
    var anchored = col(column).multiply(halved(age.divide(halfLifeDays)));
    // A row's own day is d days before the run date; the last day that counts lies one before it.
    var moved = halved(age.plus(1).divide(-halfLifeDays));
    return coalesce(sum(anchored).over(daysBefore), lit(0.0))
        .multiply(moved)
        .divide(MoodEvidence.MILLION);
  }

  private static Column halved(Column times) {
    return pow(lit(2.0), times.multiply(-1));
  }

  private static Column inOrder(Column... values) {
    var fields = Stream.concat(Stream.of(col(COMPONENT)), Stream.of(values));
    return sort_array(collect_list(struct(fields.toArray(Column[]::new)))).as(COMPONENTS);
  }

  /** e_u as eight floats, from {@link #at}. */
  static Column emotionalState(double priorTexts) {
    return transform(col(DEVIATION), sum -> sum.divide(col(EVIDENCE).plus(priorTexts)))
        .cast(FLOATS);
  }

  /**
   * The mean of each component over everybody's evidence, undecayed.
   *
   * @return one row with an array of eight, or of none without evidence
   */
  static Dataset<Row> population(Dataset<Row> evidence) {
    return evidence
        .groupBy(COMPONENT)
        .agg(sum(TOTAL).divide(sum(EVIDENCE)).as(EXPECTED))
        .where(col(EXPECTED).isNotNull())
        .agg(inOrder(col(EXPECTED)))
        .select(col(COMPONENTS).getField(EXPECTED).as(EXPECTED));
  }

  /**
   * Rows of {@code silver.user_states}: everybody with an event in the history.
   *
   * @param states see {@link #at}, for the day after the run date
   * @param events the history's events
   * @param population see {@link #population}; where it is empty, neutral stands in
   * @param priorTexts texts' worth of prior towards the population
   */
  static Dataset<Row> published(
      Dataset<Row> states, Dataset<Row> events, Dataset<Row> population, double priorTexts) {
    var activity =
        events
            .groupBy(USER_ID)
            .agg(count(lit(1)).as(EVENT_COUNT), max(EVENT_DATE).as(LAST_ACTIVE_DATE));
    var neutral =
        array(
            IntStream.range(0, COMPONENT_COUNT)
                .mapToObj(i -> lit(i == EMOTION_COUNT - 1 ? 1.0 : 0.0))
                .toArray(Column[]::new));
    var expected = when(size(col(EXPECTED)).equalTo(0), neutral).otherwise(col(EXPECTED));
    var weight = col(EVIDENCE).plus(priorTexts);
    var shrunk =
        transform(
            sequence(lit(0), lit(COMPONENT_COUNT - 1)),
            i ->
                col(TOTAL)
                    .apply(i)
                    .plus(col(EXPECTED).apply(i).multiply(priorTexts))
                    .divide(weight));
    return activity
        .join(states, USER_ID)
        .crossJoin(broadcast(population.withColumn(EXPECTED, expected)))
        .withColumn(COMPONENTS, shrunk)
        .select(
            col(USER_ID),
            emotionalState(priorTexts).as(EMOTIONAL_STATE),
            distribution().as(EMOTIONS),
            col(COMPONENTS).getItem(VALENCE_COMPONENT).cast(DataTypes.FloatType).as(VALENCE),
            col(EVIDENCE),
            col(EVIDENCE).divide(weight).as(CONFIDENCE),
            col(EVENT_COUNT),
            col(LAST_ACTIVE_DATE));
  }

  /** The emotions among the components, made to add up to one: the models' own rounding is not. */
  private static Column distribution() {
    var sum =
        IntStream.range(0, EMOTION_COUNT)
            .mapToObj(i -> col(COMPONENTS).getItem(i))
            .reduce(Column::plus)
            .orElseThrow();
    return transform(
            slice(col(COMPONENTS), 1, EMOTION_COUNT), probability -> probability.divide(sum))
        .cast(FLOATS);
  }
}
