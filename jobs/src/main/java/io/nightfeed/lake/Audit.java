package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.USER_ID;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
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
import io.nightfeed.tables.QualityRule.Volume;
import io.nightfeed.tables.QualityRule.WholeSlice;
import io.nightfeed.tables.TableSpec;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * Asks the rules of a table of one staged slice. Spark does the counting, in as few passes as there
 * are kinds of question: one over all rows, one over keys, one over the rows of some users.
 */
final class Audit {
  /** Slices of more rows are counted in several tasks, and keys apart from the rest. */
  private static final long SMALL = 100_000;

  /** About so many rows of users are asked what is asked of users. */
  private static final long SAMPLE = 100_000;

  private static final int EXAMPLES = 3;
  private static final String CORRECT =
      "Correct what the job reads or does, and run it again; what every rule found stands in"
          + " ops.audit_results.";

  private final Lake lake;
  private final TableSpec table;
  private final LocalDate runDate;
  private final StagedSlice staged;
  private final PublishingRun run;
  private final long count;
  private final Dataset<Row> rows;
  private final List<AuditResult> results = new ArrayList<>();

  /** Whether there are rows to look in, by where they are. */
  private final Map<List<Object>, Boolean> lookedAt = new HashMap<>();

  Audit(Lake lake, TableSpec table, LocalDate runDate, StagedSlice staged, PublishingRun run) {
    this.lake = lake;
    this.table = table;
    this.runDate = runDate;
    this.staged = staged;
    this.run = run;
    count = staged.count();
    rows = count <= SMALL ? staged.rows().coalesce(1) : staged.rows();
  }

  /** One result for every rule, but those of rows where the slice has none. */
  List<AuditResult> results() {
    of(Volume.class).forEach(this::judgeVolume);
    of(RowsOf.class).forEach(this::judgeRowsOf);
    if (count > 0) {
      judgeAllRows();
      judgeSample();
    }
    return List.copyOf(results);
  }

