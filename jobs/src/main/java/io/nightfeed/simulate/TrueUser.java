package io.nightfeed.simulate;

import java.util.List;

/**
 * What is true of one user.
 *
 * @param userId as in the raw events
 * @param theta interest in each topic, in the order of {@link Topic}; log rate
 * @param b offset of the user's behaviour rate, log
 * @param languages what the user reads, ISO 639-1; the user writes in the first
 */
public record TrueUser(String userId, double[] theta, double b, List<String> languages) {}
