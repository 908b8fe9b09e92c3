package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.FOUND;
import static io.nightfeed.tables.Columns.RULE;
import static io.nightfeed.tables.Columns.USER_ID;
import static java.util.stream.Collectors.joining;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.nightfeed.tables.QualityRule;
import io.nightfeed.tables.QualityRule.EachRow;
import io.nightfeed.tables.QualityRule.EachUser;
import io.nightfeed.tables.QualityRule.Freshness;
import io.nightfeed.tables.QualityRule.Reference;
import io.nightfeed.tables.QualityRule.RowsOf;
import io.nightfeed.tables.QualityRule.Unique;
import io.nightfeed.tables.QualityRule.WholeSlice;
import io.nightfeed.tables.TableSpec;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * What Spark counts for the rules of one slice: every rule a number. What is asked of all rows is
 * counted while they are written; what needs keys, users or other tables, in one query of the
 * files: each question is rows of (rule, number found), and they are asked together.
 */
final class SliceQuestions {
  /** Slices of more rows are counted in several tasks, and keys apart from the rest. */
  private static final long SMALL = 100_000;

  /** How many rows break any rule of rows, each counted as often as it does. */
  private static final String BROKEN = "broken";

  /** About so many rows of users are asked what is asked of users. */
  private static final long SAMPLE = 100_000;

  private final Lake lake;
  private final TableSpec table;
  private final LocalDate runDate;
  private final long count;
  private final Dataset<Row> rows;
  private final Optional<Map<String, Long>> written;

  private final OtherTables others;

  /** What is held in memory until the questions are answered. */
  private final List<Dataset<Row>> kept = new ArrayList<>();

  SliceQuestions(Lake lake, TableSpec table, LocalDate runDate, StagedSlice staged) {
    this.lake = lake;
    this.table = table;
    this.runDate = runDate;
    others = new OtherTables(lake, runDate, of(Reference.class));
    count = staged.count();
    written = staged.found();
    rows = isSmall() ? staged.rows().coalesce(1) : staged.rows();
  }

  private boolean isSmall() {
    return count <= SMALL;
  }

  /**
   * What was found, by rule: rows, users or values that break it; distinct keys of a {@link
   * Unique}; days before the run date of a {@link Freshness}; the number that a {@link RowsOf}
   * expects. Rules that miss something where there is nothing are left out; those of rows where
   * there is none.
   */
  Map<String, Long> answers() {
    try {
      return answered();
    } finally {
      kept.forEach(Dataset::unpersist);
    }
  }

  private Map<String, Long> answered() {
    var questions = new ArrayList<Dataset<Row>>();
    of(RowsOf.class).forEach(rule -> questions.add(rowsOf(rule)));
    if (count > 0) {
      questions.addAll(ofFiles());
      var users = of(EachUser.class);
      var references = of(Reference.class);
      if (!users.isEmpty() || !references.isEmpty()) {
        // Several questions are asked of it, each in one task: it is small however large the slice.
        var sample = kept(sample()).coalesce(1);
        questions.addAll(ofUsers(users, sample));
        for (var rule : references) {
          questions.add(numbered(lit(rule.name()), broken(rule, sample)));
        }
      }
    }
    var found = new HashMap<>(written.orElse(Map.of()));
    if (isUnbroken()) {
      of(EachRow.class).forEach(rule -> found.put(rule.name(), 0L));
    }
    if (!questions.isEmpty()) {
      found.putAll(ask(questions));
    }
    of(Reference.class).stream()
        .filter(rule -> found.getOrDefault(rule.name(), 0L) > 0 && others.rows(rule).isEmpty())
        .forEach(rule -> found.remove(rule.name()));
    return found;
  }

  private Map<String, Long> ask(List<Dataset<Row>> questions) {
    var found = new HashMap<String, Long>();
    for (var row : (Row[]) questions.stream().reduce(Dataset::union).orElseThrow().collect()) {
      if (!row.isNullAt(1)) {
        found.put(row.getString(0), row.getLong(1));
      }
    }
    return found;
  }

