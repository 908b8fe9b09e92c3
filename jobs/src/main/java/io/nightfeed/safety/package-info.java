/**
 * Whether a text may be read or shown: what stands between what people write, language models and
 * readers. Every stage that generates text asks {@link io.nightfeed.safety.TextCheck} about what it
 * reads and about what it wrote, drops with {@link io.nightfeed.safety.Grounding} what the sources
 * do not say, and leaves a row of {@code silver.blocked_texts} for what it did not use.
 */
package io.nightfeed.safety;
