package io.nightfeed.interest;

import java.io.Serializable;
import org.apache.spark.api.java.JavaRDD;

/**
 * Who likes what, before it becomes a rate: the higher the product of a user's and a post's vector,
 * the sooner the user would engage with it. A user without engagements has a vector of zeros.
 */
public final class Taste {
  private final String[] posts;
  private final FactorMatrix items;
  private final JavaRDD<UserTaste> users;

  Taste(String[] posts, FactorMatrix items, JavaRDD<UserTaste> users) {
    this.posts = posts;
    this.items = items;
    this.users = users;
  }

  /** A user's vector. */
  public record UserTaste(String userId, float[] vector) implements Serializable {}

  /** Ids of the catalogue, ascending. */
  public String[] posts() {
    return posts.clone();
  }

  /**
   * @param place of the post in {@link #posts}
   */
  public float[] itemVector(int place) {
    return items.row(place);
  }

  /** Everybody with a row in the logs. */
  public JavaRDD<UserTaste> users() {
    return users;
  }
}
