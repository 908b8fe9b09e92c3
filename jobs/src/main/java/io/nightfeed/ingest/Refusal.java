package io.nightfeed.ingest;

/** A line that cannot be a record. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;
  private final QuarantineReason reason;

  /**
   * @param detail what was found and what was expected; never the value of an identifier
   */
  Refusal(QuarantineReason reason, String detail) {
    super(detail, null, false, false);
    this.reason = reason;
  }

  QuarantineReason reason() {
    return reason;
  }
}
