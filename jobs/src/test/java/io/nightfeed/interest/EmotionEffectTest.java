package io.nightfeed.interest;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Ten platforms with an effect, ten without: users' stable tastes go with their moods in both. */
class EmotionEffectTest {
  /** Two-sided 1 %. */
  private static final double FOUND = 2.58;

  private static List<EmotionEffect> effects(double planted) {
    return LongStream.rangeClosed(1, 10)
        .mapToObj(
            seed ->
                new InterestModelEstimator()
                    .setRank(8)
                    .setIterations(2)
                    .setCalibrationRounds(4)
                    .setBlocks(2)
                    .fit(
                        new SyntheticPlatform(150, 100, 80, 2, planted, seed)
                            .dataset(SparkTest.spark()))
                    .emotionEffect())
        .toList();
  }

  @Test
  void plantedEffect_isFoundWithItsSign() {
    assertThat(effects(0.5))
        .filteredOn(effect -> effect.z() > FOUND)
        .hasSizeGreaterThanOrEqualTo(9);
  }

  @Test
  void noEffect_isNotFound() {
    assertThat(effects(0))
        .filteredOn(effect -> Math.abs(effect.z()) < FOUND)
        .hasSizeGreaterThanOrEqualTo(9);
  }
}
