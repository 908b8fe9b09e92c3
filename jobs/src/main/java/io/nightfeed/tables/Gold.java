package io.nightfeed.tables;

import static io.nightfeed.tables.Columns.*;
import static io.nightfeed.tables.QualityRule.absent;
import static io.nightfeed.tables.QualityRule.found;
import static io.nightfeed.tables.TableSpec.table;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.nightfeed.tables.QualityRule.EachUser;
import io.nightfeed.tables.QualityRule.Nights;
import io.nightfeed.tables.QualityRule.RowsOf;
import io.nightfeed.tables.QualityRule.Volume;
import io.nightfeed.tables.QualityRule.WholeSlice;
import java.util.List;

/** What others read: recommendations and how good the model is. */
public final class Gold {
  private static final String SHARES_DIFFER =
      "min(behaviour_share) < max(behaviour_share) or max(emotion_share) = 0";

  private static final String PLACES_FROM_ONE =
      "min(rank) = 1 and max(rank) = count(*) and size(collect_set(rank)) = count(*)";

  /** Scores in the order of rank_by_score, from below, are in their own order. */
  private static final String BEST_SCORE_FIRST =
      "transform(sort_array(collect_list(struct(-rank_by_score, score))), s -> s.score)"
          + " = sort_array(collect_list(score))";

  private static final QualityRule USERS_HAVE_STATES =
      found(
          "users_have_states", List.of(USER_ID), Silver.USER_STATES, Nights.THIS, List.of(USER_ID));

  public static final TableSpec RECOMMENDATIONS_LATEST =
      recommendations("gold.recommendations_latest").keepsOneSlice().hasChangeFeed().build();

  public static final TableSpec MODEL_EVALUATIONS =
      table("gold.model_evaluations", "One figure about the model that a night trained.")
          .key(MODEL_VERSION, METRIC, SEGMENT)
          .required(MODEL_VERSION, StringType, "Version of the model: its run date and digest.")
          .required(METRIC, StringType, "Name of the figure, such as emotion_effect.")
          .required(SEGMENT, StringType, "Which users or posts it is about; all for everyone.")
          .optional(VALUE, DoubleType, "The figure; null when it could not be computed.")
          .required(RUN_ID, StringType, "Run that wrote the row.")
          .each("figures_are_finite", "value is null or abs(value) < double('infinity')")
          .rule(one(MODEL_VERSION))
          .build();

  public static final TableSpec SERVING_MODELS =
      table("gold.serving_models", "Which model the night's recommendations come from.")
          .key(RUN_DATE)
          .required(MODEL_RUN_DATE, DateType, "The night that trained the model.")
          .required(MODEL_VERSION, StringType, "Version of the model: its run date and digest.")
          .required(DECISION, StringType, "accepted, unjudged, champion_kept or rolled_back.")
          .required(REASON, StringType, "Why, for the reader.")
          .required(RUN_ID, StringType, "Run that wrote the row.")
          .check(
              "known_decision",
              "decision in ('accepted', 'unjudged', 'champion_kept', 'rolled_back')")
          .build();

