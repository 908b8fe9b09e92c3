package io.nightfeed.report;

import static io.nightfeed.tables.Columns.BEHAVIOUR_SHARE;
import static io.nightfeed.tables.Columns.CONFIDENCE;
import static io.nightfeed.tables.Columns.EMOTIONS;
import static io.nightfeed.tables.Columns.EMOTION_SHARE;
import static io.nightfeed.tables.Columns.EVENT_COUNT;
import static io.nightfeed.tables.Columns.IS_NEW_USER;
import static io.nightfeed.tables.Columns.LANGUAGE;
import static io.nightfeed.tables.Columns.ORDER;
import static io.nightfeed.tables.Columns.POST_ID;
import static io.nightfeed.tables.Columns.RANK;
import static io.nightfeed.tables.Columns.REASON;
import static io.nightfeed.tables.Columns.SCORE;
import static io.nightfeed.tables.Columns.SUPPORTING_POSTS;
import static io.nightfeed.tables.Columns.TEXT;
import static io.nightfeed.tables.Columns.TEXT_HASH;
import static io.nightfeed.tables.Columns.TOTAL;
import static io.nightfeed.tables.Columns.USER_ID;
import static io.nightfeed.tables.Columns.VALENCE;
import static io.nightfeed.tables.SparkFunctions.count_if;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.when;

import io.nightfeed.lake.Annotations;
import io.nightfeed.lake.Consent;
import io.nightfeed.lake.History;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** Reads the lists of a few users, with texts and moods. */
final class UserLists {
  /** A user's language is that of most of so many first recommendations. */
  private static final int LANGUAGE_VOTES = 5;

  private static final int TEXT_CHARACTERS = 400;

  private final Night night;

  UserLists(Night night) {
    this.night = night;
  }

  /**
   * The lists of a few users, the same whenever they are asked for.
   *
   * <p>Users are spread over languages: first the user with the longest history of each language,
   * then the second of each, and so on. Within a round longer histories go first, then the smaller
   * pseudonym; undetermined languages come last. Users without any engagement count as without a
   * history.
   *
   * @param top recommendations per user
   */
  List<UserList> spread(int users, int top) {
    var history = when(col(IS_NEW_USER), lit(0L)).otherwise(coalesce(col(EVENT_COUNT), lit(0L)));
    var longestHistory = Window.partitionBy(LANGUAGE).orderBy(col(TOTAL).desc(), col(USER_ID));
    var states = night.slice(Silver.USER_STATES).select(USER_ID, EVENT_COUNT);
    var chosen =
        languages(shown(night.slice(Gold.RECOMMENDATIONS)))
            .join(states, new String[] {USER_ID}, "left")
            .withColumn(TOTAL, history)
            .withColumn(ORDER, row_number().over(longestHistory))
            .where(col(ORDER).leq(users))
            .orderBy(
                col(ORDER),
                col(LANGUAGE).equalTo(Languages.UNDETERMINED),
                col(TOTAL).desc(),
                col(USER_ID))
            .limit(users);
    return lists(chosen, top);
  }

  /** The list of one user; none when the user got none. */
  List<UserList> of(String userId, int top) {
    var rows = night.slice(Gold.RECOMMENDATIONS).where(col(USER_ID).equalTo(userId));
    return lists(languages(shown(rows)), top);
  }

  /** The page is made now, and lists may be older than somebody's wish. */
  private Dataset<Row> shown(Dataset<Row> recommendations) {
    return Consent.personalised(night.lake(), recommendations, USER_ID);
  }

