package io.nightfeed.safety;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Why a text is not used, or not shown. */
public enum BlockReason {
  /** Nothing but white space. */
  EMPTY,
  /** Longer than asked for. */
  TOO_LONG,
  /** Offensive or hateful, by the heads that read it. */
  TOXIC,
  /** Holds an e-mail address, a phone number or somebody's name on the platform. */
  PERSONAL_DATA,
  /** Speaks to a language model, to change what it does. */
  INJECTION,
  /** In another language than asked for. */
  OTHER_LANGUAGE,
  /** Says what its sources do not say. */
  UNGROUNDED;

  /** Labels of all: what was written breaks some rule, and would again. */
  public static Set<String> labels() {
    return Stream.of(values()).map(BlockReason::label).collect(Collectors.toUnmodifiableSet());
  }

  /** As tables hold it: {@code personal_data}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