  public static final TableSpec CANDIDATE_FUNNEL =
      table(
              "gold.candidate_funnel",
              "What became of all posts on the way to one active user's list; a post that several"
                  + " reasons remove counts for the first of them, in the order of the columns.")
          .key(USER_ID)
          .users(USER_ID)
          .required(USER_ID, StringType, "Pseudonym.")
          .required(POSTS, LongType, "Posts that had arrived by the end of the night.")
          .required(REMOVED_UNSAFE, LongType, "Reported by recommend.unsafe-reports users or more.")
          .required(REMOVED_UNKNOWN, LongType, "Newer than the model that serves.")
          .required(
              REMOVED_STALE,
              LongType,
              "Older than recommend.max-post-age-days, or dated after the night.")
          .required(REMOVED_OWN, LongType, "Written by the user.")
          .required(REMOVED_REJECTED, LongType, "Hidden or reported by the user.")
          .required(REMOVED_SEEN, LongType, "The user has another event with it.")
          .required(SCORED, LongType, "The rest: the user's candidates, each scored.")
          .required(OUTRANKED, LongType, "Scored, and in no place: others scored or ranked higher.")
          .required(
              GUARDED_AWAY,
              LongType,
              "Scored, and in the list but for the mood guard; 0 where the mood is not low.")
          .required(DELIVERED, LongType, "Posts in the list.")
          .required(
              PLACES_CHANGED,
              LongType,
              "Places of the list that hold another post than by score alone.")
          .required(IS_LOW_MOOD, BooleanType, "The user's mood was low, and the mood guard held.")
          .required(MODEL_VERSION, StringType, "Version of the model that scored.")
          .required(RUN_ID, StringType, "Run that wrote the row.")
          .check(
              "every_post_has_its_place",
              "posts = removed_unsafe + removed_unknown + removed_stale + removed_own"
                  + " + removed_rejected + removed_seen + scored")
          .check("every_candidate_has_its_place", "scored = outranked + guarded_away + delivered")
          .check(
              "no_count_below_zero",
              "least(removed_unsafe, removed_unknown, removed_stale, removed_own,"
                  + " removed_rejected, removed_seen, outranked, guarded_away, delivered,"
                  + " places_changed) >= 0")
          .check("changed_places_are_places", "places_changed <= delivered")
          .rule(one(MODEL_VERSION))
          .rule(new Volume("volume"))
          .rule(USERS_HAVE_STATES)
          .build();

  public static final TableSpec AMPLIFICATION_AUDIT =
      table(
              "gold.amplification_audit",
              "How much of one feeling lists show to some readers, beside what there is and what"
                  + " the same readers engaged with. Posts that no head reads are left out.")
          .key(MEASURE, AUDIENCE)
          .required(
              MEASURE,
              StringType,
              "An emotion (mean probability over posts), or negativity: the share of posts whose"
                  + " valence is at most recommend.reranking.negative-valence.")
          .required(
              AUDIENCE, StringType, "all, or low_mood: the readers for whom the mood guard held.")
          .optional(
              LISTS,
              LongType,
              "Readers of the audience with a list of which a post was read; null where nothing may"
                  + " be told of them (small-groups.least-users).")
          .optional(
              HISTORIES,
              LongType,
              "Those of them who engaged with a post that was read; null where nothing may be told.")
          .optional(
              IN_CANDIDATES, DoubleType, "Mean over the night's candidates, each counted once.")
          .optional(
              IN_HISTORIES,
              DoubleType,
              "Mean over readers of the mean over the posts that each engaged with.")
          .optional(IN_LISTS, DoubleType, "Mean over readers of the mean over each one's list.")
          .optional(
              LISTS_TO_CANDIDATES,
              DoubleType,
              "in_lists / in_candidates: above 1 lists show more of it than there is.")
          .optional(
              LISTS_TO_HISTORIES,
              DoubleType,
              "In the lists of readers with engagements, by in_histories: above 1 they are shown"
                  + " more of it than they chose.")
          .required(MODEL_VERSION, StringType, "Version of the model that scored.")
          .required(RUN_ID, StringType, "Run that wrote the row.")
          .check("known_audience", "audience in ('all', 'low_mood')")
          .check(
              "small_groups_untold",
              "(lists > 0 or (in_lists is null and lists_to_candidates is null)) and"
                  + " (histories > 0 or (in_histories is null and lists_to_histories is null)) and"
                  + " (lists is not null or histories is null)")
          .build();

