package io.nightfeed.reply;

import io.nightfeed.tables.Gold;
import java.io.Serializable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * A row of {@link Gold#REPLY_SUGGESTIONS}.
 *
 * @param reason why it is blocked; null otherwise
 * @param runId the run that writes it
 */
record Suggestion(
    String eventId,
    String postId,
    String userId,
    String status,
    Reply reply,
    String reason,
    String language,
    String modelDigest,
    Origin origin,
    String runId)
    implements Serializable {
  static final String SUGGESTED = "suggested";
  static final String ABSTAINED = "abstained";
  static final String BLOCKED = "blocked";

  /**
   * Whose words a reply is in, and what they cost in this night.
   *
   * @param model null where no language model wrote it
   * @param version of the prompt, or of retrieval's rules
   * @param cause why a language model's reply is not used, though one was to be had; null otherwise
   * @param contentKey see {@link Conditions#contentKey}; null where nothing is suggested
   */
  record Origin(
      String writer,
      String model,
      int version,
      String cause,
      String contentKey,
      long promptTokens,
      long answerTokens,
      double cost,
      boolean isReused)
      implements Serializable {

    static Origin retrieved(String contentKey, String cause) {
      return new Origin(
          Conditions.RETRIEVED,
          null,
          Conditions.RETRIEVAL_RULES,
          cause,
          contentKey,
          0,
          0,
          0,
          false);
    }

    Origin costing(long promptTokens, long answerTokens, double cost, boolean isReused) {
      return new Origin(
          writer, model, version, cause, contentKey, promptTokens, answerTokens, cost, isReused);
    }

    /** How the reply came about, in a word. */
    String outcome() {
      return writer.equals(Conditions.CHAT)
          ? "generated"
          : cause == null ? Conditions.RETRIEVED : "fallback";
    }

    /** The same, where another row has what it cost. */
    Origin paidElsewhere() {
      return costing(0, 0, 0, isReused);
    }
  }

  boolean isSuggested() {
    return status.equals(SUGGESTED);
  }

  String contentKey() {
    return origin.contentKey();
  }

  Suggestion with(Reply other, Origin its) {
    return new Suggestion(
        eventId, postId, userId, status, other, reason, language, modelDigest, its, runId);
  }

  Row row() {
    return RowFactory.create(
        eventId,
        postId,
        userId,
        status,
        reply.text(),
        reply.sourceKind(),
        reply.sourceIds(),
        reply.sourceUserIds(),
        reply.similarity(),
        reason,
        language,
        modelDigest,
        origin.writer(),
        origin.model(),
        origin.version(),
        origin.cause(),
        origin.contentKey(),
        origin.promptTokens(),
        origin.answerTokens(),
        origin.cost(),
        origin.isReused(),
        runId);
  }
}
