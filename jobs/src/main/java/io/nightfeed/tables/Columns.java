package io.nightfeed.tables;

/**
 * The name of every column, once. A name means the same thing in every table that has it; types,
 * units and comments stand in {@link Silver}, {@link Gold} and {@link Ops}.
 */
public final class Columns {
  // Identity and provenance
  public static final String RUN_DATE = "run_date";
  public static final String RUN_ID = "run_id";
  public static final String MODEL_VERSION = "model_version";
  public static final String MODEL_DIGEST = "model_digest";

  // Content hashes
  public static final String ROW_DIGEST = "row_digest";
  public static final String DIGEST_GROUP = "digest_group";

  // Raw files and quarantine
  public static final String SOURCE = "source";
  public static final String FILE = "file";
  public static final String BYTE_OFFSET = "byte_offset";
  public static final String LINE_NUMBER = "line_number";
  public static final String LINE_BYTES = "line_bytes";
  public static final String RAW = "raw";
  public static final String REASON = "reason";
  public static final String DETAIL = "detail";
  public static final String FILES = "files";
  public static final String LINES_IN = "lines_in";
  public static final String ROWS_OUT = "rows_out";
  public static final String QUARANTINED = "quarantined";
  public static final String DUPLICATES = "duplicates";
  public static final String LATE = "late";

  // Events
  public static final String EVENT_ID = "event_id";
  public static final String EVENT_TIME = "event_time";
  public static final String EVENT_DATE = "event_date";
  public static final String USER_ID = "user_id";
  public static final String POST_ID = "post_id";
  public static final String ACTION = "action";
  public static final String DWELL_MS = "dwell_ms";
  public static final String POSITION = "position";
  public static final String PROPENSITY = "propensity";
  public static final String TEXT = "text";
  public static final String TEXT_HASH = "text_hash";
  public static final String SESSION_ID = "session_id";
  public static final String LANGUAGE = "language";

  // Posts
  public static final String AUTHOR_ID = "author_id";
  public static final String CREATED_AT = "created_at";
  public static final String TAGS = "tags";
  public static final String MEDIA_ALT_TEXT = "media_alt_text";

  // Consent
  public static final String REQUESTED_AT = "requested_at";
  public static final String SCOPE = "scope";
  public static final String OPTED_OUT = "opted_out";
  public static final String OPTED_OUT_USERS = "opted_out_users";
  public static final String DIGEST = "digest";

  // Text annotations
  public static final String LANGUAGE_CONFIDENCE = "language_confidence";
  public static final String ENCODER = "encoder";
  public static final String SENTENCES = "sentences";
  public static final String TOKENS = "tokens";
  public static final String SENTIMENT = "sentiment";
  public static final String EMOTIONS = "emotions";
  public static final String VALENCE = "valence";
  public static final String TOXICITY = "toxicity";
  public static final String EMBEDDING = "embedding";
  public static final String UNCERTAINTY = "uncertainty";

  // Generated texts, and texts that were blocked
  public static final String PLACE = "place";
  public static final String KIND = "kind";
  public static final String GENERATED_TEXT = "generated_text";
  public static final String CAUSE = "cause";
  public static final String WRITER = "writer";
  public static final String MODEL = "model";
  public static final String PROMPT_VERSION = "prompt_version";
  public static final String TOPIC = "topic";
  public static final String TONE = "tone";
  public static final String MAX_CHARACTERS = "max_characters";
  public static final String CONTENT_KEY = "content_key";
  public static final String PROMPT_TOKENS = "prompt_tokens";
  public static final String ANSWER_TOKENS = "answer_tokens";
  public static final String COST = "cost";
  public static final String IS_REUSED = "is_reused";
  public static final String SOURCE_IDS = "source_ids";
  public static final String REPLY = "reply";
  public static final String SOURCE_KIND = "source_kind";
  public static final String SOURCE_USER_IDS = "source_user_ids";
  public static final String SIMILARITY = "similarity";

  // User states and signals
  public static final String EMOTIONAL_STATE = "emotional_state";
  public static final String CONFIDENCE = "confidence";
  public static final String EVIDENCE = "evidence";
  public static final String EVENT_COUNT = "event_count";
  public static final String LAST_ACTIVE_DATE = "last_active_date";
  public static final String ENGAGEMENT = "engagement";
  public static final String ENGAGEMENTS = "engagements";
  public static final String EXPOSURE = "exposure";
  public static final String LAST_EVENT_TIME = "last_event_time";
  public static final String IS_REJECTED = "is_rejected";

  // The interest model's output and recommendations
  public static final String CONTENT_EMOTIONS = "content_emotions";
  public static final String ITEM = "item";
  public static final String ITEM_VECTOR = "item_vector";
  public static final String USER_VECTOR = "user_vector";
  public static final String RESIDUAL = "residual";
  public static final String INTENSITY = "intensity";
  public static final String BEHAVIOUR = "behaviour";
  public static final String EMOTION = "emotion";
  public static final String BEHAVIOUR_SHARE = "behaviour_share";
  public static final String EMOTION_SHARE = "emotion_share";
  public static final String RANK = "rank";
  public static final String SCORE = "score";
  public static final String SUPPORTING_POSTS = "supporting_posts";
  public static final String IS_NEW_USER = "is_new_user";

