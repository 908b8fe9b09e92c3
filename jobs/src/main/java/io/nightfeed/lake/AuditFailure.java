package io.nightfeed.lake;

import io.nightfeed.tables.TableSpec;
import java.time.LocalDate;

/**
 * A slice that broke a rule or a constraint of its table and was not published. The message names
 * the rule, what was found and expected, examples, and what to do.
 */
public final class AuditFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AuditFailure(TableSpec table, LocalDate runDate, String why, Throwable cause) {
    super(
        "The slice of %s of %s was not published, and what served before serves on: %s"
            .formatted(runDate, table, why),
        cause);
  }
}
