package io.nightfeed.tables;

import static io.nightfeed.tables.Columns.*;
import static io.nightfeed.tables.QualityRule.found;
import static io.nightfeed.tables.TableSpec.table;
import static java.util.stream.Collectors.joining;
import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.FloatType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.nightfeed.tables.QualityRule.Freshness;
import io.nightfeed.tables.QualityRule.Nights;
import io.nightfeed.tables.QualityRule.Volume;
import java.util.List;
import java.util.stream.IntStream;

/** Cleaned inputs and what was learnt from them, per night. */
public final class Silver {
  private static final String MEASURES_IN_RANGE =
      "(dwell_ms is null or dwell_ms >= 0) and (position is null or position >= 1)"
          + " and (propensity is null or (propensity > 0 and propensity <= 1))";

  // In SQL NaN is greater than infinity.
  private static final String AMOUNTS_IN_RANGE =
      "engagement >= 0 and engagement < double('infinity')"
          + " and exposure >= 0 and exposure < double('infinity')";

  private static final String EMOTIONAL_STATE_IS_TOLD =
      "size(emotional_state) = 8 and array_max(emotional_state) < double('infinity')"
          + " and array_min(emotional_state) > double('-infinity')";

  private static final String UNIT_VECTOR = "abs(nightfeed_vector_length(embedding) - 1) <= 0.005";

  public static final TableSpec EVENTS =
      table("silver.events", "One interaction of a user with a post, as it arrived that night.")
          .key(EVENT_ID)
          .users(USER_ID)
          .posts(POST_ID)
          .words(TEXT)
          .required(EVENT_ID, StringType, "Identifier from the source; unique within a run date.")
          .required(EVENT_TIME, TimestampType, "When it happened (UTC).")
          .required(
              EVENT_DATE, DateType, "UTC date of event_time; earlier than run_date when late.")
          .required(USER_ID, StringType, "Pseudonym: HMAC-SHA256 of the source's user id, in hex.")
          .required(POST_ID, StringType, "The post acted upon.")
          .required(
              ACTION, StringType, "view, click, like, comment, share, hide, report or follow.")
          .optional(DWELL_MS, LongType, "Time on screen, milliseconds.")
          .optional(POSITION, IntegerType, "Rank at which the post was shown, from 1.")
          .optional(
              PROPENSITY,
              DoubleType,
              "Probability with which the logger chose to show it, in (0, 1].")
          .optional(
              TEXT, StringType, "What the user wrote, cleaned and scrubbed; null without text.")
          .optional(
              TEXT_HASH, StringType, "SHA-256 of text, hex: key into silver.text_annotations.")
          .optional(SESSION_ID, StringType, "Session identifier from the source.")
          .optional(
              LANGUAGE, StringType, "Language that the source states (ISO 639-1), not detected.")
          .check(
              "known_action",
              "action IN ('view','click','like','comment','share','hide','report','follow')")
          .each("ids_are_told", "event_id <> '' and user_id <> '' and post_id <> ''")
          .each("date_is_that_of_the_time", "event_date = to_date(event_time)")
          .each("not_after_the_night", "event_date <= date_add(run_date, 1)")
          .each("measures_in_range", MEASURES_IN_RANGE)
          .each("text_has_its_hash", "isnull(text) = isnull(text_hash)")
          .rule(new Volume("volume"))
          .rule(new Freshness("fresh", EVENT_DATE))
          .build();

  public static final TableSpec POSTS =
      table("silver.posts", "One post as it arrived that night; a later arrival is a new version.")
          .key(POST_ID)
          .users(AUTHOR_ID)
          .posts(POST_ID)
          .words(TEXT, TAGS, MEDIA_ALT_TEXT)
          .required(POST_ID, StringType, "Identifier from the source.")
          .required(AUTHOR_ID, StringType, "Pseudonym of the author, as in silver.events.")
          .required(CREATED_AT, TimestampType, "When it was posted (UTC).")
          .optional(
              TEXT, StringType, "Its text with media alt text appended, cleaned and scrubbed.")
          .optional(
              TEXT_HASH, StringType, "SHA-256 of text, hex: key into silver.text_annotations.")
          .optional(
              LANGUAGE, StringType, "Language that the source states (ISO 639-1), not detected.")
          .optional(TAGS, createArrayType(StringType, false), "Tags from the source.")
          .optional(
              MEDIA_ALT_TEXT, createArrayType(StringType, false), "Alternative texts of its media.")
          .each("ids_are_told", "post_id <> '' and author_id <> ''")
          .each("not_after_the_night", "to_date(created_at) <= date_add(run_date, 1)")
          .each("text_has_its_hash", "isnull(text) = isnull(text_hash)")
          .rule(new Volume("volume"))
          .build();