  private <R extends QualityRule> List<R> of(Class<R> kind) {
    return table.rules().stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private Dataset<Row> rowsOf(RowsOf rule) {
    return lake.slice(rule.other(), runDate)
        .agg(expr(rule.count()).cast("long").as(FOUND))
        .select(lit(rule.name()).as(RULE), col(FOUND));
  }

  /**
   * What is counted of all rows while they are written, by name. Rows that break a rule are counted
   * for all rules together: there are none as a rule, and each count costs something for each row.
   */
  static Map<String, Column> whileWritten(TableSpec table, LocalDate runDate) {
    var asked = ofSlice(table, runDate);
    table.rules().stream()
        .filter(EachRow.class::isInstance)
        .map(rule -> violated(((EachRow) rule).condition()))
        .reduce(Column::plus)
        .ifPresent(broken -> asked.put(BROKEN, sum(broken)));
    return asked;
  }

  /** Whether it was seen, while the rows were written, that none breaks a rule of rows. */
  private boolean isUnbroken() {
    return written.map(numbers -> numbers.getOrDefault(BROKEN, 0L) == 0).orElse(false);
  }

  private static Map<String, Column> ofSlice(TableSpec table, LocalDate runDate) {
    var asked = new LinkedHashMap<String, Column>();
    for (var rule : table.rules()) {
      if (rule instanceof WholeSlice whole) {
        asked.put(rule.name(), violated(whole.condition()));
      } else if (rule instanceof Freshness fresh) {
        asked.put(rule.name(), datediff(date(runDate), max(col(fresh.date()))).cast("long"));
      }
    }
    return asked;
  }

  /** What is asked of the files. */
  private List<Dataset<Row>> ofFiles() {
    var asked = new LinkedHashMap<String, Column>();
    if (written.isEmpty()) {
      asked.putAll(ofSlice(table, runDate));
    }
    if (!isUnbroken()) {
      of(EachRow.class).forEach(rule -> asked.put(rule.name(), sum(violated(rule.condition()))));
    }
    var questions = new ArrayList<Dataset<Row>>();
    var keys = of(Unique.class);
    for (var rule : keys) {
      if (isSmall() && keys.size() == 1) {
        asked.put(rule.name(), count_distinct(hash(rule)));
      } else {
        questions.add(distinct(rule));
      }
    }
    if (!asked.isEmpty()) {
      questions.add(one(rows, asked));
    }
    return questions;
  }

  private Dataset<Row> distinct(Unique rule) {
    return DistinctCount.of(rows.select(hash(rule)).as(Encoders.LONG()), count)
        .agg(sum("value").as(FOUND))
        .select(lit(rule.name()).as(RULE), col(FOUND));
  }

  /** Aggregates in one pass, each its own row. */
  private static Dataset<Row> one(Dataset<Row> rows, Map<String, Column> asked) {
    var columns =
        asked.entrySet().stream()
            .map(entry -> entry.getValue().as(entry.getKey()))
            .toArray(Column[]::new);
    var each =
        asked.keySet().stream()
            .map(rule -> struct(lit(rule).as(RULE), col(rule).as(FOUND)))
            .toArray(Column[]::new);
    return rows.agg(lit(0), columns).select(explode(array(each)).as(FOUND)).select(FOUND + ".*");
  }

  /** What is asked of users, all of them or some, who are the same in every table. */
  private Dataset<Row> sample() {
    return rows.where(isAsked(USER_ID)).select(columnsOfSample());
  }

  private List<Dataset<Row>> ofUsers(List<EachUser> rules, Dataset<Row> sample) {
    if (rules.isEmpty()) {
      return List.of();
    }
    var sums = new LinkedHashMap<String, Column>();
    // No user may be among those who are asked.
    rules.forEach(rule -> sums.put(rule.name(), coalesce(sum(rule.name()), lit(0L))));
    return List.of(one(byUser(rules, sample), sums));
  }

  private static Dataset<Row> byUser(List<EachUser> rules, Dataset<Row> sample) {
    return sample
        .groupBy(USER_ID)
        .agg(
            lit(0),
            rules.stream()
                .map(rule -> violated(rule.condition()).as(rule.name()))
                .toArray(Column[]::new));
  }

  private static Dataset<Row> numbered(Column name, Dataset<Row> counted) {
    return counted.agg(functions.count(lit(1)).as(FOUND)).select(name.as(RULE), col(FOUND));
  }

  /** Rows, users, keys or values that break a rule, to be shown. */
  Dataset<Row> examples(QualityRule rule) {
    if (rule instanceof EachRow each) {
      return rows.where(violated(each.condition()).equalTo(1)).select(columns(table.key()));
    }
    if (rule instanceof Unique unique) {
      var key = columns(unique.columns());
      return rows.groupBy(key).count().where("count > 1").select(key);
    }
    if (rule instanceof EachUser each) {
      return byUser(List.of(each), sample()).where(col(each.name()).equalTo(1)).select(USER_ID);
    }
    if (rule instanceof Reference reference) {
      return broken(reference, sample());
    }
    throw new IllegalArgumentException("No rows break " + rule);
  }

  /** How many rows have the key of another. */
  long repeated(Unique rule) {
    return count - rows.select(columns(rule.columns())).distinct().count();
  }

  /** The values of the sample that are missing in the other table, or must not stand there. */
  private Dataset<Row> broken(Reference rule, Dataset<Row> sample) {
    var names = new ArrayList<String>();
    var values = new ArrayList<Column>();
    var columns = new ArrayList<Column>();
    for (int i = 0; i < rule.values().size(); i++) {
      var name = "value_" + i;
      names.add(name);
      values.add(expr(rule.values().get(i)).as(name));
      columns.add(col(rule.columns().get(i)).as(name));
    }
    var there =
        rule.values().contains(USER_ID)
            ? others.ofAsked(rule, isAsked(OtherTables.user(rule)), this::kept)
            : others.rows(rule);
    var here = sample.select(values.toArray(Column[]::new));
    return here.join(
        there.select(columns.toArray(Column[]::new)),
        names.toArray(String[]::new),
        rule.isForbidden() ? "left_semi" : "left_anti");
  }

  private Dataset<Row> kept(Dataset<Row> rows) {
    // Where there are few, reading them again costs less.
    if (!isSmall()) {
      kept.add(rows.persist());
    }
    return rows;
  }

  private Column isAsked(String user) {
    var fold = fold();
    return fold == 1 ? lit(true) : functions.pmod(xxhash64(col(user)), lit(fold)).equalTo(0);
  }

  /** One user of so many is asked. */
  long fold() {
    return Math.max(1, count / SAMPLE);
  }

  /** The user, and every column that some rule names. */
  private Column[] columnsOfSample() {
    var sql =
        of(EachUser.class).stream().map(EachUser::condition).collect(joining(" "))
            + of(Reference.class).stream().map(rule -> " " + rule.values()).collect(joining());
    return OtherTables.named(table, USER_ID + " " + sql);
  }

  private static Column[] columns(List<String> names) {
    return names.stream().map(functions::col).toArray(Column[]::new);
  }

  private static Column date(LocalDate date) {
    return lit(java.sql.Date.valueOf(date));
  }

  /** 1 where the condition does not hold, or is not known. */
  private static Column violated(String condition) {
    return when(not(coalesce(expr(condition), lit(false))), 1L).otherwise(0L);
  }

  /** Hashes are counted, which is quicker; where some are equal, the keys are. */
  private static Column hash(Unique rule) {
    return xxhash64(columns(rule.columns()));
  }
}
