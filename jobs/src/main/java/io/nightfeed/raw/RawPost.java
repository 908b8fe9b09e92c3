package io.nightfeed.raw;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * One post, as a platform hands it over. Text and language are null and the lists empty when
 * unknown.
 *
 * @param postId identifier; a post that lands again is a new version
 * @param authorId who wrote it
 * @param createdAt when it was posted
 * @param text what it says
 * @param language language of the text, ISO 639-1
 * @param tags tags from the source
 * @param mediaAltText alternative texts of its media
 */
public record RawPost(
    String postId,
    String authorId,
    Instant createdAt,
    String text,
    String language,
    List<String> tags,
    List<String> mediaAltText) {

  public RawPost {
    Objects.requireNonNull(postId, "postId");
    Objects.requireNonNull(authorId, "authorId");
    Objects.requireNonNull(createdAt, "createdAt");
    tags = List.copyOf(tags);
    mediaAltText = List.copyOf(mediaAltText);
  }
}