  public static final TableSpec RECOMMENDATIONS =
      recommendations("gold.recommendations")
          .each("score_is_a_rate", "score > 0 and score < double('infinity')")
          .each("shares_in_range", "behaviour_share between 0 and 1")
          .each("ranked_by_score_from_one", "rank_by_score >= 1")
          .each("reason_is_told", "reason <> '' and size(supporting_posts) <= 3")
          .each("reason_is_another_post", "not array_contains(supporting_posts, post_id)")
          .rule(one(MODEL_VERSION))
          .rule(one(RUN_ID))
          // Of fewer rows chance may make it so.
          .rule(new WholeSlice("scores_differ", "min(score) < max(score)", 100))
          .rule(new WholeSlice("shares_differ", SHARES_DIFFER, 100))
          .rule(new Volume("volume"))
          .rule(new RowsOf("as_many_as_delivered", CANDIDATE_FUNNEL, "sum(delivered)"))
          .rule(new EachUser("places_from_one", PLACES_FROM_ONE))
          .rule(new EachUser("posts_once", "size(collect_set(post_id)) = count(*)"))
          .rule(new EachUser("best_score_first", BEST_SCORE_FIRST))
          .rule(USERS_HAVE_STATES)
          .rule(
              found(
                  "posts_are_known",
                  List.of(POST_ID),
                  Silver.POSTS,
                  Nights.SO_FAR,
                  List.of(POST_ID)))
          .rule(
              absent(
                  "not_the_readers_own",
                  List.of(POST_ID, USER_ID),
                  Silver.POSTS,
                  Nights.SO_FAR,
                  List.of(POST_ID, AUTHOR_ID)))
          .rule(
              absent(
                  "not_seen_before",
                  List.of(USER_ID, POST_ID),
                  Silver.USER_ITEM_SIGNALS,
                  Nights.THIS,
                  List.of(USER_ID, POST_ID)))
          .rule(
              new QualityRule.Reference(
                  "reasons_are_the_readers",
                  List.of(USER_ID, "explode(supporting_posts)"),
                  Silver.USER_ITEM_SIGNALS,
                  Nights.THIS,
                  "engagement > 0",
                  List.of(USER_ID, POST_ID),
                  false))
          .rule(
              found(
                  "model_serves",
                  List.of(MODEL_VERSION),
                  SERVING_MODELS,
                  Nights.THIS,
                  List.of(MODEL_VERSION)))
          .build();

  public static final TableSpec GENERATED_TEXTS =
      table(
              "gold.generated_texts",
              "One line of text for the day after the run date: a teaser of a recommended post, or"
                  + " the reason for one of a reader's first places.")
          .key(KIND, POST_ID, USER_ID)
          .users(USER_ID)
          .posts(POST_ID)
          .texts(TEXT_HASH)
          .words(GENERATED_TEXT)
          .origins(SOURCE_IDS)
          .required(
              KIND, StringType, "teaser, for whoever gets the post; or reason, for one reader.")
          .required(POST_ID, StringType, "The post recommended.")
          .optional(USER_ID, StringType, "Pseudonym of the reader of a reason; null of a teaser.")
          .required(GENERATED_TEXT, StringType, "The line, in one sentence or few; safe to show.")
          .required(
              OUTCOME,
              StringType,
              "generated: as it was asked for; fallback: what was asked for was not had, or not"
                  + " good enough; blocked: its source may not be read or quoted. The last two show"
                  + " a safe line.")
          .optional(
              CAUSE,
              StringType,
              "Why it is not generated, such as injection, ungrounded, budget or timeout; null"
                  + " where it is.")
          .required(
              WRITER,
              StringType,
              "extractive: a sentence of the source; chat, spark-nlp: a language model; template: words of ours.")
          .required(
              MODEL,
              StringType,
              "Which model wrote, or chose; of spark-nlp its name and digest; the template's name.")
          .required(PROMPT_VERSION, IntegerType, "Version of the prompt, or of the writer's rules.")
          .optional(
              LANGUAGE,
              StringType,
              "Condition: language (ISO 639-1); templates of reasons are in English all the same.")
          .optional(
              TOPIC,
              StringType,
              "Condition: what it is about, a tag of the post; of a reason what carries the recommendation.")
          .required(
              TONE, StringType, "Condition: its tone; a line that is copied has its source's.")
          .required(MAX_CHARACTERS, IntegerType, "Condition: its length at most, as readers count.")
          .optional(
              TEXT_HASH, StringType, "SHA-256, in hex, of the text that it is about; null without.")
          .required(
              CONTENT_KEY,
              StringType,
              "SHA-256, in hex, of text hash, conditions, writer, model and prompt version: what was"
                  + " generated once for a key is not paid for again.")
          .required(
              SOURCE_IDS,
              createArrayType(StringType, false),
              "Posts whose words are in it, or that it is about.")
          .required(PROMPT_TOKENS, LongType, "Tokens that were read for it in this night.")
          .required(ANSWER_TOKENS, LongType, "Tokens that were written for it in this night.")
          .required(
              COST, DoubleType, "What it cost in this night, in the currency of chat.max-cost.")
          .required(IS_REUSED, BooleanType, "It was generated on an earlier night.")
          .required(RUN_ID, StringType, "Run that wrote the row.")
          .check("known_kind", "kind in ('teaser', 'reason')")
          .check("known_outcome", "outcome in ('generated', 'fallback', 'blocked')")
          .check("reasons_have_readers", "(kind = 'reason') = (user_id is not null)")
          .each("text_is_told", "trim(generated_text) <> ''")
          .each("cause_is_told", "(outcome = 'generated') = (cause is null)")
          .each(
              "amounts_in_range",
              "prompt_tokens >= 0 and answer_tokens >= 0 and cost >= 0"
                  + " and cost < double('infinity')")
          .each("reuse_is_free", "not is_reused or (cost = 0 and answer_tokens = 0)")
          .isSeenAtOnce()
          .build();

