package io.nightfeed.generate;

import io.nightfeed.safety.BlockReason;
import io.nightfeed.safety.Grounding;
import java.util.ArrayList;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A line, before what it says is read for its tone.
 *
 * @param text null where there is none
 * @param cause why there is none; null where there is one
 */
record Line(WritingTask task, String text, String cause, Spent spent) {
  static final String MALFORMED = "malformed";

  /** Why a line that was had and paid for is not used. */
  static final Set<String> REFUSALS =
      Stream.concat(Stream.of(MALFORMED), BlockReason.labels().stream())
          .collect(Collectors.toUnmodifiableSet());

  /**
   * What it cost.
   *
   * @param cost in the currency of the settings
   */
  record Spent(long promptTokens, long answerTokens, double cost) {}

  static Line none(WritingTask task, String cause, Spent spent) {
    return new Line(task, null, cause, spent);
  }

  /** Of what a model wrote the sentences that the sources say. */
  static Line grounded(WritingTask task, String written, Spent spent) {
    var said = new ArrayList<>(Prompts.facts(task));
    said.add(task.text());
    var grounded = Grounding.in(said).grounded(written);
    return grounded.isBlank()
        ? none(task, BlockReason.UNGROUNDED.label(), spent)
        : new Line(task, grounded, null, spent);
  }
}
