package io.nightfeed.lake;

import static java.util.stream.Collectors.joining;

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
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Holds one staged slice against the rules of its table, by what {@link SliceQuestions} counts. */
final class Audit {
  private static final int EXAMPLES = 3;
  private static final String CORRECT =
      "Correct what the job reads or does, and run it again; what every rule found stands in"
          + " ops.audit_results.";

  private final TableSpec table;
  private final LocalDate runDate;
  private final StagedSlice staged;
  private final PublishingRun run;
  private final long count;
  private final SliceQuestions questions;
  private final List<AuditResult> results = new ArrayList<>();

  Audit(Lake lake, TableSpec table, LocalDate runDate, StagedSlice staged, PublishingRun run) {
    this.table = table;
    this.runDate = runDate;
    this.staged = staged;
    this.run = run;
    count = staged.count();
    questions = new SliceQuestions(lake, table, runDate, staged);
  }

  /** One result for every rule, but those of rows where the slice has none. */
  List<AuditResult> results() {
    var found = questions.answers();
    for (var rule : table.rules()) {
      if (rule instanceof Volume) {
        judgeVolume(rule.name());
      } else if (rule instanceof RowsOf rows) {
        judgeRowsOf(rows, found);
      } else if (count > 0) {
        judge(rule, found);
      }
    }
    return List.copyOf(results);
  }

  private void judge(QualityRule rule, Map<String, Long> found) {
    var number = found.get(rule.name());
    if (rule instanceof EachRow each) {
      judgeBroken(rule, number, "0 rows without " + each.condition());
    } else if (rule instanceof EachUser each) {
      judgeBroken(rule, number, "0 users without " + each.condition() + asked());
    } else if (rule instanceof Reference reference) {
      judgeReference(reference, number);
    } else if (rule instanceof WholeSlice whole) {
      judgeWhole(whole, number == 0);
    } else if (rule instanceof Freshness) {
      judgeFreshness(rule.name(), number);
    } else if (rule instanceof Unique unique) {
      // Keys of equal hashes may differ.
      var repeated = number < count ? questions.repeated(unique) : 0;
      judgeBroken(rule, repeated, "0 rows with the %s of another".formatted(unique.columns()));
    }
  }

  private void judgeVolume(String rule) {
    var limits = run.limits();
    var before = staged.nightsBefore(limits.volumeNights());
    var sorted = before.stream().sorted().toList();
    var median = sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
    if (before.size() < limits.volumeLeastNights() || median < limits.volumeLeastRows()) {
      var why = "too few nights or rows before to tell (publish.volume)";
      results.add(AuditResult.notAsked(rule, why));
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
      results.add(AuditResult.passed(rule, count, allowed));
    } else if (run.acceptedVolumes().contains(table.name())) {
      results.add(new AuditResult(rule, count, allowed, AuditResult.Outcome.ACCEPTED, ""));
    } else {
      var advice =
          "Look whether all input arrived, and arrived once. If the night is as it should be, run it again with --accept-volume %s."
              .formatted(table);
      results.add(AuditResult.failed(rule, count, allowed, advice));
    }
  }

  private void judgeRowsOf(RowsOf rule, Map<String, Long> found) {
    var expected = found.get(rule.name());
    if (expected == null) {
      results.add(AuditResult.notAsked(rule.name(), "no rows of " + rule.other()));
      return;
    }
    var allowed = "%,d rows, as %s says".formatted(expected, rule.other());
    judge(rule.name(), count, allowed, count == expected, () -> CORRECT);
  }

  private void judgeReference(Reference rule, Long broken) {
    if (broken == null) {
      results.add(AuditResult.notAsked(rule.name(), "no rows of " + rule.other()));
      return;
    }
    var kind = rule.isForbidden() ? "found" : "missing";
    judgeBroken(
        rule, broken, "0 values that are %s in %s%s".formatted(kind, rule.other(), asked()));
  }

  private void judgeWhole(WholeSlice rule, boolean holds) {
    if (holds || count < rule.leastRows()) {
      results.add(AuditResult.passed(rule.name(), count, rule.condition()));
    } else {
      results.add(AuditResult.failed(rule.name(), count, "rows with " + rule.condition(), CORRECT));
    }
  }

  private void judgeFreshness(String rule, long age) {
    judge(
        rule,
        age,
        "at most %d days before the run date (publish.max-age-days)"
            .formatted(run.limits().maxAgeDays()),
        age <= run.limits().maxAgeDays(),
        () ->
            "The newest row is of %s: look whether an old delivery arrived again. If nothing newer is to be expected, raise the setting."
                .formatted(runDate.minusDays(age)));
  }

  private void judgeBroken(QualityRule rule, long broken, String allowed) {
    judge(
        rule.name(),
        broken,
        allowed,
        broken == 0,
        () -> examples(questions.examples(rule)) + CORRECT);
  }

  private void judge(
      String rule, double found, String allowed, boolean holds, Supplier<String> advice) {
    results.add(
        holds
            ? AuditResult.passed(rule, found, allowed)
            : AuditResult.failed(rule, found, allowed, advice.get()));
  }

  private String asked() {
    var fold = questions.fold();
    return fold == 1 ? "" : ", of one user in %d".formatted(fold);
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
}
