package io.nightfeed.interest;

import java.io.Serializable;

/**
 * Embeddings of one encoder, of the posts of one block.
 *
 * @param encoder name of the encoder
 * @param items places of the posts in the catalogue, ascending
 * @param embeddings one vector per post, all of the encoder's dimension
 */
record EncodedPosts(String encoder, int[] items, float[][] embeddings) implements Serializable {
  int dimension() {
    return embeddings[0].length;
  }
}
