/**
 * Suggested replies to comments that nobody answered, from what was written before: an answer
 * template, an answer that somebody got, or a post.
 *
 * <p>{@link io.nightfeed.reply.Threads} puts what was said under a post in order, {@link
 * io.nightfeed.reply.Retrieval} finds the sources that are most like a comment in its thread, and
 * {@link io.nightfeed.reply.Suggestions} takes the first that is similar enough and may be shown.
 * What is suggested is that source's own text or, where a language model is to write, what it makes
 * of the best sources ({@link io.nightfeed.reply.ReplyWriter}), which says nothing that they do
 * not.
 *
 * <p>Two texts are compared by what they mean (cosine of embeddings) and how they say it (cosine of
 * TF-IDF weights); see {@link io.nightfeed.reply.Features}. Of a thread the last turn weighs most.
 */
package io.nightfeed.reply;