  public static final TableSpec QUARANTINE =
      table(
              "silver.quarantine",
              "One input line, or the unreadable rest of a file, that was refused.")
          .key(SOURCE, FILE, BYTE_OFFSET)
          .words(DETAIL, RAW)
          .required(SOURCE, StringType, "events, posts or optouts.")
          .required(FILE, StringType, "File, below the landing folder of its source and night.")
          .required(
              BYTE_OFFSET, LongType, "Where the line starts, in bytes of the uncompressed file.")
          .required(
              LINE_NUMBER,
              LongType,
              "Line within the file from 1; 0 when a split file makes it unknown.")
          .required(LINE_BYTES, LongType, "Length of the line in bytes.")
          .required(REASON, StringType, "Short reason, such as not_json or future_event_time.")
          .optional(DETAIL, StringType, "What was found and what was expected.")
          .optional(RAW, BinaryType, "The bytes as they came, up to the line limit.")
          .isSeenAtOnce()
          .build();

  public static final TableSpec INGEST_COUNTS =
      table(
              "silver.ingest_counts",
              "What one ingest read and wrote, per source: in = out + duplicates + quarantined +"
                  + " opted out.")
          .key(SOURCE)
          .required(SOURCE, StringType, "events, posts or optouts.")
          .required(FILES, LongType, "Files read.")
          .required(LINES_IN, LongType, "Lines read, an unreadable rest of a file counting as one.")
          .required(
              ROWS_OUT,
              LongType,
              "Rows written, or that would have been had the night not been refused.")
          .required(
              DUPLICATES, LongType, "Rows dropped because the same id arrived twice that night.")
          .required(QUARANTINED, LongType, "Lines refused; see silver.quarantine.")
          .required(LATE, LongType, "Rows whose event date is before the run date.")
          .required(
              OPTED_OUT,
              LongType,
              "Valid lines dropped because their person opted out of all processing, or was erased.")
          .required(OPTED_OUT_USERS, LongType, "How many people these lines were of.")
          .check("nothing_lost", "lines_in = rows_out + duplicates + quarantined + opted_out")
          .isSeenAtOnce()
          .build();

  public static final TableSpec TEXT_ANNOTATIONS =
      table(
              "silver.text_annotations",
              "What the language models read in one distinct text; computed once, ever.")
          .key(TEXT_HASH, MODEL_DIGEST)
          .texts(TEXT_HASH)
          .words(SENTENCES, TOKENS)
          .required(TEXT_HASH, StringType, "SHA-256 of the text, hex.")
          .required(
              MODEL_DIGEST, StringType, "Digest of encoder, heads and settings that made the row.")
          .required(LANGUAGE, StringType, "Detected language (ISO 639-1), or 'und' when undecided.")
          .required(LANGUAGE_CONFIDENCE, DoubleType, "Confidence of the detection in [0, 1].")
          .required(ENCODER, StringType, "Name of the encoder that made the embedding.")
          .required(SENTENCES, createArrayType(StringType, false), "Sentences in order.")
          .required(TOKENS, createArrayType(StringType, false), "Tokens in order.")
          .optional(
              SENTIMENT,
              createArrayType(FloatType, false),
              "Probabilities of negative, neutral, positive; null when the heads abstain: they were"
                  + " not trained on the language.")
          .optional(
              EMOTIONS,
              createArrayType(FloatType, false),
              "Probabilities of anger, disgust, fear, joy, sadness, surprise, neutral; null when the"
                  + " heads abstain.")
          .optional(
              VALENCE,
              FloatType,
              "P(positive) - P(negative), in [-1, 1]; null when the heads abstain.")
          .optional(
              TOXICITY,
              FloatType,
              "Probability of an offensive or hateful text; null when the heads abstain.")
          .required(
              EMBEDDING,
              createArrayType(FloatType, false),
              "Unit vector; its length depends on the encoder.")
          .each("confidence_is_a_probability", "language_confidence between 0 and 1")
          .each("sentiment_is_a_distribution", distribution(SENTIMENT, 3))
          .each("emotions_are_a_distribution", distribution(EMOTIONS, 7))
          .each("valence_in_range", "valence is null or valence between -1 and 1")
          .each("toxicity_is_a_probability", "toxicity is null or toxicity between 0 and 1")
          .each("embedding_is_a_unit_vector", UNIT_VECTOR)
          .build();

