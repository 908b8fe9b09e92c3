package io.nightfeed.chat;

/**
 * A question to a language model.
 *
 * @param about what it is about: pauses before further tries are a hash of it
 * @param system what the model is to do: fixed text
 * @param user the data that it is to do it with
 */
public record ChatQuestion(String about, String system, String user) {}
