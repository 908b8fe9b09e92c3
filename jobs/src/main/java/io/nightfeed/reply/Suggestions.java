package io.nightfeed.reply;

import io.nightfeed.config.Settings;
import io.nightfeed.reply.Retrieval.Found;
import io.nightfeed.reply.Source.Kind;
import io.nightfeed.reply.Suggestion.Origin;
import io.nightfeed.safety.BlockReason;
import io.nightfeed.safety.BlockedTexts;
import io.nightfeed.safety.Graphemes;
import io.nightfeed.safety.TextCheck;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;

/**
 * Decides what is suggested to a comment: the first source that is similar enough and may be shown.
 *
 * @param conditions how many sources are looked for: for a language model to read there may be
 *     several
 */
record Suggestions(
    Retrieval retrieval,
    Settings.Reply settings,
    Conditions conditions,
    TextCheck check,
    String runId)
    implements Serializable {
  /** So many of a kind are looked at before the next kind is. */
  private static final int TRIED = 5;

  /**
   * @param suggestion what is suggested without a language model
   * @param quotes what can be said to the comment, the suggestion first; empty where nothing can
   * @param blocked rows of silver.blocked_texts
   */
  record Decision(Suggestion suggestion, List<Quote> quotes, List<Row> blocked)
      implements Serializable {}

  Decision decide(Asked asked) {
    var blocked = new ArrayList<Row>();
    var reasons = check.ofInput(asked.text(), asked.toxicity());
    if (!reasons.isEmpty()) {
      for (var reason : reasons) {
        blocked.add(blocked(asked.textHash(), BlockedTexts.INPUT, reason, List.of(asked.postId())));
      }
      return unanswered(asked, null, reasons.get(0), blocked);
    }
    Double nearest = null;
    BlockReason first = null;
    var quotes = new ArrayList<Quote>();
    for (var kind : Kind.values()) {
      for (var found : retrieval.nearest(asked, kind, TRIED)) {
        nearest = nearest == null ? found.similarity() : Math.max(nearest, found.similarity());
        if (found.similarity() >= least(kind)) {
          var against = against(asked, found.source());
          if (against.isEmpty()) {
            quotes.add(quote(found));
          }
          for (var reason : against) {
            blocked.add(blocked(asked, found.source(), reason));
            first = first == null ? reason : first;
          }
        }
        if (quotes.size() == conditions.mostSources()) {
          return answered(asked, quotes, blocked);
        }
      }
    }
    return quotes.isEmpty()
        ? unanswered(asked, nearest, first, blocked)
        : answered(asked, quotes, blocked);
  }

  private double least(Kind kind) {
    return kind == Kind.TEMPLATE ? settings.minTemplateSimilarity() : settings.minSimilarity();
  }

  /** The reply that a source gives: its own words. A post is told by its beginning. */
  private String reply(Source source) {
    return source.kind() == Kind.POST
        ? Graphemes.start(source.text(), settings.maxCharacters())
        : source.text();
  }

  private Quote quote(Found found) {
    var source = found.source();
    return new Quote(
        source.kind().label(),
        source.ids(),
        source.userId(),
        reply(source),
        source.textHash(),
        found.similarity());
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

  private Decision answered(Asked asked, List<Quote> quotes, List<Row> blocked) {
    var reply = Reply.of(quotes.get(0).text(), quotes.subList(0, 1));
    var origin =
        Origin.retrieved(
            conditions.contentKey(asked, quotes),
            conditions.isChat() ? RepliesOfNight.NOT_ASKED : null);
    return new Decision(
        suggestion(asked, Suggestion.SUGGESTED, reply, null, origin), List.copyOf(quotes), blocked);
  }

  /**
   * @param first reason for which a text was not used; null where nothing was similar enough
   */
  private Decision unanswered(Asked asked, Double nearest, BlockReason first, List<Row> blocked) {
    var status = first == null ? Suggestion.ABSTAINED : Suggestion.BLOCKED;
    var origin = Origin.retrieved(null, null);
    return new Decision(
        suggestion(asked, status, Reply.none(nearest), first, origin), List.of(), blocked);
  }

  private Suggestion suggestion(
      Asked asked, String status, Reply reply, BlockReason reason, Origin origin) {
    return new Suggestion(
        asked.eventId(),
        asked.postId(),
        asked.userId(),
        status,
        reply,
        reason == null ? null : reason.label(),
        asked.language(),
        asked.modelDigest(),
        origin,
        runId);
  }
}
