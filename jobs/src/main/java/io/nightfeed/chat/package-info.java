/**
 * Asks a language model behind OpenAI's interface: within a budget, at a rate, again where it may
 * help, and never for longer than is set. The JDK's client sends, Failsafe tries again: clients of
 * that interface bring other versions of Jackson or Kotlin than Spark and Lingua, and draw the
 * jitter of their retries by chance.
 */
package io.nightfeed.chat;
