package io.nightfeed.privacy;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What points to the people who are to be forgotten.
 *
 * @param ids as the source has them
 * @param users their pseudonyms
 * @param posts what they wrote posts as
 * @param texts hashes of texts that only they wrote
 */
record Traces(Set<String> ids, Set<String> users, Set<String> posts, Set<String> texts) {
  Traces withTexts(Set<String> texts) {
    return new Traces(ids, users, posts, texts);
  }

  Markers markers() {
    var all = new HashSet<String>();
    Stream.of(ids, users, posts, texts).forEach(all::addAll);
    return new Markers(all);
  }
}
