/**
 * Words for people: a teaser for every recommended post, and the reason for the first places of
 * every list. Whoever writes, extractive or a language model on a server or inside the Spark job,
 * what is read is checked before and what is written after ({@link io.nightfeed.safety}), and
 * nothing is generated twice.
 */
package io.nightfeed.generate;
