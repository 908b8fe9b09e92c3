package io.nightfeed.tune;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Settings that are tried.
 *
 * @param trial its number; 0: the settings as set
 * @param changes what differs from the settings as set, by key
 */
record Candidate(int trial, Map<String, String> changes) {
  static final int AS_SET = 0;

  boolean isAsSet() {
    return trial == AS_SET;
  }

  /** For the reader: {@code rank=64 regularization=0.02}, keys without their first part. */
  @Override
  public String toString() {
    return isAsSet()
        ? "as set"
        : new TreeMap<>(changes)
            .entrySet().stream()
                .map(one -> one.getKey().replaceFirst(".*\\.", "") + "=" + one.getValue())
                .collect(Collectors.joining(" "));
  }
}
