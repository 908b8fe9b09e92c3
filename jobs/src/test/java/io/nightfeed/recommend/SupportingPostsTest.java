package io.nightfeed.recommend;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.recommend.SupportingPosts.Past;
import java.util.List;
import org.junit.jupiter.api.Test;

class SupportingPostsTest {
  /** Content in two coordinates, then a bias that every post shares. */
  private static final VectorBlock ITEMS =
      VectorBlock.of(new float[] {0, 1, 1}, new float[] {1, 0, 1});

  @Test
  void strongestContributions_goFirst() {
    var history =
        List.of(
            past("weak", 1, 0.1f, 0),
            past("strong", 1, 2, 0),
            past("eager", 3, 0.5f, 0),
            past("fourth", 1, 0.05f, 0));
    assertThat(SupportingPosts.of(history, ITEMS, 1)).containsExactly("strong", "eager", "weak");
  }

  @Test
  void unlikeAndUnlikedPosts_supportNothing() {
    var history =
        List.of(
            past("unlike", 1, 0, 1),
            past("opposite", 1, -1, 0),
            past("unliked", -1, 1, 0),
            past("opposite of unliked", -1, -1, 0));
    assertThat(SupportingPosts.of(history, ITEMS, 1)).isEmpty();
  }

  @Test
  void equalContributions_goByPostId() {
    var history = List.of(past("b", 2, 1, 0), past("a", 1, 2, 0));
    assertThat(SupportingPosts.of(history, ITEMS, 1)).containsExactly("a", "b");
  }

  private static Past past(String post, double residual, float... content) {
    return new Past(post, residual, content);
  }
}
