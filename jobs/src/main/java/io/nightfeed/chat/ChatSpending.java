package io.nightfeed.chat;

import io.nightfeed.config.Settings;

/**
 * What was, or may be, spent on answers.
 *
 * @param promptTokens read by the model
 * @param answerTokens written by it
 */
public record ChatSpending(long promptTokens, long answerTokens) {
  public static final ChatSpending NOTHING = new ChatSpending(0, 0);

  public long tokens() {
    return promptTokens + answerTokens;
  }

  /** In the currency of the settings. */
  public double cost(Settings.Chat settings) {
    return (promptTokens * settings.costPerMillionPromptTokens()
            + answerTokens * settings.costPerMillionAnswerTokens())
        / 1e6;
  }

  public ChatSpending plus(ChatSpending other) {
    return new ChatSpending(promptTokens + other.promptTokens, answerTokens + other.answerTokens);
  }

  public ChatSpending minus(ChatSpending other) {
    return new ChatSpending(promptTokens - other.promptTokens, answerTokens - other.answerTokens);
  }
}
