/**
 * A synthetic platform whose truth is known: what users like, how they feel, and how much feeling
 * changes what they engage with. See {@link io.nightfeed.simulate.TruthModel} for the law.
 *
 * <p>Every draw is a function of the seed and of what is drawn (the mood of user 7, the text of
 * post 12), never of the order of drawing, and transcendental functions come from {@link
 * StrictMath}: the same command writes the same bytes on every machine.
 */
package io.nightfeed.simulate;
