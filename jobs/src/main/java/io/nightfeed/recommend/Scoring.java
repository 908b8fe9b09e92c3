package io.nightfeed.recommend;

import static io.nightfeed.tables.Columns.*;

import io.nightfeed.interest.Floats;
import io.nightfeed.interest.Intensities;
import io.nightfeed.recommend.TopN.Request;
import io.nightfeed.recommend.TopN.Scored;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;

/** Runs {@link TopN} over one block of posts for the users of a partition. */
final class Scoring implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Broadcast<TopN> topN;
  private final float[] population;
  private final ScoringModel.MoodVector mood;

  Scoring(Broadcast<TopN> topN, ScoringModel model) {
    this.topN = topN;
    this.population = model.population();
    this.mood = model.mood();
  }

  /** The users that are best scored together. */
  static List<Row> take(Iterator<Row> users) {
    var together = new ArrayList<Row>();
    while (users.hasNext() && together.size() < TopN.USERS_PER_BLOCK) {
      together.add(users.next());
    }
    return together;
  }

  /**
   * @param rows of some users, in their order
   */
  static <R> Iterator<R> together(Iterator<Row> users, Function<List<Row>, List<R>> rows) {
    return new Iterator<>() {
      private Iterator<R> done = List.<R>of().iterator();

      @Override
      public boolean hasNext() {
        while (!done.hasNext() && users.hasNext()) {
          done = rows.apply(take(users)).iterator();
        }
        return done.hasNext();
      }

      @Override
      public R next() {
        hasNext();
        return done.next();
      }
    };
  }

  /**
   * The best posts of this block and those before it, in the order of the users.
   *
   * @param users see {@link Readers#requests}; what they carry from the blocks before in {@code
   *     best}, a column that only users who come from one have
   */
  List<BestPosts> best(List<Row> users) {
    var carried = users.stream().map(BestPosts::carriedBy).toList();
    var best = scored(users, carried);
    var block = topN.value().block();
    return IntStream.range(0, users.size())
        .mapToObj(i -> carried.get(i).with(best.get(i), block))
        .toList();
  }

  /** The same by number alone, where nothing is carried. */
  List<List<Scored>> scored(List<Row> users) {
    return scored(users, users.stream().map(user -> BestPosts.NONE).toList());
  }

  private List<List<Scored>> scored(List<Row> users, List<BestPosts> carried) {
    var requests =
        IntStream.range(0, users.size())
            .mapToObj(i -> request(users.get(i), carried.get(i).best()))
            .toList();
    return topN.value().best(requests);
  }

  private Request request(Row user, List<Scored> soFar) {
    return new Request(
        isNew(user) ? population : Floats.of(user, VECTOR),
        mood.of(
            user.isNullAt(user.fieldIndex(EMOTIONAL_STATE))
                ? new float[Intensities.EMOTIONS]
                : Floats.of(user, EMOTIONAL_STATE)),
        excluded(user),
        soFar);
  }

  static int[] excluded(Row user) {
    var excluded = user.fieldIndex(EXCLUDED);
    return user.isNullAt(excluded)
        ? new int[0]
        : user.<Integer>getList(excluded).stream().mapToInt(Integer::intValue).toArray();
  }

  /** Whether the model does not know the user. */
  static boolean isNew(Row user) {
    return user.isNullAt(user.fieldIndex(VECTOR));
  }
}
