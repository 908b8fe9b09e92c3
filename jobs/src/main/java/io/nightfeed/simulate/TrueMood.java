package io.nightfeed.simulate;

/**
 * How a user felt on one day.
 *
 * @param userId as in the raw events
 * @param date UTC, ISO-8601
 * @param mood m in [-1, 1]; 0 is the usual
 */
public record TrueMood(String userId, String date, double mood) {}
