package io.nightfeed.generate;

import java.util.Locale;

/** How a row of {@code gold.generated_texts} came about. */
enum Outcome {
  /** As it was asked for. */
  GENERATED,
  /** What was asked for was not had, or not good enough; a safe line stands in its place. */
  FALLBACK,
  /** Its source may not be read or quoted; a safe line stands in its place. */
  BLOCKED;

  /** As the table holds it. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
