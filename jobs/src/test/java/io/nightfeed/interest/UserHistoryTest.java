package io.nightfeed.interest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UserHistoryTest {
  private static final int[] CANDIDATES = IntStream.range(0, 100).toArray();

  private static UserHistory history(String user, double... engagement) {
    int rows = engagement.length;
    var exposure = new double[rows];
    Arrays.fill(exposure, 1);
    return new UserHistory(
        user,
        IntStream.range(0, rows).toArray(),
        engagement,
        exposure,
        IntStream.range(0, rows).mapToObj(row -> new float[] {row}).toArray(float[][]::new),
        rows);
  }

  @Test
  void historyOfEngagementsOnly_lacksNegatives() {
    assertThat(history("u", 1, 2).lacksNegatives()).isTrue();
    assertThat(history("u", 1, 0).lacksNegatives()).isFalse();
  }

  @Test
  void sampledNegatives_areOtherPostsWithoutEngagement() {
    var sampled = history("u", 1, 1, 1).withSampledNegatives(CANDIDATES, new int[0], 20, 7);

    assertThat(sampled.logged()).isEqualTo(3);
    assertThat(sampled.items()).doesNotHaveDuplicates().hasSizeBetween(15, 23);
    assertThat(Arrays.copyOfRange(sampled.engagement(), 3, sampled.size())).containsOnly(0);
    assertThat(Arrays.copyOfRange(sampled.exposure(), 3, sampled.size())).containsOnly(1);
  }

  @Test
  void sampledNegatives_weighAsMuchAsManyEngagements() {
    var busy = new double[60];
    Arrays.fill(busy, 1);

    var sampled = history("u", busy).withSampledNegatives(CANDIDATES, new int[0], 20, 7);

    assertThat(sampled.exposure()[60]).isEqualTo(3);
  }

  @Test
  void sampledNegatives_dependOnUserAndSeedAlone() {
    var once = history("u", 1).withSampledNegatives(CANDIDATES, new int[0], 20, 7);

    assertThat(history("u", 1).withSampledNegatives(CANDIDATES, new int[0], 20, 7).items())
        .isEqualTo(once.items());
    assertThat(history("v", 1).withSampledNegatives(CANDIDATES, new int[0], 20, 7).items())
        .isNotEqualTo(once.items());
    assertThat(history("u", 1).withSampledNegatives(CANDIDATES, new int[0], 20, 8).items())
        .isNotEqualTo(once.items());
  }

  @Test
  void whatIsHeldOut_isNotDrawn() {
    var drawn =
        history("u", 1, 1).withSampledNegatives(CANDIDATES, new int[] {CANDIDATES[3]}, 500, 7);
    assertThat(drawn.items()).doesNotContain(CANDIDATES[3]).hasSizeGreaterThan(2);
  }
}
