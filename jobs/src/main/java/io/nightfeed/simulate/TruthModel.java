package io.nightfeed.simulate;

/**
 * The law by which users of the simulated platform engage. When user u is shown post c on day t,
 * the number of engagements is Poisson with mean
 *
 * <pre>
 *   I(u,c,t) = exp(theta_u . tau_c + q_c + b_u)  +  exp(eta_c) exp(kappa m_u(t) s_c) g0
 *              behaviour                            emotion
 * </pre>
 *
 * with theta_u the user's interests, tau_c the post's topics, q_c its quality, b_u the user's rate,
 * eta_c the post's appeal to emotion, m_u(t) in [-1, 1] the user's mood and s_c in [-1, 1] the
 * post's tone. What kind of engagement it is (click, like, …) depends on nothing.
 *
 * @param kappa size of the emotion effect: above 0, a low mood engages more with sad posts and less
 *     with happy ones; 0 leaves the emotion rate alone; below 0 it is the other way round
 * @param g0 emotion rate of an average post without mood
 */
public record TruthModel(double kappa, double g0) {
  /**
   * kappa of {@code --emotion-effect 1.0}: between a neutral mood and the most congruent one the
   * emotion rate rises by exp(1.5) = 4.5, which moves the whole rate by about a sixth in the
   * quadratic mean, since moods and tones are rarely extreme.
   */
  static final double KAPPA_OF_EFFECT_ONE = 1.5;

  /** About 30 % of all engagement comes from emotion. */
  static final double EMOTION_RATE = 0.053;

  static TruthModel ofEffect(double emotionEffect) {
    return new TruthModel(KAPPA_OF_EFFECT_ONE * emotionEffect, EMOTION_RATE);
  }

  /** Engagements per impression that come from interest. */
  public double behaviour(TrueUser user, TruePost post) {
    var match = 0.0;
    for (var topic = 0; topic < post.tau().length; topic++) {
      match += user.theta()[topic] * post.tau()[topic];
    }
    return StrictMath.exp(match + post.q() + user.b());
  }

  /** Engagements per impression that come from emotion. */
  public double emotion(TruePost post, double mood) {
    return StrictMath.exp(post.eta()) * StrictMath.exp(kappa * mood * post.tone()) * g0;
  }

  /** Expected engagements per impression. */
  public double intensity(TrueUser user, TruePost post, double mood) {
    return behaviour(user, post) + emotion(post, mood);
  }
}
