package io.nightfeed.interest;

/**
 * The model's formulas on plain arrays, for whoever scores: the score of a user and a post is
 *
 * <pre>
 *   exp(userVector · itemVector) + exp(emotionUserVector(e_u) · emotionItemVector(v_c, a_c))
 * </pre>
 *
 * in expected engagements per impression.
 */
public final class Intensities {
  /** Emotions in a user's state and in a content's reading. */
  public static final int EMOTIONS = 8;

  /** Index of valence among the emotions. */
  public static final int VALENCE = 7;

  /** Length of the two vectors whose dot product is the exponent of g: appeal, mood, emotions. */
  public static final int EMOTION_VECTOR = 2 + EMOTIONS;

  /** Exponents above this count as this: far above any rate, far below overflow. */
  private static final double LARGEST_EXPONENT = 30;

  private Intensities() {}

  /** exp(x), bounded so that products and sums of rates stay finite. */
  public static double exponential(double exponent) {
    return Math.exp(Math.min(exponent, LARGEST_EXPONENT));
  }

  public static double dot(float[] left, float[] right) {
    double sum = 0;
    for (int i = 0; i < left.length; i++) {
      sum += (double) left[i] * right[i];
    }
    return sum;
  }

  /** f: what the user's own taste expects. */
  public static double behaviour(float[] userVector, float[] itemVector) {
    return exponential(dot(userVector, itemVector));
  }

  /** g: what the content's appeal in this mood expects. */
  public static double emotion(
      EmotionParameters parameters,
      float[] emotionalState,
      float[] itemVector,
      float[] contentEmotions) {
    return exponential(
        dot(
            emotionUserVector(parameters, emotionalState),
            emotionItemVector(parameters, itemVector, contentEmotions)));
  }

  /** {@code [1, w_s·e, w_A + Bᵀe]}: the user's side of g's exponent. */
  public static float[] emotionUserVector(EmotionParameters parameters, float[] emotionalState) {
    var vector = new float[EMOTION_VECTOR];
    vector[0] = 1;
    vector[1] = (float) parameters.moodExponent(emotionalState);
    for (int column = 0; column < EMOTIONS; column++) {
      double sum = parameters.contentAppeal()[column];
      for (int row = 0; row < EMOTIONS; row++) {
        sum += emotionalState[row] * parameters.interaction()[row * EMOTIONS + column];
      }
      vector[2 + column] = (float) sum;
    }
    return vector;
  }

  /** {@code [w_E·v_c + b_E, 1, a_c]}: the post's side of g's exponent. */
  public static float[] emotionItemVector(
      EmotionParameters parameters, float[] itemVector, float[] contentEmotions) {
    var vector = new float[EMOTION_VECTOR];
    vector[0] = (float) parameters.appealExponent(itemVector);
    vector[1] = 1;
    System.arraycopy(contentEmotions, 0, vector, 2, EMOTIONS);
    return vector;
  }
}
