/**
 * Language models that turn a text into a vector: their files, the Spark NLP annotator that runs
 * them, how fast it does, and how they are tuned.
 */
package io.nightfeed.encoders;
