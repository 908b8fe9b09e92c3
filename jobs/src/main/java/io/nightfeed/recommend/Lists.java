package io.nightfeed.recommend;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.nightfeed.interest.Floats;
import io.nightfeed.interest.Intensities;
import io.nightfeed.recommend.Reranking.Placed;
import io.nightfeed.recommend.SupportingPosts.Past;
import io.nightfeed.recommend.TopN.Request;
import io.nightfeed.recommend.TopN.Scored;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** Runs {@link TopN} and {@link Reranking} over the users of a partition. */
final class Lists implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  /** One row per recommendation; {@code has_mood}: something is known of the user's mood. */
  static final StructType SCHEMA =
      new StructType()
          .add(USER_ID, StringType, false)
          .add(RANK, IntegerType, false)
          .add(POST_ID, StringType, false)
          .add(SCORE, DoubleType, false)
          .add(RANK_BY_SCORE, IntegerType, false)
          .add(BEHAVIOUR_SHARE, DoubleType, false)
          .add(EMOTION_SHARE, DoubleType, false)
          .add(SUPPORTING_POSTS, createArrayType(StringType, false), false)
          .add(IS_NEW_USER, BooleanType, false)
          .add(HAS_MOOD, BooleanType, false);

  private final Broadcast<TopN> topN;
  private final Broadcast<Reranking> reranking;
  private final RerankingFigures figures;
  private final float[] population;
  private final int contentWidth;
  private final ScoringModel.MoodVector mood;

  Lists(
      Broadcast<TopN> topN,
      Broadcast<Reranking> reranking,
      RerankingFigures figures,
      ScoringModel model) {
    this.topN = topN;
    this.reranking = reranking;
    this.figures = figures;
    this.population = model.population();
    this.contentWidth = model.contentWidth();
    this.mood = model.mood();
  }

  /**
   * @param users see {@link Readers#requests}
   */
  @Override
  public Iterator<Row> call(Iterator<Row> users) {
    return new Iterator<>() {
      private Iterator<Row> block = List.<Row>of().iterator();

      @Override
      public boolean hasNext() {
        while (!block.hasNext() && users.hasNext()) {
          block = lists(take(users)).iterator();
        }
        return block.hasNext();
      }

      @Override
      public Row next() {
        hasNext();
        return block.next();
      }
    };
  }

  /** The users that are best scored together. */
  static List<Row> take(Iterator<Row> users) {
    var block = new ArrayList<Row>();
    while (users.hasNext() && block.size() < TopN.USERS_PER_BLOCK) {
      block.add(users.next());
    }
    return block;
  }

  private List<Row> lists(List<Row> users) {
    var lists = best(users);
    var rows = new ArrayList<Row>();
    for (var i = 0; i < users.size(); i++) {
      var user = users.get(i);
      var history = history(user);
      var rank = 1;
      for (var placed : reranked(user, lists.get(i))) {
        rows.add(row(user, rank++, placed, history));
      }
    }
    return rows;
  }

  private List<Placed> reranked(Row user, List<Scored> best) {
    var rules = reranking.value();
    boolean isLowMood =
        hasMood(user) && rules.isLowMood(Floats.of(user, EMOTIONAL_STATE)[Intensities.VALENCE]);
    var list = rules.list(best, isLowMood ? mostNegative(user) : Reranking.UNBOUNDED);
    figures.add(best, list, rules, isLowMood);
    return list;
  }

  /** As much as the user engaged with, or as there is. */
  private double mostNegative(Row user) {
    var share = user.<Double>getAs(NEGATIVE_SHARE);
    return Math.max(share == null ? 0 : share, reranking.value().negativeShare());
  }

  /** The best posts, in the order of the users. */
  List<List<Scored>> best(List<Row> users) {
    return topN.value().best(users.stream().map(this::request).toList());
  }

  private Request request(Row user) {
    var excluded = user.fieldIndex(EXCLUDED);
    return new Request(
        isNew(user) ? population : Floats.of(user, VECTOR),
        mood.of(
            user.isNullAt(user.fieldIndex(EMOTIONAL_STATE))
                ? new float[Intensities.EMOTIONS]
                : Floats.of(user, EMOTIONAL_STATE)),
        user.isNullAt(excluded)
            ? new int[0]
            : user.<Integer>getList(excluded).stream().mapToInt(Integer::intValue).toArray());
  }

  private Row row(Row user, int rank, Placed placed, List<Past> history) {
    var scored = placed.scored();
    var candidates = topN.value().candidates();
    var share = scored.behaviour() / scored.score();
    return RowFactory.create(
        user.getAs(USER_ID),
        rank,
        candidates.postId(scored.candidate()),
        scored.score(),
        placed.rankByScore(),
        share,
        1 - share,
        SupportingPosts.of(history, candidates.vectors(), scored.candidate())
            .toArray(String[]::new),
        isNew(user),
        hasMood(user));
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

  private static boolean isNew(Row user) {
    return user.isNullAt(user.fieldIndex(VECTOR));
  }

  private static boolean hasMood(Row user) {
    var confidence = user.fieldIndex(CONFIDENCE);
    return !user.isNullAt(confidence) && user.getDouble(confidence) > 0;
  }
}
