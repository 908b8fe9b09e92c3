/**
 * The interest model: how strongly user u is expected to engage with post c in mood e,
 *
 * <pre>
 *   I(u,c) = exp(w_u·v_c + b_u) + exp(w_E·v_c + w_A·a_c + b_E + w_s·e_u + e_uᵀ·B·a_c)
 *            └─ behaviour f ──┘   └───────────────────── emotion g ───────────────────┘
 * </pre>
 *
 * in engagements per impression. {@link io.nightfeed.interest.InterestModelEstimator} fits it in
 * two phases. Where logs say what people saw and left alone, {@link
 * io.nightfeed.interest.ContentFactorization} learns the content vectors v_c, and {@link
 * io.nightfeed.interest.IntensityCalibration} all else. Where they hold engagements alone, {@link
 * io.nightfeed.interest.ImplicitFactorization} learns everybody's taste, texts and authors being a
 * part of v_c, and the calibration makes rates of it: w_u is taste times a slope that all share.
 * {@link io.nightfeed.interest.Intensities} evaluates it.
 *
 * <p>{@link io.nightfeed.interest.Taste} is what engagements alone tell, before it becomes a rate:
 * by factors ({@link io.nightfeed.interest.ImplicitFactorization}) or, for small catalogues, by
 * neighbours ({@link io.nightfeed.interest.EpisodicNeighbours}).
 *
 * <p>Two layouts recur. An <em>item vector</em> is {@code [v_c, popularity, 1]}; a <em>user
 * vector</em> is {@code [w_u, weight of popularity, b_u]}, so that f is the exponential of their
 * dot product. v_c has the rank's length; learned from engagements alone it is longer by the texts'
 * and the author's coordinates, and popularity is 0: taste knows it. Eight emotions are always
 * anger, disgust, fear, joy, sadness, surprise, neutral, valence.
 *
 * <p>Sums of doubles are taken in a fixed order (rows sorted within users, users within blocks,
 * blocks by number) and draws are seeded with keys, so that a refit gives the same bits whatever
 * the layout of its input.
 */
package io.nightfeed.interest;
