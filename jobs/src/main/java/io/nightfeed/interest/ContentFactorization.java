package io.nightfeed.interest;

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
  private ContentFactorization() {}

  /**
   * v_c of every post, in the catalogue's order, centred on the touched posts and scaled to mean
   * squared length one there.
   *
   * @param start vectors that are centred and scaled so; what they say of texts is the first head
   */
  static FactorMatrix contentVectors(
      TrainingData data, StartingVectors start, Hyperparameters parameters) {
    int posts = data.posts().length;
    int rank = parameters.rank();
    double precision = rank * parameters.itemRegularization();
    double headRidge = parameters.headRegularization() / parameters.itemRegularization();
    var rates = ExpectedRates.of(data, parameters).broadcast(data);
    var links = ItemFactors.links(data, parameters.blocks(), rates);
    var heads = ContentHeads.initial(data, rank);
    if (start.isWarm()) {
      heads = heads.of(start.over(FactorMatrix.zeros(posts, rank)), headRidge);
    }
    var predictions = heads.predict(posts);
    // Small offsets, so that posts without a text can tell users apart, too.
    var touched = data.totals().touched().stream();
    var items = start.over(predictions, data.posts(), touched, parameters.seed());
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

  private static FactorMatrix withoutUntouchedOffsets(
      FactorMatrix items, FactorMatrix predictions, TrainingData data) {
    var result = new FactorMatrix(items.columns(), predictions.values().clone());
    data.totals().touched().stream().forEach(item -> result.setRow(item, items, item));
    return result;
  }
}