  public static final TableSpec REPLY_SUGGESTIONS =
      table(
              "gold.reply_suggestions",
              "What could be answered to one comment that nobody answered, or why nothing is"
                  + " suggested.")
          .key(EVENT_ID)
          .users(USER_ID, SOURCE_USER_IDS)
          .posts(POST_ID)
          .words(REPLY)
          .origins(SOURCE_IDS)
          .required(EVENT_ID, StringType, "The comment.")
          .required(POST_ID, StringType, "The post under which it stands.")
          .required(USER_ID, StringType, "Pseudonym of who wrote the comment.")
          .required(
              STATUS,
              StringType,
              "suggested; abstained: nothing was similar enough; blocked: the comment, or all that"
                  + " was similar, must not be used.")
          .optional(REPLY, StringType, "The suggestion; null unless suggested.")
          .optional(
              SOURCE_KIND,
              StringType,
              "Where the reply comes from: template, past_answer or post; of several sources the"
                  + " first one's; null unless suggested.")
          .required(
              SOURCE_IDS,
              createArrayType(StringType, false),
              "The template's intent, the comment that was the answer, or the post; several where a"
                  + " language model put several into words.")
          .required(
              SOURCE_USER_IDS,
              createArrayType(StringType, false),
              "Pseudonyms of who wrote the sources, for others' answers and posts.")
          .optional(
              SIMILARITY,
              DoubleType,
              "Of the reply's first source to the comment, or of the nearest where nothing is"
                  + " suggested; null where there was nothing to compare with.")
          .optional(REASON, StringType, "Why blocked, as in silver.blocked_texts; null otherwise.")
          .required(LANGUAGE, StringType, "Detected language of the comment (ISO 639-1), or und.")
          .required(
              MODEL_DIGEST, StringType, "Models that read the comment, as in text_annotations.")
          .required(
              WRITER,
              StringType,
              "retrieved: the reply, if any, is its source's own text; chat: a language model wrote"
                  + " it.")
          .optional(MODEL, StringType, "Which model wrote; null where the reply is retrieved.")
          .required(PROMPT_VERSION, IntegerType, "Version of the prompt, or of retrieval's rules.")
          .optional(
              CAUSE,
              StringType,
              "Why a language model's reply, though it was to be asked for one, is not used, such as"
                  + " malformed, ungrounded, budget or timeout; null otherwise.")
          .optional(
              CONTENT_KEY,
              StringType,
              "SHA-256, in hex, of what the reply is made of: hashes of the comment, of its thread and"
                  + " of the sources, conditions, writer, model and prompt version. What was written"
                  + " once for a key is not paid for again. Null unless suggested.")
          .required(PROMPT_TOKENS, LongType, "Tokens that were read for it in this night.")
          .required(ANSWER_TOKENS, LongType, "Tokens that were written for it in this night.")
          .required(
              COST, DoubleType, "What it cost in this night, in the currency of chat.max-cost.")
          .required(IS_REUSED, BooleanType, "A language model wrote it on an earlier night.")
          .required(RUN_ID, StringType, "Run that wrote the row.")
          .check("known_status", "status in ('suggested', 'abstained', 'blocked')")
          .check(
              "suggested_with_source",
              "(status = 'suggested') = (reply is not null)"
                  + " and (reply is null) = (source_kind is null)")
          .check(
              "known_kind",
              "source_kind is null or source_kind in ('template', 'past_answer', 'post')")
          .check("blocked_with_reason", "(status = 'blocked') = (reason is not null)")
          .check("known_writer", "writer in ('retrieved', 'chat')")
          .check("models_write_by_chat", "(writer = 'chat') = (model is not null)")
          .check("suggested_with_key", "(status = 'suggested') = (content_key is not null)")
          .each("written_is_suggested", "writer = 'retrieved' or status = 'suggested'")
          .each(
              "cause_of_a_fallback",
              "cause is null or (writer = 'retrieved' and status = 'suggested')")
          .each("sources_are_told", "status <> 'suggested' or size(source_ids) > 0")
          .each(
              "amounts_in_range",
              "prompt_tokens >= 0 and answer_tokens >= 0 and cost >= 0"
                  + " and cost < double('infinity')")
          .each(
              "reuse_is_free",
              "not is_reused or (writer = 'chat' and cost = 0 and answer_tokens = 0)")
          .each("similarity_in_range", "similarity is null or similarity between -1.001 and 1.001")
          .each("others_are_quoted", "not array_contains(source_user_ids, user_id)")
          .rule(
              found(
                  "comments_are_known",
                  List.of(EVENT_ID),
                  Silver.EVENTS,
                  Nights.SO_FAR,
                  List.of(EVENT_ID)))
          .isSeenAtOnce()
          .build();