  public static final TableSpec LABELS_WANTED =
      table(
              "silver.labels_wanted",
              "New texts of the night whose emotion the heads are least sure of: labels for these"
                  + " would teach them most.")
          .key(TEXT_HASH)
          .texts(TEXT_HASH)
          .required(TEXT_HASH, StringType, "SHA-256 of the text, hex.")
          .required(LANGUAGE, StringType, "Detected language; equally many texts of each.")
          .required(RANK, IntegerType, "Within the language, 1 for the least sure.")
          .required(
              UNCERTAINTY,
              DoubleType,
              "1 minus the distance between the two most likely emotions' probabilities, in [0, 1].")
          .required(MODEL_DIGEST, StringType, "Digest of the models that were unsure.")
          .each("uncertainty_in_range", "rank >= 1 and uncertainty between 0 and 1")
          .build();

  public static final TableSpec BLOCKED_TEXTS =
      table(
              "silver.blocked_texts",
              "One reason for which a job did not use, or did not show, a text. Neither the text nor"
                  + " what was found in it is told.")
          .key(JOB, TEXT_HASH, PLACE, REASON)
          .texts(TEXT_HASH)
          .posts(SOURCE_IDS)
          .required(JOB, StringType, "The job that asked, such as generate.")
          .required(
              TEXT_HASH,
              StringType,
              "SHA-256, in hex, of the platform's text that was read, or that the blocked text was"
                  + " written about.")
          .required(PLACE, StringType, "input: it came from the platform; output: it was written.")
          .required(
              REASON,
              StringType,
              "empty, too_long, toxic, personal_data, injection, other_language or ungrounded.")
          .required(
              SOURCE_IDS,
              createArrayType(StringType, false),
              "Posts that the text is, or was made of.")
          .required(RUN_ID, StringType, "Run that wrote the row.")
          .check("known_place", "place in ('input', 'output')")
          .check(
              "known_reason",
              "reason in ('empty', 'too_long', 'toxic', 'personal_data', 'injection',"
                  + " 'other_language', 'ungrounded')")
          .build();

  public static final TableSpec USER_STATES =
      table(
              "silver.user_states",
              "How one user feels at the end of the run date, from what the user wrote and reacted to.")
          .key(USER_ID)
          .users(USER_ID)
          .required(USER_ID, StringType, "Pseudonym.")
          .required(
              EMOTIONAL_STATE,
              createArrayType(FloatType, false),
              "e_u: seven emotions and valence, as deviation from the population, times confidence; all 0 when unknown.")
          .required(
              EMOTIONS,
              createArrayType(FloatType, false),
              "Decayed mean distribution over anger, disgust, fear, joy, sadness, surprise, neutral.")
          .required(VALENCE, FloatType, "Decayed mean valence, in [-1, 1].")
          .required(EVIDENCE, DoubleType, "Decayed weight of the texts behind the state, in texts.")
          .required(CONFIDENCE, DoubleType, "evidence / (evidence + prior), in [0, 1).")
          .required(EVENT_COUNT, LongType, "Events in the history window.")
          .required(LAST_ACTIVE_DATE, DateType, "Date of the latest event.")
          .each("state_is_told", EMOTIONAL_STATE_IS_TOLD)
          .each("emotions_are_a_distribution", distribution(EMOTIONS, 7))
          .each("valence_in_range", "valence between -1 and 1")
          .each("confidence_in_range", "evidence >= 0 and confidence >= 0 and confidence < 1")
          .each("active_by_the_night", "event_count >= 1 and last_active_date <= run_date")
          .rule(new Volume("volume"))
          .build();