  // How candidates became lists, and what lists feel like
  public static final String POSTS = "posts";
  public static final String REMOVED_UNSAFE = "removed_unsafe";
  public static final String REMOVED_UNKNOWN = "removed_unknown";
  public static final String REMOVED_STALE = "removed_stale";
  public static final String REMOVED_OWN = "removed_own";
  public static final String REMOVED_REJECTED = "removed_rejected";
  public static final String REMOVED_SEEN = "removed_seen";
  public static final String SCORED = "scored";
  public static final String OUTRANKED = "outranked";
  public static final String GUARDED_AWAY = "guarded_away";
  public static final String DELIVERED = "delivered";
  public static final String PLACES_CHANGED = "places_changed";
  public static final String IS_LOW_MOOD = "is_low_mood";
  public static final String MEASURE = "measure";
  public static final String AUDIENCE = "audience";
  public static final String LISTS = "lists";
  public static final String HISTORIES = "histories";
  public static final String IN_CANDIDATES = "in_candidates";
  public static final String IN_HISTORIES = "in_histories";
  public static final String IN_LISTS = "in_lists";
  public static final String LISTS_TO_CANDIDATES = "lists_to_candidates";
  public static final String LISTS_TO_HISTORIES = "lists_to_histories";

  // Evaluations
  public static final String METRIC = "metric";
  public static final String SEGMENT = "segment";
  public static final String RANK_BY_SCORE = "rank_by_score";
  public static final String NEGATIVE_SHARE = "negative_share";
  public static final String IS_HELD_OUT = "is_held_out";
  public static final String MODEL_RUN_DATE = "model_run_date";
  public static final String DECISION = "decision";
  public static final String VALUE = "value";

  // Searches for settings
  public static final String SEARCH_ID = "search_id";
  public static final String TRIAL = "trial";
  public static final String RUNG = "rung";
  public static final String USER_SHARE = "user_share";
  public static final String SETTINGS = "settings";
  public static final String NDCG_BY_USER = "ndcg_by_user";
  public static final String SECONDS = "seconds";
  public static final String JOB = "job";
  public static final String STATUS = "status";
  public static final String STARTED_AT = "started_at";
  public static final String FINISHED_AT = "finished_at";
  public static final String COUNTS = "counts";
  public static final String NOTES = "notes";
  public static final String CORES = "cores";
  public static final String TASKS = "tasks";
  public static final String TASK_SECONDS = "task_seconds";
  public static final String CPU_SECONDS = "cpu_seconds";
  public static final String INPUT_ROWS = "input_rows";
  public static final String INPUT_BYTES = "input_bytes";
  public static final String OUTPUT_ROWS = "output_rows";
  public static final String OUTPUT_BYTES = "output_bytes";
  public static final String SHUFFLED_BYTES = "shuffled_bytes";
  public static final String SPILLED_BYTES = "spilled_bytes";
  public static final String SKEW = "skew";

  // Audits before publishing
  public static final String TABLE_NAME = "table_name";
  public static final String RULE = "rule";
  public static final String ATTEMPT = "attempt";
  public static final String FOUND = "found";
  public static final String ALLOWED = "allowed";
  public static final String OUTCOME = "outcome";

  // What runs published
  public static final String PUBLICATION = "publication";
  public static final String SLICE_DATE = "slice_date";
  public static final String TABLE_VERSION = "table_version";
  public static final String SLICE_ROWS = "slice_rows";

  // Between transforms only; no table has them
  public static final String AGE_DAYS = "age_days";
  public static final String ANSWER = "answer";
  public static final String CANDIDATE = "candidate";
  public static final String BEST = "best";
  public static final String COMPONENT = "component";
  public static final String COMPONENTS = "components";
  public static final String CONTEXT = "context";
  public static final String DAY = "day";
  public static final String DEVIATION = "deviation";
  public static final String DRAW = "draw";
  public static final String EMOTION_VECTOR = "emotion_vector";
  public static final String ENGAGED_WITH = "engaged_with";
  public static final String EXCERPT = "excerpt";
  public static final String EXCLUDED = "excluded";
  public static final String EXPECTED = "expected";
  public static final String FIRST_DAY = "first_day";
  public static final String HAS_MOOD = "has_mood";
  public static final String HISTORY = "history";
  public static final String HISTORY_TONE = "history_tone";
  public static final String INTRODUCED_ON = "introduced_on";
  public static final String IMPRESSIONS = "impressions";
  public static final String IS_ANSWERED = "is_answered";
  public static final String IS_ASKED = "is_asked";
  public static final String IS_OPTED_OUT = "is_opted_out";
  public static final String IS_OWN = "is_own";
  public static final String LABELS = "labels";
  public static final String LIST = "list";
  public static final String LIST_TONE = "list_tone";
  public static final String ORDER = "order";
  public static final String PART = "part";
  public static final String PIECE = "piece";
  public static final String PIECES = "pieces";
  public static final String REASONS = "reasons";
  public static final String READABLE_TEXT = "readable_text";
  public static final String STRONGEST = "strongest";
  public static final String TASK = "task";
  public static final String TEXTS = "texts";
  public static final String TOTAL = "total";
  public static final String UNREAD_FIELDS = "unread_fields";
  public static final String USERS = "users";
  public static final String VECTOR = "vector";
  public static final String WHOLE_VECTOR = "whole_vector";

  private Columns() {}
}
