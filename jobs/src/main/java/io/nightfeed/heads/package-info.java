/**
 * What is read off a text and its vector: sentiment, emotions, toxicity. The corpora that teach it,
 * the heads, and how well they read.
 */
package io.nightfeed.heads;