  public static final TableSpec USER_ITEM_SIGNALS =
      table(
              "silver.user_item_signals",
              "What one user did with one post up to the end of the run date.")
          .key(USER_ID, POST_ID)
          .users(USER_ID)
          .posts(POST_ID)
          .required(USER_ID, StringType, "Pseudonym.")
          .required(POST_ID, StringType, "The post.")
          .required(ENGAGEMENT, DoubleType, "Decayed, action-weighted engagement, >= 0.")
          .required(
              ENGAGEMENTS, LongType, "Number of engagements (click, like, comment, share, follow).")
          .required(
              EXPOSURE,
              DoubleType,
              "Decayed impressions: logged views, or 1 for an engagement without one.")
          .required(IS_REJECTED, BooleanType, "The user hid or reported the post.")
          .required(
              EMOTIONAL_STATE,
              createArrayType(FloatType, false),
              "e_u at the start of the day of the first interaction.")
          .required(LAST_EVENT_TIME, TimestampType, "Time of the latest interaction.")
          .each("counts_in_range", "engagements >= 0 and " + AMOUNTS_IN_RANGE)
          .each("state_is_told", EMOTIONAL_STATE_IS_TOLD)
          .each("not_after_the_night", "to_date(last_event_time) <= run_date")
          .rule(new Volume("volume"))
          .rule(
              found(
                  "users_have_states",
                  List.of(USER_ID),
                  USER_STATES,
                  Nights.THIS,
                  List.of(USER_ID)))
          .rule(found("posts_are_known", List.of(POST_ID), POSTS, Nights.SO_FAR, List.of(POST_ID)))
          .build();

  public static final TableSpec OPT_OUTS =
      table(
              "silver.opt_outs",
              "What one user asked for, the last of the night; the latest of all nights holds.")
          .key(USER_ID)
          .users(USER_ID)
          .required(USER_ID, StringType, "Pseudonym.")
          .required(REQUESTED_AT, TimestampType, "When the user asked (UTC).")
          .required(
              SCOPE,
              StringType,
              "all: no processing; personalisation: no state, signals or list; none: opted in again.")
          .check("known_scope", "scope IN ('all', 'personalisation', 'none')")
          .build();

  public static final TableSpec ERASED_IDS =
      table(
              "silver.erased_ids",
              "One erased user or post, which ingest keeps out. Not the pseudonym but another keyed"
                  + " digest: nothing can be joined to it.")
          .key(DIGEST)
          .required(
              DIGEST,
              StringType,
              "HMAC-SHA256, in hex, of user/ and the user's id, or of post/ and the post's.")
          .build();

  /** Every table of this layer. */
  public static final List<TableSpec> ALL =
      List.of(
          EVENTS,
          POSTS,
          QUARANTINE,
          INGEST_COUNTS,
          TEXT_ANNOTATIONS,
          LABELS_WANTED,
          BLOCKED_TEXTS,
          USER_STATES,
          USER_ITEM_SIGNALS,
          OPT_OUTS,
          ERASED_IDS);

  private Silver() {}

  /** Element by element: unlike {@code aggregate}, Spark compiles it. */
  private static String sum(String column, int size) {
    return IntStream.range(0, size)
        .mapToObj(i -> "%s[%d]".formatted(column, i))
        .collect(joining(" + ", "(", ")"));
  }

  /** Null, or so many probabilities that add up to 1. */
  private static String distribution(String column, int size) {
    return "%1$s is null or (size(%1$s) = %2$d and array_min(%1$s) >= 0".formatted(column, size)
        + " and abs(%s - 1) <= 0.001)".formatted(sum(column, size));
  }
}
