package io.nightfeed.raw;

import java.time.Instant;
import java.util.Objects;

/**
 * One interaction, as a platform hands it over. The first five fields are required, the others are
 * null when unknown.
 *
 * @param eventId identifier; an event that arrives again has the same
 * @param eventTime when it happened
 * @param userId who did it
 * @param postId the post acted upon
 * @param action what was done
 * @param dwellMs time on screen, milliseconds
 * @param position rank at which the post was shown, from 1
 * @param propensity probability in (0, 1] with which the post was shown in that slot
 * @param text what the user wrote
 * @param sessionId groups the events of one visit
 * @param language language of the text, ISO 639-1
 */
public record RawEvent(
    String eventId,
    Instant eventTime,
    String userId,
    String postId,
    Action action,
    Long dwellMs,
    Integer position,
    Double propensity,
    String text,
    String sessionId,
    String language) {

  public RawEvent {
    Objects.requireNonNull(eventId, "eventId");
    Objects.requireNonNull(eventTime, "eventTime");
    Objects.requireNonNull(userId, "userId");
    Objects.requireNonNull(postId, "postId");
    Objects.requireNonNull(action, "action");
  }

  /** An event with nothing but what is required. */
  public static RawEvent of(
      String eventId, Instant eventTime, String userId, String postId, Action action) {
    return new RawEvent(
        eventId, eventTime, userId, postId, action, null, null, null, null, null, null);
  }

  /** The same event with another identifier. */
  public RawEvent withId(String id) {
    return new RawEvent(
        id,
        eventTime,
        userId,
        postId,
        action,
        dwellMs,
        position,
        propensity,
        text,
        sessionId,
        language);
  }

  /** The same event as one of a session. */
  public RawEvent withSession(String session) {
    return new RawEvent(
        eventId,
        eventTime,
        userId,
        postId,
        action,
        dwellMs,
        position,
        propensity,
        text,
        session,
        language);
  }

  /** The same event with how the post was shown. */
  public RawEvent withImpression(int shownAt, double probability, long dwell) {
    return new RawEvent(
        eventId,
        eventTime,
        userId,
        postId,
        action,
        dwell,
        shownAt,
        probability,
        text,
        sessionId,
        language);
  }

  /**
   * The same event with what the user wrote.
   *
   * @param writtenIn ISO 639-1, or null when unknown
   */
  public RawEvent withText(String written, String writtenIn) {
    return new RawEvent(
        eventId,
        eventTime,
        userId,
        postId,
        action,
        dwellMs,
        position,
        propensity,
        written,
        sessionId,
        writtenIn);
  }
}
