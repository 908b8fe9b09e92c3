package io.nightfeed.interest;

import java.util.SplittableRandom;

/**
 * Learns the content vectors v_c: implicit matrix factorisation (Hu, Koren and Volinsky 2008) whose
 * item factors are drawn towards a head on the content's embedding (collaborative topic regression,
 * Wang and Blei 2011, with a linear head in closed form). With m_uc the engagement rate that is
 * expected of the user's activity and the post's popularity ({@link ExpectedRates}), the model is
 *
 * <pre>
 *   t_uc ~ N(w_u·v_c + s_u, 1/a_uc)            for every user and post
 *   (w_u, s_u) ~ N(mean, I/λ_u),  v_c ~ N(head(x_c), I/λ_v),  H ~ N(0, I/λ_h)
 *
 *   t_uc = min(engagement/exposure, 1) / m_uc   the engagement rate relative to the expected; 0
 *                                               if unseen
 *   a_uc = m_uc · (exposure + unobservedWeight) in expected engagements
 * </pre>
 *
 * An impression without engagement is thus evidence for 0 like one with engagement is for 1/m_uc,
 * and the weights, being expected engagements, are on the scale of a Poisson likelihood's
 * information. Activity and popularity are divided out because the intensities have terms of their
 * own for them: left in, they would stretch the vectors of popular posts, and an exponential of a
 * stretched vector overstates every taste. The priors are on that scale, too: λ_u =
 * userRegularization; λ_v = rank · itemRegularization, so that itemRegularization is the inverse of
 * an offset's prior squared length; ridge λ_h/λ_v = headRegularization/itemRegularization.
 *
 * <p>One iteration solves users, then items, then heads. It is expectation-maximisation over the
 * users: the item side takes their factors with the uncertainty that they are known to, as
 * probabilistic principal components do. Taken at their modes (plain alternating least squares),
 * weak directions of taste would shrink both sides of the product in turn until nothing is left of
 * them. Each user's uncertainty is replaced by the impressions' mean of all, which keeps messages
 * small.
 *
 * <p>Posts that nobody touched take no part: their offset is 0 and their v_c the head's prediction.
 * Users' factors stay distributed, a matrix per block; the catalogue's vectors are collected and
 * broadcast (4 · rank bytes per post: 128 MB for a million posts at rank 32). A catalogue far
 * beyond that needs them streamed by blocks, as Spark's ALS does.
 */
final class ContentFactorization {
  /** Root mean square of the length of an initial offset, against 1 of the vectors. */
  private static final double INITIAL_NOISE = 0.1;

  private ContentFactorization() {}

  /**
   * v_c of every post, in the catalogue's order, centred on the touched posts and scaled to mean
   * squared length one there.
   */
  static FactorMatrix contentVectors(TrainingData data, Hyperparameters parameters) {
    int posts = data.posts().length;
    int rank = parameters.rank();
    double precision = rank * parameters.itemRegularization();
    double headRidge = parameters.headRegularization() / parameters.itemRegularization();
    var rates = ExpectedRates.of(data, parameters).broadcast(data);
    var links = ItemFactors.links(data, parameters.blocks(), rates);
    var heads = ContentHeads.initial(data, rank);
    var predictions = heads.predict(posts);
    var items = withInitialOffsets(predictions, data, parameters.seed());
    // The mean user does what is expected of everything: w = 0, s = 1.
    var mean = new double[rank + 1];
    mean[rank] = 1;
    for (int iteration = 0; iteration < parameters.iterations(); iteration++) {
      var users =
          UserFactors.solve(data.users(), items, mean, parameters.userRegularization(), rates);
      var solved = ItemFactors.solve(links, users, predictions, precision, rates);
      mean = users.mean();
      users.unpersist();
      heads = heads.refit(solved.items(), predictions, solved.information(), precision, headRidge);
      predictions = heads.predict(posts);
      items = withoutUntouchedOffsets(solved.items(), predictions, data);
    }
    links.unpersist();
    heads.unpersist();
    rates.unpersist();
    return items.standardized(data.totals().touched().stream().toArray());
  }

  /** Small hashed offsets, so that posts without a text can tell users apart, too. */
  private static FactorMatrix withInitialOffsets(
      FactorMatrix predictions, TrainingData data, long seed) {
    int rank = predictions.columns();
    double bound = INITIAL_NOISE * Math.sqrt(3.0 / rank);
    var items = new FactorMatrix(rank, predictions.values().clone());
    data.totals().touched().stream()
        .forEach(
            item -> {
              var random = new SplittableRandom(seed ^ UserHistory.hash64(data.posts()[item]));
              for (int j = 0; j < rank; j++) {
                items.set(item, j, items.get(item, j) + random.nextDouble(-bound, bound));
              }
            });
    return items;
  }

  private static FactorMatrix withoutUntouchedOffsets(
      FactorMatrix items, FactorMatrix predictions, TrainingData data) {
    var result = new FactorMatrix(items.columns(), predictions.values().clone());
    data.totals().touched().stream().forEach(item -> result.setRow(item, items, item));
    return result;
  }
}
