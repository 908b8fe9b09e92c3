/**
 * Search for settings of the interest model on a lake's own data: {@link
 * io.nightfeed.tune.SearchSpace} draws candidates, {@link io.nightfeed.tune.SuccessiveHalving} says
 * which of them are measured on how many users, {@link io.nightfeed.tune.TrialLog} keeps what is
 * finished.
 */
package io.nightfeed.tune;