  /**
   * (user, whether new, language): the language of most of a user's first recommendations, the
   * greater code of equals; undetermined only when none of them has a language.
   */
  private Dataset<Row> languages(Dataset<Row> recommendations) {
    var posts = History.posts(night.lake(), night.runDate()).select(POST_ID, TEXT_HASH);
    var annotations =
        Annotations.current(night.lake(), night.runDate()).select(TEXT_HASH, LANGUAGE);
    return recommendations
        .where(col(RANK).leq(LANGUAGE_VOTES))
        .select(USER_ID, IS_NEW_USER, POST_ID)
        .join(posts, new String[] {POST_ID}, "left")
        .join(annotations, new String[] {TEXT_HASH}, "left")
        .groupBy(
            col(USER_ID),
            col(IS_NEW_USER),
            coalesce(col(LANGUAGE), lit(Languages.UNDETERMINED)).as(LANGUAGE))
        .agg(count_if(col(LANGUAGE).notEqual(Languages.UNDETERMINED)).as(TOTAL))
        .groupBy(USER_ID, IS_NEW_USER)
        .agg(max(struct(TOTAL, LANGUAGE)).getField(LANGUAGE).as(LANGUAGE));
  }

  private List<UserList> lists(Dataset<Row> users, int top) {
    var languages = new LinkedHashMap<String, String>();
    users
        .select(USER_ID, LANGUAGE)
        .collectAsList()
        .forEach(row -> languages.put(row.getString(0), row.getString(1)));
    if (languages.isEmpty()) {
      return List.of();
    }
    var rows = recommendations(languages.keySet().toArray(), top);
    var texts = texts(rows);
    var states = states(languages.keySet().toArray());
    var lists = new ArrayList<UserList>();
    languages.forEach(
        (user, language) -> {
          var state = states.get(user);
          var entries =
              rows.stream()
                  .filter(row -> row.getString(0).equals(user))
                  .map(row -> entry(row, texts))
                  .toList();
          lists.add(
              new UserList(
                  user,
                  language,
                  state == null ? 0 : state.getLong(1),
                  state == null ? UserList.Mood.UNKNOWN : mood(state),
                  entries));
        });
    return lists;
  }

  private List<Row> recommendations(Object[] users, int top) {
    return night
        .slice(Gold.RECOMMENDATIONS)
        .where(col(USER_ID).isin(users).and(col(RANK).leq(top)))
        .orderBy(USER_ID, RANK)
        .select(
            USER_ID,
            RANK,
            POST_ID,
            SCORE,
            BEHAVIOUR_SHARE,
            EMOTION_SHARE,
            IS_NEW_USER,
            REASON,
            SUPPORTING_POSTS)
        .collectAsList();
  }

  /** Texts of the posts that are recommended, and of those that explain why. */
  private Map<String, String> texts(List<Row> rows) {
    var posts =
        rows.stream()
            .flatMap(row -> Stream.concat(Stream.of(row.getString(2)), supporting(row).stream()))
            .collect(Collectors.toCollection(TreeSet::new));
    var texts = new HashMap<String, String>();
    History.posts(night.lake(), night.runDate())
        .where(col(POST_ID).isin(posts.toArray()))
        .select(col(POST_ID), substring(col(TEXT), 1, TEXT_CHARACTERS))
        .collectAsList()
        .forEach(row -> texts.put(row.getString(0), row.getString(1)));
    return texts;
  }

  private Map<String, Row> states(Object[] users) {
    var states = new HashMap<String, Row>();
    night
        .slice(Silver.USER_STATES)
        .where(col(USER_ID).isin(users))
        .select(USER_ID, EVENT_COUNT, EMOTIONS, VALENCE, CONFIDENCE)
        .collectAsList()
        .forEach(row -> states.put(row.getString(0), row));
    return states;
  }

  private static UserList.Mood mood(Row state) {
    return new UserList.Mood(state.getList(2), state.getFloat(3), state.getDouble(4));
  }

  private static UserList.Entry entry(Row row, Map<String, String> texts) {
    return new UserList.Entry(
        row.getInt(1),
        row.getString(2),
        Excerpt.oneLine(texts.get(row.getString(2))),
        row.getDouble(3),
        row.getDouble(4),
        row.getDouble(5),
        row.getBoolean(6),
        row.getString(7),
        supporting(row).stream()
            .map(post -> Excerpt.oneLine(texts.get(post)))
            .filter(text -> !text.isBlank())
            .toList());
  }

  private static List<String> supporting(Row row) {
    return row.getList(8);
  }
}
