package io.nightfeed.interest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class IntensitiesTest {
  private static float[] floats(Random random, int length) {
    var values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  private static double[] doubles(Random random, int length) {
    return random.doubles(length, -0.5, 0.5).toArray();
  }

  @Property(tries = 100)
  void emotion_isTheFormula(@ForAll long seed) {
    var random = new Random(seed);
    var parameters =
        new EmotionParameters(
            doubles(random, 5), doubles(random, 8), doubles(random, 8), doubles(random, 64));
    var state = floats(random, 8);
    var item = floats(random, 5);
    var content = floats(random, 8);

    double exponent = 0;
    for (int j = 0; j < 5; j++) {
      exponent += parameters.appeal()[j] * item[j];
    }
    for (int row = 0; row < 8; row++) {
      exponent += parameters.contentAppeal()[row] * content[row];
      exponent += parameters.mood()[row] * state[row];
      for (int column = 0; column < 8; column++) {
        exponent += state[row] * parameters.interaction()[row * 8 + column] * content[column];
      }
    }

    assertThat(Intensities.emotion(parameters, state, item, content))
        .isCloseTo(Math.exp(exponent), within(1e-5));
  }

  @Test
  void behaviour_isTheExponentialOfTheDotProduct() {
    assertThat(Intensities.behaviour(new float[] {1, 2, -3}, new float[] {2, 1, 1}))
        .isEqualTo(Math.exp(1));
  }

  @Test
  void hugeExponents_stayFinite() {
    var huge = new float[3];
    Arrays.fill(huge, 1e15f);

    assertThat(Intensities.behaviour(huge, huge)).isFinite();
  }
}
