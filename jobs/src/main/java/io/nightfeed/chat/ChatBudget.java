package io.nightfeed.chat;

import io.nightfeed.config.Settings;

/** Tokens and money of one run. What calls under way may cost is set aside until it is known. */
public final class ChatBudget {
  private final Settings.Chat settings;
  private ChatSpending spent = ChatSpending.NOTHING;

  public ChatBudget(Settings.Chat settings) {
    this.settings = settings;
  }

  /** Sets aside what a call may cost at most; false, and nothing is, where that is not left. */
  synchronized boolean reserve(ChatSpending most) {
    var after = spent.plus(most);
    if (after.tokens() > settings.maxTokens() || after.cost(settings) > settings.maxCost()) {
      return false;
    }
    spent = after;
    return true;
  }

  /** Puts what a call did cost in the place of what was set aside for it. */
  synchronized void settle(ChatSpending reserved, ChatSpending actual) {
    spent = spent.minus(reserved).plus(actual);
  }

  /** So far, what is set aside included. */
  public synchronized ChatSpending spent() {
    return spent;
  }
}
