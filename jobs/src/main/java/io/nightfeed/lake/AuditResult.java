package io.nightfeed.lake;

import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * What one rule found in one staged slice.
 *
 * @param found rows, users or values that break the rule; for rules of a number, that number
 * @param allowed what the rule expects
 * @param advice for a failure: what it is about, by example, and what to do
 */
record AuditResult(String rule, double found, String allowed, Outcome outcome, String advice) {
  enum Outcome {
    PASSED,
    FAILED,
    /** It failed, and an operator said beforehand that the night is as it should be. */
    ACCEPTED,
    /** There was nothing to hold the slice against. */
    NOT_ASKED
  }

  static AuditResult passed(String rule, double found, String allowed) {
    return new AuditResult(rule, found, allowed, Outcome.PASSED, "");
  }

  static AuditResult failed(String rule, double found, String allowed, String advice) {
    return new AuditResult(rule, found, allowed, Outcome.FAILED, advice);
  }

  static AuditResult notAsked(String rule, String allowed) {
    return new AuditResult(rule, 0, allowed, Outcome.NOT_ASKED, "");
  }

  boolean isFailed() {
    return outcome == Outcome.FAILED;
  }

  /** For the operator. */
  String explained() {
    return "rule %s: found %s, expected %s. %s".formatted(rule, number(found), allowed, advice);
  }

  /** A row of {@code ops.audit_results}, without the run date. */
  Row row(String table, long attempt, String runId) {
    return RowFactory.create(
        table, rule, attempt, found, allowed, outcome.name().toLowerCase(Locale.ROOT), runId);
  }

  static String number(double value) {
    return value == Math.rint(value) ? "%,d".formatted((long) value) : "%.4g".formatted(value);
  }
}
