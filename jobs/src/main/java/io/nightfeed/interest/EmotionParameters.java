package io.nightfeed.interest;

import static io.nightfeed.interest.Intensities.EMOTIONS;

import io.nightfeed.config.Settings.EmotionForm;
import java.io.Serializable;
import java.util.Arrays;

/**
 * Parameters of the emotion term g = exp(w_E·v_c + w_A·a_c + b_E + w_s·e + eᵀ·B·a_c).
 *
 * @param appeal {@code [w_E (rank), weight of popularity, b_E]}, against an item vector. The
 *     formula's two intercepts b_E and b_s only ever appear as a sum, which is kept in b_E.
 * @param contentAppeal w_A, one weight per emotion of the content. Where item vectors are weighed
 *     it is 0, since they tell emotions too; where taste was learned before, w_E is, since taste
 *     knows what everybody likes
 * @param mood w_s, one weight per emotion of the user's state
 * @param interaction B by rows: row = emotion of the user, column = emotion of the content; all
 *     zeros in the literal form
 */
public record EmotionParameters(
    double[] appeal, double[] contentAppeal, double[] mood, double[] interaction)
    implements Serializable {

  /** A term that appeal alone tells posts apart by. */
  static EmotionParameters of(double[] appeal) {
    return new EmotionParameters(
        appeal, new double[EMOTIONS], new double[EMOTIONS], new double[EMOTIONS * EMOTIONS]);
  }

  /** w_E·v_c + b_E. */
  public double appealExponent(float[] itemVector) {
    double sum = 0;
    for (int j = 0; j < appeal.length; j++) {
      sum += appeal[j] * itemVector[j];
    }
    return sum;
  }

  /** w_s·e. */
  public double moodExponent(float[] emotionalState) {
    double sum = 0;
    for (int j = 0; j < mood.length; j++) {
      sum += mood[j] * emotionalState[j];
    }
    return sum;
  }

  /** w_A·a + eᵀ·B·a. */
  public double interactionExponent(float[] emotionalState, float[] contentEmotions) {
    double sum = 0;
    for (int column = 0; column < EMOTIONS; column++) {
      sum += contentAppeal[column] * contentEmotions[column];
    }
    for (int row = 0; row < EMOTIONS; row++) {
      for (int column = 0; column < EMOTIONS; column++) {
        sum += interaction[row * EMOTIONS + column] * emotionalState[row] * contentEmotions[column];
      }
    }
    return sum;
  }

  /**
   * The same where appeal is against {@code [a_c, 0, 1]} or {@code [0, 1]}, for item vectors that
   * hold no a_c.
   *
   * @param itemColumns length of item vectors
   */
  EmotionParameters ofContentEmotions(int itemColumns) {
    var level = new double[itemColumns];
    level[itemColumns - 1] = appeal[appeal.length - 1];
    var content = Arrays.copyOf(Arrays.copyOf(appeal, appeal.length - 2), EMOTIONS);
    return new EmotionParameters(level, content, mood, interaction);
  }

  /** All parameters of the form, one after another. */
  double[] toArray(EmotionForm form) {
    var values = Arrays.copyOf(appeal, appeal.length + EMOTIONS);
    System.arraycopy(mood, 0, values, appeal.length, EMOTIONS);
    if (form == EmotionForm.LITERAL) {
      return values;
    }
    int literal = values.length;
    values = Arrays.copyOf(values, literal + interaction.length);
    System.arraycopy(interaction, 0, values, literal, interaction.length);
    return values;
  }

  /** The inverse of {@link #toArray}; what the array lacks of B is zero. */
  static EmotionParameters of(double[] values, int itemColumns) {
    int literal = itemColumns + EMOTIONS;
    return new EmotionParameters(
        Arrays.copyOf(values, itemColumns),
        new double[EMOTIONS],
        Arrays.copyOfRange(values, itemColumns, literal),
        Arrays.copyOfRange(values, literal, literal + EMOTIONS * EMOTIONS));
  }
}
