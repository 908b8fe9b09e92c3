package io.nightfeed.lake;

import io.nightfeed.SparkTest;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Rows of one night, in every table that a night has, that agree with one another: 40 users, 200
 * posts that these wrote, five posts engaged with and ten recommended for each.
 */
final class NightOfRows {
  private static final String USER = "int(substring(user_id, 2))";

  /** Who gets the lists of whom, when users are swapped. */
  static final String NEXT_USER = "concat('u', (" + USER + " + 1) % 40)";

  static final String OWN_POST = "concat('p', " + USER + ")";

  /** Places 1 and 2 have the same post, by the arithmetic of {@link #lists}. */
  static final String POST_OF_FIRST_PLACES =
      "if(rank = 2, concat('p', (" + USER + " + 21) % 200), post_id)";

  private final LocalDate night;

  NightOfRows(LocalDate night) {
    this.night = night;
  }

  /** In an order in which a night publishes them. */
  Map<TableSpec, Dataset<Row>> tables() {
    var tables = new LinkedHashMap<TableSpec, Dataset<Row>>();
    tables.put(Silver.EVENTS, events());
    tables.put(Silver.POSTS, posts());
    tables.put(Silver.TEXT_ANNOTATIONS, annotations());
    tables.put(Silver.USER_STATES, states());
    tables.put(Silver.USER_ITEM_SIGNALS, signals());
    tables.put(Gold.SERVING_MODELS, serving());
    tables.put(Gold.CANDIDATE_FUNNEL, funnel());
    tables.put(Gold.RECOMMENDATIONS, lists());
    return tables;
  }

  private Dataset<Row> events() {
    return sql(
        """
        SELECT concat('e', id) AS event_id, timestamp(DATE'%1$s') + make_interval(0,0,0,0,id %% 24) AS event_time,
          DATE'%1$s' AS event_date, concat('u', id %% 40) AS user_id, concat('p', (id * 7) %% 200) AS post_id,
          if(id %% 3 = 0, 'like', 'view') AS action, 1000L AS dwell_ms, 1 AS position, 0.5D AS propensity,
          string(null) AS text, string(null) AS text_hash, string(null) AS session_id, 'en' AS language
        FROM range(400)""");
  }

  private Dataset<Row> posts() {
    return sql(
        """
        SELECT concat('p', id) AS post_id, concat('u', id %% 40) AS author_id, timestamp(DATE'%1$s') AS created_at,
          concat('text ', id) AS text, sha2(concat('text ', id), 256) AS text_hash, 'en' AS language,
          array('tag') AS tags, array('') AS media_alt_text
        FROM range(200)""");
  }

  private Dataset<Row> annotations() {
    return sql(
        """
        SELECT sha2(concat('text ', id), 256) AS text_hash, 'd' AS model_digest, 'en' AS language, 0.9D AS language_confidence,
          'test' AS encoder, array('text') AS sentences, array('text') AS tokens, array(0.2f, 0.5f, 0.3f) AS sentiment,
          array(0.1f, 0.1f, 0.1f, 0.4f, 0.1f, 0.1f, 0.1f) AS emotions, 0.1f AS valence, 0.05f AS toxicity,
          array(0.6f, 0.8f) AS embedding
        FROM range(200)""");
  }

  private Dataset<Row> states() {
    return sql(
        """
        SELECT concat('u', id) AS user_id, array(0f, 0f, 0f, 0.5f, 0f, 0f, 0f, 0.1f) AS emotional_state,
          array(0.1f, 0.1f, 0.1f, 0.4f, 0.1f, 0.1f, 0.1f) AS emotions, 0.1f AS valence, 3D AS evidence, 0.7D AS confidence,
          10L AS event_count, DATE'%1$s' AS last_active_date
        FROM range(40)""");
  }

  /** Posts u + 1 to u + 5: engaged with. A user's own are u, u + 40, and so on. */
  private Dataset<Row> signals() {
    return sql(
        """
        SELECT concat('u', u.id) AS user_id, concat('p', (u.id + k.id) %% 200) AS post_id, 1D AS engagement, 1L AS engagements,
          1D AS exposure, false AS is_rejected, array(0f, 0f, 0f, 0f, 0f, 0f, 0f, 0f) AS emotional_state,
          timestamp(DATE'%1$s') AS last_event_time
        FROM range(40) u CROSS JOIN range(1, 6) k""");
  }

  private Dataset<Row> serving() {
    return sql(
        "SELECT DATE'%1$s' AS model_run_date, 'model-1' AS model_version, 'accepted' AS decision, 'why' AS reason, 'run' AS run_id");
  }

  private Dataset<Row> funnel() {
    return sql(
        """
        SELECT concat('u', id) AS user_id, 200L AS posts, 0L AS removed_unsafe, 0L AS removed_unknown, 0L AS removed_stale,
          5L AS removed_own, 0L AS removed_rejected, 5L AS removed_seen, 190L AS scored, 180L AS outranked, 0L AS guarded_away,
          10L AS delivered, 0L AS places_changed, false AS is_low_mood, 'model-1' AS model_version, 'run' AS run_id
        FROM range(40)""");
  }

  /** Posts u + 21 to u + 30. */
  private Dataset<Row> lists() {
    return sql(
        """
        SELECT concat('u', u.id) AS user_id, int(k.id) AS rank, concat('p', (u.id + 20 + k.id) %% 200) AS post_id,
          1D / (k.id + u.id) AS score, int(k.id) AS rank_by_score, ((u.id * 7 + k.id * 3) %% 10) / 10D AS behaviour_share,
          1 - ((u.id * 7 + k.id * 3) %% 10) / 10D AS emotion_share,
          array(concat('p', (u.id + 1) %% 200), concat('p', (u.id + 3) %% 200)) AS supporting_posts,
          false AS is_new_user, 'Because' AS reason, 1D AS propensity, 'model-1' AS model_version, 'run' AS run_id
        FROM range(40) u CROSS JOIN range(1, 11) k""");
  }

  private Dataset<Row> sql(String text) {
    return SparkTest.spark().sql(text.formatted(night));
  }
}