  /** Every table of this layer. */
  public static final List<TableSpec> ALL =
      List.of(
          RECOMMENDATIONS,
          RECOMMENDATIONS_LATEST,
          CANDIDATE_FUNNEL,
          GENERATED_TEXTS,
          AMPLIFICATION_AUDIT,
          MODEL_EVALUATIONS,
          SERVING_MODELS,
          REPLY_SUGGESTIONS);

  private Gold() {}

  /** Hashes are compared: a text would be copied for each row. */
  private static WholeSlice one(String column) {
    return new WholeSlice(
        "one_" + column, "min(xxhash64(%1$s)) = max(xxhash64(%1$s))".formatted(column), 1);
  }

  private static TableSpec.Builder recommendations(String name) {
    return table(name, "One post recommended to one user for the day after the run date.")
        .key(USER_ID, RANK)
        .users(USER_ID)
        .posts(POST_ID, SUPPORTING_POSTS)
        .words(REASON)
        .required(USER_ID, StringType, "Pseudonym.")
        .required(RANK, IntegerType, "Place in the user's list, from 1.")
        .required(POST_ID, StringType, "The post recommended.")
        .required(SCORE, DoubleType, "I(u,c): expected engagements per impression.")
        .required(RANK_BY_SCORE, IntegerType, "Place by score alone, before lists are re-ranked.")
        .required(
            BEHAVIOUR_SHARE,
            DoubleType,
            "f / (f + g): share of the score that the user's own history explains.")
        .required(
            EMOTION_SHARE,
            DoubleType,
            "g / (f + g): share that the content's appeal in the user's mood explains.")
        .required(
            SUPPORTING_POSTS,
            createArrayType(StringType, false),
            "Up to three posts of the user's history that carry most of the behaviour score, strongest first.")
        .required(
            IS_NEW_USER,
            BooleanType,
            "No engagement in the history: the population's weights were used.")
        .required(REASON, StringType, "The reason in words.")
        .required(
            PROPENSITY,
            DoubleType,
            "Probability, over the draws of recommend.reranking.exploration-share alone, with which"
                + " this place of this user's list holds this post; 1 where no draw has a part.")
        .required(MODEL_VERSION, StringType, "Version of the model that scored.")
        .required(RUN_ID, StringType, "Run that wrote the row.")
        .check("shares_add_up", "abs(behaviour_share + emotion_share - 1) < 1e-6")
        .check("rank_from_one", "rank >= 1")
        .check("propensity_is_a_probability", "propensity > 0 and propensity <= 1");
  }
}
