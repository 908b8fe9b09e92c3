package io.nightfeed.safety;

import io.nightfeed.udfs.ScrubText;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks whether a text may be given to a language model, or shown to a reader. It answers with all
 * reasons against it; with none it may.
 *
 * @param maxToxicity a text whose probability of being offensive or hateful is above this is
 *     blocked
 */
public record TextCheck(double maxToxicity) implements Serializable {
  private static final ScrubText SCRUB = new ScrubText();

  /**
   * A text of the platform that a model is to read, or that is to be quoted.
   *
   * @param toxicity as {@code silver.text_annotations} has it; null where the heads abstain, which
   *     blocks nothing
   */
  public List<BlockReason> ofInput(String text, Float toxicity) {
    var reasons = new ArrayList<BlockReason>();
    if (text == null || text.isBlank()) {
      reasons.add(BlockReason.EMPTY);
      return reasons;
    }
    if (toxicity != null && toxicity > maxToxicity) {
      reasons.add(BlockReason.TOXIC);
    }
    if (hasPersonalData(text)) {
      reasons.add(BlockReason.PERSONAL_DATA);
    }
    if (InjectionRules.shipped().areBrokenBy(text)) {
      reasons.add(BlockReason.INJECTION);
    }
    return reasons;
  }

  /**
   * A text that is to be shown.
   *
   * @param toxicity of this text, or of the one that it is copied from
   * @param language that it must be in (ISO 639-1); null, or {@code und}, for any
   * @param maxCharacters in characters as readers count them, see {@link Graphemes}
   */
  public List<BlockReason> ofOutput(
      String text, Float toxicity, String language, int maxCharacters) {
    var reasons = new ArrayList<>(ofInput(text, toxicity));
    if (!reasons.contains(BlockReason.EMPTY)) {
      if (Graphemes.count(text) > maxCharacters) {
        reasons.add(BlockReason.TOO_LONG);
      }
      if (!KeptLanguage.isKept(text, language)) {
        reasons.add(BlockReason.OTHER_LANGUAGE);
      }
    }
    return reasons;
  }

  /** Whether ingest would have put a placeholder somewhere: placeholders are no personal data. */
  private static boolean hasPersonalData(String text) {
    return !SCRUB.call(text).equals(text);
  }
}
