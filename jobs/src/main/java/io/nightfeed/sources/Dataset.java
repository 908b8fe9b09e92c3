package io.nightfeed.sources;

import io.nightfeed.raw.RawEvent;
import io.nightfeed.raw.RawPost;
import java.time.Instant;
import java.util.List;

/**
 * A data set in the raw formats.
 *
 * @param events in any order
 * @param posts in any order; a post may come in several versions
 * @param notes what the operator should know, such as records that were left out
 */
public record Dataset(List<RawEvent> events, List<PostVersion> posts, List<String> notes) {

  /** A post as it was known from some moment on. */
  public record PostVersion(Instant knownSince, RawPost post) {}
}
