package io.nightfeed.chat;

/**
 * What came of a question.
 *
 * @param content what the model wrote; null where there is no answer
 * @param failure why there is none: budget, timeout, unreachable, refused or malformed; null where
 *     there is one
 * @param spent on all tries, by the server's count where it told, else at most
 */
public record ChatAnswer(String content, String failure, ChatSpending spent) {}
