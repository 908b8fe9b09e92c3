package io.nightfeed.recommend;

import java.io.Serializable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What scoring takes from the interest model of one night: {@code I(u,c) = exp(user · item) +
 * exp(mood(e_u) · emotion item)}.
 *
 * @param version of the model, as written to each recommendation
 * @param contentWidth how many leading coordinates of an item's vector describe its content; the
 *     rest (popularity, bias) every post has in common
 * @param users {@code user_id} and {@code vector} of users that the model learnt from
 * @param population vector of everybody else
 * @param items {@code post_id}, {@code vector}, {@code emotion_vector} and {@code content_emotions}
 *     (a_c: seven emotions and valence, all 0 where nothing was read) of every known post
 * @param residuals {@code user_id}, {@code post_id} and {@code residual}: by how much more the user
 *     engaged with a post than the model expects; see {@code InterestModel.residuals}
 * @param mood emotion vector of a user's state
 */
record ScoringModel(
    String version,
    int contentWidth,
    Dataset<Row> users,
    float[] population,
    Dataset<Row> items,
    Dataset<Row> residuals,
    MoodVector mood) {

  /** The user's side of the emotion term. */
  @FunctionalInterface
  interface MoodVector extends Serializable {
    /**
     * @param emotionalState e_u, eight numbers; all 0 when unknown
     */
    float[] of(float[] emotionalState);
  }
}
