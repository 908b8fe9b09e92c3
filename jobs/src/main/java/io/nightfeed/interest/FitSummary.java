package io.nightfeed.interest;

import java.io.Serializable;

/**
 * Sizes and fit.
 *
 * @param users users with a vector of their own
 * @param posts posts of the catalogue
 * @param touchedPosts posts with at least one interaction or sampled impression
 * @param interactions rows that were learnt from
 * @param logLikelihood log-likelihood of Poisson(exposure · (E f + g)) per impression, E over what
 *     is uncertain about users, without its data-only terms
 * @param nullLogLikelihood the same for one rate for everybody
 * @param engagementRate engagements per impression, sampled impressions included
 * @param rank dimension of v_c, without what texts and authors add to it
 * @param isEngagementAlone the logs held no impressions
 * @param isWarm the factorisation started from an earlier model's vectors
 */
public record FitSummary(
    long users,
    long posts,
    long touchedPosts,
    long interactions,
    double logLikelihood,
    double nullLogLikelihood,
    double engagementRate,
    int rank,
    boolean isEngagementAlone,
    boolean isWarm)
    implements Serializable {}