  private <R extends QualityRule> List<R> of(Class<R> kind) {
    return table.rules().stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private void judgeVolume(Volume rule) {
    var limits = run.limits();
    var before = staged.nightsBefore(limits.volumeNights());
    var sorted = before.stream().sorted().toList();
    var median = sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
    if (before.size() < limits.volumeLeastNights() || median < limits.volumeLeastRows()) {
      var why = "too few nights or rows before to tell (publish.volume)";
      results.add(AuditResult.notAsked(rule.name(), why));
      return;
    }
    double least = limits.volumeLeast() * median;
    double most = limits.volumeMost() * median;
    var allowed =
        "%,.0f to %,.0f rows: %s to %s times the median of %d nights before, %,d"
            .formatted(
                Math.ceil(least),
                Math.floor(most),
                limits.volumeLeast(),
                limits.volumeMost(),
                before.size(),
                median);
    if (count >= least && count <= most) {
      results.add(AuditResult.passed(rule.name(), count, allowed));
    } else if (run.acceptedVolumes().contains(table.name())) {
      results.add(new AuditResult(rule.name(), count, allowed, AuditResult.Outcome.ACCEPTED, ""));
    } else {
      var advice =
          "Look whether all input arrived, and arrived once. If the night is as it should be, run it again with --accept-volume %s."
              .formatted(table);
      results.add(AuditResult.failed(rule.name(), count, allowed, advice));
    }
  }

  private void judgeRowsOf(RowsOf rule) {
    var other = lake.slice(rule.other(), runDate).agg(expr(rule.count())).first();
    if (other.isNullAt(0)) {
      results.add(AuditResult.notAsked(rule.name(), "no rows of " + rule.other()));
      return;
    }
    var expected = ((Number) other.get(0)).longValue();
    var allowed = "%,d rows, as %s says".formatted(expected, rule.other());
    judge(rule.name(), count, allowed, count == expected, () -> CORRECT);
  }

  /** What one pass over all rows tells. */
  private void judgeAllRows() {
    var asked = new LinkedHashMap<QualityRule, Column>();
    of(EachRow.class).forEach(rule -> asked.put(rule, violations(rule.condition())));
    of(WholeSlice.class).forEach(rule -> asked.put(rule, violated(expr(rule.condition()))));
    of(Freshness.class).forEach(rule -> asked.put(rule, max(col(rule.date())).cast("string")));
    var keys = new LinkedHashMap<QualityRule, Column>();
    of(Unique.class).forEach(rule -> keys.put(rule, count_distinct(hash(rule.columns()))));
    if (count <= SMALL && keys.size() == 1) {
      asked.putAll(keys);
      keys.clear();
    }
    measure(asked).forEach(this::judgeMeasured);
    // Counting distinct keys moves rows between tasks: apart, they carry nothing else along.
    keys.forEach((rule, column) -> measure(Map.of(rule, column)).forEach(this::judgeMeasured));
  }

  private Map<QualityRule, Object> measure(Map<QualityRule, Column> asked) {
    var found = new LinkedHashMap<QualityRule, Object>();
    if (!asked.isEmpty()) {
      var columns = asked.values().toArray(Column[]::new);
      var row = rows.agg(lit(0), columns).first();
      var position = 1;
      for (var rule : asked.keySet()) {
        found.put(rule, row.get(position++));
      }
    }
    return found;
  }

  private void judgeMeasured(QualityRule rule, Object found) {
    if (rule instanceof EachRow each) {
      var broken = (Long) found;
      var condition = violated(expr(each.condition())).equalTo(1);
      judge(
          rule.name(),
          broken,
          "0 rows without " + each.condition(),
          broken == 0,
          () -> examples(rows.where(condition).select(keyColumns())) + CORRECT);
    } else if (rule instanceof WholeSlice whole) {
      boolean holds = (Integer) found == 0;
      if (holds || count < whole.leastRows()) {
        results.add(AuditResult.passed(rule.name(), count, whole.condition()));
      } else {
        results.add(
            AuditResult.failed(rule.name(), count, "rows with " + whole.condition(), CORRECT));
      }
    } else if (rule instanceof Freshness) {
      judgeFreshness(rule.name(), LocalDate.parse((String) found));
    } else if (rule instanceof Unique unique) {
      judgeUnique(unique, (Long) found);
    }
  }

  private void judgeFreshness(String rule, LocalDate newest) {
    long age = runDate.toEpochDay() - newest.toEpochDay();
    judge(
        rule,
        age,
        "at most %d days before the run date (publish.max-age-days)"
            .formatted(run.limits().maxAgeDays()),
        age <= run.limits().maxAgeDays(),
        () ->
            "The newest row is of %s: look whether an old delivery arrived again. If nothing newer is to be expected, raise the setting."
                .formatted(newest));
  }

  /** Distinct hashes are counted, which is quicker; where some are equal, the keys are. */
  private void judgeUnique(Unique rule, long distinctHashes) {
    long repeated = 0;
    var columns = rule.columns().stream().map(functions::col).toArray(Column[]::new);
    if (distinctHashes < count) {
      repeated = count - rows.select(columns).distinct().count();
    }
    judge(
        rule.name(),
        repeated,
        "0 rows with the %s of another".formatted(rule.columns()),
        repeated == 0,
        () -> examples(rows.groupBy(columns).count().where("count > 1").select(columns)) + CORRECT);
  }

  /** What is asked of users, all of them or some, who are the same in every table. */
  private void judgeSample() {
    var users = of(EachUser.class);
    var references = of(Reference.class).stream().filter(this::hasRowsToLookIn).toList();
    if (users.isEmpty() && references.isEmpty()) {
      return;
    }
    var sample = rows.where(isAsked(USER_ID)).select(columnsOf(users, references)).persist();
    try {
      judgeUsers(users, sample);
      judgeReferences(references, sample);
    } finally {
      sample.unpersist();
    }
  }

  private void judgeUsers(List<EachUser> rules, Dataset<Row> sample) {
    if (rules.isEmpty()) {
      return;
    }
    var byUser =
        sample
            .groupBy(USER_ID)
            .agg(
                lit(0),
                rules.stream()
                    .map(rule -> violated(expr(rule.condition())).as(rule.name()))
                    .toArray(Column[]::new));
    var sums = rules.stream().map(rule -> sum(rule.name())).toArray(Column[]::new);
    var found = byUser.agg(lit(0), sums).first();
    for (int i = 0; i < rules.size(); i++) {
      var rule = rules.get(i);
      judge(
          rule.name(),
          found.getLong(i + 1),
          "0 users without " + rule.condition() + asked(),
          found.getLong(i + 1) == 0,
          () -> examples(byUser.where(col(rule.name()).equalTo(1)).select(USER_ID)) + CORRECT);
    }
  }

  private void judgeReferences(List<Reference> rules, Dataset<Row> sample) {
    var broken = new LinkedHashMap<Reference, Dataset<Row>>();
    rules.forEach(rule -> broken.put(rule, broken(rule, sample)));
    var counts =
        broken.entrySet().stream()
            .map(entry -> counted(entry.getKey().name(), entry.getValue()))
            .reduce(Dataset::union);
    var found =
        counts.map(Dataset::collectAsList).orElse(List.of()).stream()
            .collect(toMap(row -> row.getString(0), row -> row.getLong(1)));
    broken.forEach(
        (rule, violations) ->
            judge(
                rule.name(),
                found.get(rule.name()),
                "0 values that are %s in %s%s"
                    .formatted(rule.isForbidden() ? "found" : "missing", rule.other(), asked()),
                found.get(rule.name()) == 0,
                () -> examples(violations) + CORRECT));
  }

  private static Dataset<Row> counted(String rule, Dataset<Row> broken) {
    return broken.agg(lit(rule), functions.count(lit(1)));
  }

  /** The values of the sample that are missing in the other table, or must not stand there. */
  private Dataset<Row> broken(Reference rule, Dataset<Row> sample) {
    var names = new ArrayList<String>();
    var values = new ArrayList<Column>();
    var others = new ArrayList<Column>();
    var there = lookedIn(rule);
    for (int i = 0; i < rule.values().size(); i++) {
      var name = "value_" + i;
      names.add(name);
      values.add(expr(rule.values().get(i)).as(name));
      others.add(col(rule.columns().get(i)).as(name));
      if (rule.values().get(i).equals(USER_ID)) {
        there = there.where(isAsked(rule.columns().get(i)));
      }
    }
    var here = sample.select(values.toArray(Column[]::new));
    return here.join(
        there.select(others.toArray(Column[]::new)),
        names.toArray(String[]::new),
        rule.isForbidden() ? "left_semi" : "left_anti");
  }

  private Dataset<Row> lookedIn(Reference rule) {
    var nights =
        rule.nights() == QualityRule.Nights.THIS
            ? lake.slice(rule.other(), runDate)
            : lake.upTo(rule.other(), runDate);
    return nights.where(rule.where());
  }

  private boolean hasRowsToLookIn(Reference rule) {
    var place = List.<Object>of(rule.other().name(), rule.nights(), rule.where());
    boolean hasRows = lookedAt.computeIfAbsent(place, unknown -> !lookedIn(rule).isEmpty());
    if (!hasRows) {
      results.add(AuditResult.notAsked(rule.name(), "no rows of " + rule.other()));
    }
    return hasRows;
  }

  private Column isAsked(String user) {
    var fold = Math.max(1, count / SAMPLE);
    return fold == 1 ? lit(true) : functions.pmod(xxhash64(col(user)), lit(fold)).equalTo(0);
  }

  private String asked() {
    var fold = Math.max(1, count / SAMPLE);
    return fold == 1 ? "" : ", of one user in %d".formatted(fold);
  }

  /** The user, and every column that some rule names. */
  private Column[] columnsOf(List<EachUser> users, List<Reference> references) {
    var sql =
        users.stream().map(EachUser::condition).collect(joining(" "))
            + references.stream().map(rule -> " " + rule.values()).collect(joining());
    return List.of(table.schema().fieldNames()).stream()
        .filter(name -> name.equals(USER_ID) || sql.matches("(?s).*\\b" + name + "\\b.*"))
        .map(functions::col)
        .toArray(Column[]::new);
  }

  private Column[] keyColumns() {
    return table.key().stream().map(functions::col).toArray(Column[]::new);
  }

  private void judge(
      String rule, double found, String allowed, boolean holds, Supplier<String> advice) {
    results.add(
        holds
            ? AuditResult.passed(rule, found, allowed)
            : AuditResult.failed(rule, found, allowed, advice.get()));
  }

  /** "For example user_id=u1, rank=3; …". */
  private static String examples(Dataset<Row> broken) {
    var names = broken.columns();
    Function<Row, String> one =
        row -> {
          var text = new StringBuilder();
          for (int i = 0; i < names.length; i++) {
            text.append(i == 0 ? "" : ", ").append(names[i]).append('=').append(row.get(i));
          }
          return text.toString();
        };
    return "For example "
        + broken.limit(EXAMPLES).collectAsList().stream().map(one).collect(joining("; "))
        + ". ";
  }

  private static Column violations(String condition) {
    return sum(violated(expr(condition)).cast("long"));
  }

  /** 1 where the condition does not hold, or is not known. */
  private static Column violated(Column condition) {
    return when(not(coalesce(condition, lit(false))), 1).otherwise(0);
  }

  private static Column hash(List<String> columns) {
    return xxhash64(columns.stream().map(functions::col).toArray(Column[]::new));
  }
}
