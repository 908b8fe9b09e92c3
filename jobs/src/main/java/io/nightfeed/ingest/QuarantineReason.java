package io.nightfeed.ingest;

import java.util.Locale;

/** Why a line was refused. */
enum QuarantineReason {
  /** Not a file of this format: neither .jsonl nor .jsonl.gz. */
  UNEXPECTED_FILE,
  /** The file could not be read further, as a truncated gzip; the rest counts as one line. */
  UNREADABLE_FILE,
  BLANK_LINE,
  LINE_TOO_LONG,
  INVALID_UTF8,
  NOT_JSON,
  NOT_AN_OBJECT,
  /** The same field twice: which one is meant cannot be known. */
  DUPLICATE_FIELD,
  /** More after the object, such as a second object. */
  TRAILING_CONTENT,
  MISSING_FIELD,
  /** A known field in other letter case: silently a null elsewhere. */
  WRONG_CASE_FIELD,
  WRONG_TYPE,
  /** The right type, but no possible value. */
  BAD_VALUE,
  UNKNOWN_ACTION,
  BAD_TIME,
  /** Claims to have happened after the night that brought it. */
  FUTURE_TIME,
  /** Claims to have happened before the earliest plausible date. */
  IMPLAUSIBLE_TIME,
  TEXT_TOO_LONG;

  /** As it stands in silver.quarantine. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
