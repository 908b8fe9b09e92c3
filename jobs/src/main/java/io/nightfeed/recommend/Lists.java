package io.nightfeed.recommend;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.nightfeed.interest.Floats;
import io.nightfeed.interest.Intensities;
import io.nightfeed.recommend.Reranking.Placed;
import io.nightfeed.recommend.Reranking.Reader;
import io.nightfeed.recommend.SupportingPosts.Past;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * Runs {@link TopN} over the last block of posts, and {@link Reranking} over what is best of all,
 * for the users of a partition.
 */
final class Lists implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  private static final StructType PLACE =
      new StructType()
          .add(RANK, IntegerType, false)
          .add(POST_ID, StringType, false)
          .add(SCORE, DoubleType, false)
          .add(RANK_BY_SCORE, IntegerType, false)
          .add(BEHAVIOUR_SHARE, DoubleType, false)
          .add(EMOTION_SHARE, DoubleType, false)
          .add(SUPPORTING_POSTS, createArrayType(StringType, false), false)
          .add(PROPENSITY, DoubleType, false);

  /**
   * One row per user, with the counts of {@code gold.candidate_funnel}, what list and history feel
   * like ({@link PostFacts#tone}; null where nothing was read) and the list itself, empty where
   * there is none; {@code has_mood}: something is known of the user's mood.
   */
  static final StructType SCHEMA =
      new StructType()
          .add(USER_ID, StringType, false)
          .add(IS_NEW_USER, BooleanType, false)
          .add(HAS_MOOD, BooleanType, false)
          .add(IS_LOW_MOOD, BooleanType, false)
          .add(REMOVED_OWN, LongType, false)
          .add(REMOVED_REJECTED, LongType, false)
          .add(REMOVED_SEEN, LongType, false)
          .add(SCORED, LongType, false)
          .add(OUTRANKED, LongType, false)
          .add(GUARDED_AWAY, LongType, false)
          .add(DELIVERED, LongType, false)
          .add(PLACES_CHANGED, LongType, false)
          .add(HISTORY_TONE, createArrayType(DoubleType, false))
          .add(LIST_TONE, createArrayType(DoubleType, false))
          .add(LIST, createArrayType(PLACE, false), false);

  private final Scoring scoring;
  private final int candidates;
  private final Reranking allRules;
  private final RerankingFigures figures;
  private final int contentWidth;

  /**
   * @param scoring of the last block
   * @param candidates how many there are, of all blocks
   */
  Lists(
      Scoring scoring,
      int candidates,
      Reranking reranking,
      RerankingFigures figures,
      int contentWidth) {
    this.scoring = scoring;
    this.candidates = candidates;
    this.allRules = reranking;
    this.figures = figures;
    this.contentWidth = contentWidth;
  }

  /**
   * @param users see {@link Readers#withHistories}
   */
  @Override
  public Iterator<Row> call(Iterator<Row> users) {
    return Scoring.together(users, this::lists);
  }

  private List<Row> lists(List<Row> users) {
    var best = scoring.best(users);
    return IntStream.range(0, users.size()).mapToObj(i -> row(users.get(i), best.get(i))).toList();
  }

  private Row row(Row user, BestPosts posts) {
    var rules = allRules.over(posts);
    var best = posts.ranked();
    boolean isLowMood =
        hasMood(user) && rules.isLowMood(Floats.of(user, EMOTIONAL_STATE)[Intensities.VALENCE]);
    var tone = doubles(user, HISTORY_TONE);
    var reader =
        new Reader(user.getAs(USER_ID), isLowMood ? mostNegative(user) : Reranking.UNBOUNDED, tone);
    var list = rules.list(best, reader);
    var places = list.places();
    figures.add(best, places, rules, reader, isLowMood);
    long scored = candidates - Scoring.excluded(user).length;
    return RowFactory.create(
        reader.userId(),
        Scoring.isNew(user),
        hasMood(user),
        isLowMood,
        count(user, REMOVED_OWN),
        count(user, REMOVED_REJECTED),
        count(user, REMOVED_SEEN),
        scored,
        scored - places.size() - list.guardedAway(),
        (long) list.guardedAway(),
        (long) places.size(),
        changed(places),
        tone,
        rules.tone(places),
        places(places, history(user), posts));
  }

  private static long changed(List<Placed> places) {
    return IntStream.range(0, places.size())
        .filter(place -> places.get(place).rankByScore() != place + 1)
        .count();
  }

  /** As much as the user engaged with, or as there is. */
  private double mostNegative(Row user) {
    var share = user.<Double>getAs(NEGATIVE_SHARE);
    return Math.max(share == null ? 0 : share, allRules.negativeShare());
  }

  private static long count(Row user, String column) {
    var count = user.<Integer>getAs(column);
    return count == null ? 0 : count;
  }

  private static double[] doubles(Row user, String column) {
    var values = user.fieldIndex(column);
    return user.isNullAt(values)
        ? null
        : user.<Double>getList(values).stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static Row[] places(List<Placed> places, List<Past> history, BestPosts posts) {
    return IntStream.range(0, places.size())
        .mapToObj(place -> place(place + 1, places.get(place), history, posts))
        .toArray(Row[]::new);
  }

  private static Row place(int rank, Placed placed, List<Past> history, BestPosts posts) {
    var scored = placed.scored();
    var share = scored.behaviour() / scored.score();
    return RowFactory.create(
        rank,
        posts.facts().postIds()[scored.candidate()],
        scored.score(),
        placed.rankByScore(),
        share,
        1 - share,
        SupportingPosts.of(history, posts.vectors(), scored.candidate()).toArray(String[]::new),
        placed.propensity());
  }

  private List<Past> history(Row user) {
    var history = user.fieldIndex(HISTORY);
    return user.isNullAt(history)
        ? List.of()
        : user.<Row>getList(history).stream().map(this::past).toList();
  }

  private Past past(Row past) {
    var vector = Arrays.copyOf(Floats.of(past, VECTOR), contentWidth);
    return new Past(past.getAs(POST_ID), past.<Double>getAs(RESIDUAL), vector);
  }

  private static boolean hasMood(Row user) {
    var confidence = user.fieldIndex(CONFIDENCE);
    return !user.isNullAt(confidence) && user.getDouble(confidence) > 0;
  }
}
