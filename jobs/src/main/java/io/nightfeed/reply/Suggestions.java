package io.nightfeed.reply;

import io.nightfeed.config.Settings;
import io.nightfeed.reply.Retrieval.Found;
import io.nightfeed.reply.Source.Kind;
import io.nightfeed.safety.BlockReason;
import io.nightfeed.safety.BlockedTexts;
import io.nightfeed.safety.Graphemes;
import io.nightfeed.safety.TextCheck;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Decides what is suggested to a comment: the first source that is similar enough and may be shown.
 */
record Suggestions(Retrieval retrieval, Settings.Reply settings, TextCheck check, String runId)
    implements Serializable {
  /** So many of a kind are looked at before the next kind is. */
  private static final int TRIED = 5;

  private static final String SUGGESTED = "suggested";
  private static final String ABSTAINED = "abstained";
  private static final String BLOCKED = "blocked";

  /**
   * @param suggestion a row of gold.reply_suggestions
   * @param blocked rows of silver.blocked_texts
   */
  record Decision(Row suggestion, List<Row> blocked) implements Serializable {}

  Decision decide(Asked asked) {
    var blocked = new ArrayList<Row>();
    var reasons = check.ofInput(asked.text(), asked.toxicity());
    if (!reasons.isEmpty()) {
      for (var reason : reasons) {
        blocked.add(blocked(asked.textHash(), BlockedTexts.INPUT, reason, List.of(asked.postId())));
      }
      return new Decision(row(asked, BLOCKED, null, null, reasons.get(0)), blocked);
    }
    Double nearest = null;
    BlockReason first = null;
    for (var kind : Kind.values()) {
      for (var found : retrieval.nearest(asked, kind, TRIED)) {
        nearest = nearest == null ? found.similarity() : Math.max(nearest, found.similarity());
        if (found.similarity() >= least(kind)) {
          var against = against(asked, found.source());
          if (against.isEmpty()) {
            return new Decision(row(asked, SUGGESTED, found, found.similarity(), null), blocked);
          }
          for (var reason : against) {
            blocked.add(blocked(asked, found.source(), reason));
          }
          first = first == null ? against.get(0) : first;
        }
      }
    }
    return new Decision(
        row(asked, first == null ? ABSTAINED : BLOCKED, null, nearest, first), blocked);
  }

  private double least(Kind kind) {
    return kind == Kind.TEMPLATE ? settings.minTemplateSimilarity() : settings.minSimilarity();
  }

  /** The reply that a source gives: its own words. A post is told by its beginning. */
  String reply(Source source) {
    return source.kind() == Kind.POST
        ? Graphemes.start(source.text(), settings.maxCharacters())
        : source.text();
  }

  private List<BlockReason> against(Asked asked, Source source) {
    return check.ofOutput(
        reply(source), source.toxicity(), asked.language(), settings.maxCharacters());
  }

  private Row blocked(Asked asked, Source source, BlockReason reason) {
    return source.textHash() == null
        ? blocked(asked.textHash(), BlockedTexts.OUTPUT, reason, List.of(asked.postId()))
        : blocked(source.textHash(), BlockedTexts.INPUT, reason, List.of(source.postId()));
  }

  private Row blocked(String textHash, String place, BlockReason reason, List<String> posts) {
    return BlockedTexts.row(ReplyJob.NAME, textHash, place, reason, posts, runId);
  }

  private Row row(Asked asked, String status, Found found, Double similarity, BlockReason reason) {
    var source = found == null ? null : found.source();
    return RowFactory.create(
        asked.eventId(),
        asked.postId(),
        asked.userId(),
        status,
        source == null ? null : reply(source),
        source == null ? null : source.kind().label(),
        source == null ? List.of() : source.ids(),
        source == null ? null : source.userId(),
        similarity,
        reason == null ? null : reason.label(),
        asked.language(),
        asked.modelDigest(),
        runId);
  }
}
