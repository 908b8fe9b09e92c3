package io.nightfeed.recommend;

import java.io.Serializable;

/**
 * The posts that may be recommended, with their vectors side by side in memory.
 *
 * <p>A candidate is named by its index. Indexes follow the post ids in ascending order, so that
 * "the lower index first" means "the lesser post id first" wherever scores tie.
 */
final class Candidates implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String[] postIds;
  private final VectorBlock vectors;
  private final VectorBlock emotionVectors;

  /**
   * @param postIds ids, strictly ascending
   * @param vectors one per post: what the user's vector is multiplied with
   * @param emotionVectors one per post: what the user's emotion vector is multiplied with
   * @throws IllegalArgumentException when lengths differ or ids are not strictly ascending
   */
  Candidates(String[] postIds, float[][] vectors, float[][] emotionVectors) {
    if (postIds.length != vectors.length || postIds.length != emotionVectors.length) {
      throw new IllegalArgumentException(
          "%d post ids, %d vectors and %d emotion vectors: expected one of each per post"
              .formatted(postIds.length, vectors.length, emotionVectors.length));
    }
    for (var i = 1; i < postIds.length; i++) {
      if (postIds[i - 1].compareTo(postIds[i]) >= 0) {
        throw new IllegalArgumentException(
            "Post ids must ascend: %s stands before %s".formatted(postIds[i - 1], postIds[i]));
      }
    }
    this.postIds = postIds.clone();
    this.vectors = VectorBlock.of(vectors);
    this.emotionVectors = VectorBlock.of(emotionVectors);
  }

  int size() {
    return postIds.length;
  }

  String postId(int candidate) {
    return postIds[candidate];
  }

  VectorBlock vectors() {
    return vectors;
  }

  VectorBlock emotionVectors() {
    return emotionVectors;
  }
}
