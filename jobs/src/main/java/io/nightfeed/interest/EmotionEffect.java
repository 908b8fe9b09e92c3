package io.nightfeed.interest;

import static io.nightfeed.interest.Intensities.EMOTIONS;
import static io.nightfeed.interest.Intensities.VALENCE;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;

/**
 * How much mood changes which content rises: d_eᵀ·B·d_a, the change of the emotion term's
 * log-intensity for one standard deviation of mood valence crossed with one standard deviation of
 * content valence. d_e and d_a hold the changes of all eight coordinates that go with such a change
 * of valence (their regressions on it), so that the contrast is the one that data can show.
 *
 * <p>The estimate is one Fisher scoring step from the fitted model (Le Cam's one-step estimator),
 * in which mood enters as its deviation from the user's own mean over impressions: a user who is
 * mostly sad and always likes sad posts shows a taste, not an effect of mood. With h = g/(f+g), m =
 * exposure·(E f + g) and z = (ẽ, ẽ ⊗ a_c),
 *
 * <pre>
 *   score       S = Σ h (y - m) z
 *   information J = Σ h² m z zᵀ             of the observed data, not of the completed
 *   estimate      = c·((w_s, B) + J⁻¹ S),   c = (0, d_e ⊗ d_a)
 *   variance      = φ · cᵀ J⁻¹ c,           φ = Σ h² (y - m)² / Σ h² m
 * </pre>
 *
 * where φ is Pearson's dispersion, weighted as the score is: decayed and multiple engagements do
 * not have a Poisson's variance. Without an effect, z is close to a standard normal. The step
 * exists in the literal form, too, where B starts from zero.
 *
 * @param estimate change of log-intensity; 0 when moods do not vary within users
 * @param standardError its standard error; infinite when moods do not vary within users
 * @param z estimate / standardError
 */
public record EmotionEffect(double estimate, double standardError, double z)
    implements Serializable {

  static final EmotionEffect UNKNOWN = new EmotionEffect(0, Double.POSITIVE_INFINITY, 0);

  private static final int PAIRS = EMOTIONS * EMOTIONS;

  /** Against the singularity of probabilities that sum to one; far below any information. */
  private static final double RELATIVE_RIDGE = 1e-7;

  static EmotionEffect estimate(
      JavaRDD<List<FittedUser>> users,
      Broadcast<SharedIntensities> shared,
      Broadcast<float[][]> contentEmotions) {
    var total = new Sums();
    users
        .map(block -> Sums.of(block, shared.value(), contentEmotions.value()))
        .collect()
        .forEach(total::add);
    return total.effect(shared.value().emotion());
  }

  /** Sums over the rows of some users. */
  private static final class Sums implements Serializable {
    private static final long serialVersionUID = 1L;
    private final NormalEquations system = new NormalEquations(EMOTIONS + PAIRS);
    private final double[] mood = new double[EMOTIONS];
    private final double[] content = new double[EMOTIONS];
    private final double[] contentMean = new double[EMOTIONS];
    private double exposure;
    private double squaredResiduals;
    private double variances;

    static Sums of(List<FittedUser> block, SharedIntensities shared, float[][] contentEmotions) {
      var sums = new Sums();
      block.forEach(user -> sums.add(user, shared, contentEmotions));
      return sums;
    }

    private void add(FittedUser user, SharedIntensities shared, float[][] contentEmotions) {
      var history = user.history();
      var mean = meanState(history);
      var z = new double[EMOTIONS + PAIRS];
      var deviation = new float[EMOTIONS];
      for (int row = 0; row < history.size(); row++) {
        int item = history.items()[row];
        double impressions = history.exposure()[row];
        for (int j = 0; j < EMOTIONS; j++) {
          deviation[j] = (float) (history.states()[row][j] - mean[j]);
          z[j] = deviation[j];
        }
        CalibrationSums.outerProduct(deviation, contentEmotions[item], z, EMOTIONS);
        double f = user.behaviour(shared, row);
        double g = shared.emotionAt(history, row, contentEmotions);
        double share = g / (f + g);
        double expected = user.expected()[row] + impressions * g;
        double residual = history.engagement()[row] - expected;
        system.add(z, expected * share * share, share * residual);
        squaredResiduals += share * share * residual * residual;
        variances += share * share * expected;
        addMoments(deviation, contentEmotions[item], impressions);
      }
    }

    private static double[] meanState(UserHistory history) {
      var mean = new double[EMOTIONS];
      double total = 0;
      for (int row = 0; row < history.size(); row++) {
        total += history.exposure()[row];
        for (int j = 0; j < EMOTIONS; j++) {
          mean[j] += history.exposure()[row] * history.states()[row][j];
        }
      }
      for (int j = 0; j < EMOTIONS; j++) {
        mean[j] /= total;
      }
      return mean;
    }

    private void addMoments(float[] deviation, float[] emotions, double impressions) {
      exposure += impressions;
      for (int j = 0; j < EMOTIONS; j++) {
        mood[j] += impressions * deviation[j] * deviation[VALENCE];
        content[j] += impressions * emotions[j] * emotions[VALENCE];
        contentMean[j] += impressions * emotions[j];
      }
    }

    void add(Sums other) {
      system.add(other.system);
      for (int j = 0; j < EMOTIONS; j++) {
        mood[j] += other.mood[j];
        content[j] += other.content[j];
        contentMean[j] += other.contentMean[j];
      }
      exposure += other.exposure;
      squaredResiduals += other.squaredResiduals;
      variances += other.variances;
    }

    EmotionEffect effect(EmotionParameters fitted) {
      var moodChange = new double[EMOTIONS];
      var contentChange = new double[EMOTIONS];
      for (int j = 0; j < EMOTIONS; j++) {
        moodChange[j] = mood[j] / exposure;
        contentChange[j] =
            content[j] / exposure - contentMean[j] / exposure * (contentMean[VALENCE] / exposure);
      }
      double moodDeviation = Math.sqrt(moodChange[VALENCE]);
      double contentDeviation = Math.sqrt(Math.max(0, contentChange[VALENCE]));
      if (!(moodDeviation > 1e-6 && contentDeviation > 1e-6)) {
        return UNKNOWN;
      }
      var contrast = new double[EMOTIONS + PAIRS];
      for (int row = 0; row < EMOTIONS; row++) {
        for (int column = 0; column < EMOTIONS; column++) {
          contrast[EMOTIONS + row * EMOTIONS + column] =
              moodChange[row] / moodDeviation * contentChange[column] / contentDeviation;
        }
      }
      system.addRidge(RELATIVE_RIDGE * system.meanDiagonal());
      var sensitivity = system.solve(contrast);
      double estimate = NormalEquations.dot(sensitivity, system.rightSide());
      for (int j = 0; j < PAIRS; j++) {
        estimate += contrast[EMOTIONS + j] * fitted.interaction()[j];
      }
      double dispersion = squaredResiduals / variances;
      double standardError = Math.sqrt(dispersion * NormalEquations.dot(contrast, sensitivity));
      return new EmotionEffect(estimate, standardError, estimate / standardError);
    }
  }
}
