package io.nightfeed.evaluate;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.xxhash64;

import io.nightfeed.config.Settings.Gate;
import io.nightfeed.interest.InterestModel;
import io.nightfeed.interest.InterestModelEstimator;
import io.nightfeed.tables.SmallGroups;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.lang3.ArrayUtils;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Whether a model may serve in place of the one that does, by pairs of users and posts that no
 * model learns from: a pair is held out or not by a hash of its ids, on every night. (A model that
 * held out a smaller share has learned from some that are asked for: it looks better than it is.)
 *
 * <p>For each engagement held out the models rank the post among drawn ones that the user did
 * nothing with. The area under the curve (AUC) is the share of those that rank lower, ties half: a
 * model of chance has 1/2. Intervals are 95 %, users resampled.
 *
 * <p>Forgetting is what the AUC loses on engagements that the model that serves was judged by
 * already: those of which nothing came after the night that trained it.
 */
public final class ModelGate {
  /** Posts that each held out one is ranked among; the same for everybody. */
  private static final int DRAWN = 100;

  /** Beyond this, more say no more; those of the smallest hashes are taken. */
  private static final int MOST_PAIRS = 5_000;

  /** Length of the lists, of the drawn posts, that models are compared by. */
  private static final int LIST = 20;

  private static final String ENGAGED = "engaged_post";
  private static final String HISTORY_SIZE = "history_size";
  private static final String SCORES = "scores";
  private static final String IS_OLDER = "is_older";

  private ModelGate() {}

  /**
   * What was found.
   *
   * @param isJudged there were enough engagements held out
   * @param refusals why the model may not serve, each with what was found and expected; none: it
   *     may
   * @param figures by name and segment
   * @param older the AUC less the champion's on engagements that the champion was judged by; empty
   *     where there are too few, or no champion
   */
  public record Verdict(
      boolean isJudged,
      List<String> refusals,
      Map<String, Map<String, Double>> figures,
      Optional<PairedBootstrap> older) {
    public boolean isAccepted() {
      return refusals.isEmpty();
    }
  }

  /**
   * The model that serves now.
   *
   * @param trainedOn the night whose end it knew
   */
  public record Champion(InterestModel model, LocalDate trainedOn) {}

  /**
   * Judges.
   *
   * @param signals rows of {@code silver.user_item_signals} of the night, held out ones too
   * @param candidate the model that is to serve
   * @param champion the one that serves now, if there is one
   * @param groups of whose users figures are told
   */
  public static Verdict judge(
      Dataset<Row> signals,
      InterestModel candidate,
      Optional<Champion> champion,
      Gate settings,
      SmallGroups groups) {
    var known = candidate.items().select(POST_ID);
    for (var one : champion.stream().toList()) {
      known = known.join(one.model().items().select(POST_ID), POST_ID);
    }
    var isOlder = champion.map(one -> isUpTo(one.trainedOn())).orElse(lit(false));
    var questions = questions(signals.join(known, POST_ID), isOlder, settings).cache();
    try {
      var ours = Ranked.by(candidate, questions);
      var theirs = champion.map(one -> Ranked.by(one.model(), questions));
      return new Judgement(settings, groups, ours, theirs).verdict();
    } finally {
      questions.unpersist();
    }
  }

  private static Column isUpTo(LocalDate night) {
    var end = night.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    return col(LAST_EVENT_TIME).lt(lit(Timestamp.from(end)));
  }

  /** For each engagement held out, its own post and the drawn ones to be scored for its user. */
  private static Dataset<Row> questions(Dataset<Row> signals, Column isOlder, Gate settings) {
    var drawn =
        signals
            .select(POST_ID)
            .distinct()
            .orderBy(xxhash64(lit("drawn"), col(POST_ID)))
            .limit(DRAWN);
    var engaged = signals.where(col(ENGAGEMENT).gt(0));
    var sizes = engaged.groupBy(USER_ID).agg(count(lit(1)).as(HISTORY_SIZE));
    var asked =
        engaged
            .where(
                InterestModelEstimator.isHeldOut(
                    col(USER_ID), col(POST_ID), settings.heldOutShare()))
            .select(
                col(USER_ID), col(POST_ID).as(ENGAGED), col(EMOTIONAL_STATE), isOlder.as(IS_OLDER))
            .orderBy(xxhash64(col(USER_ID), col(ENGAGED)))
            .limit(MOST_PAIRS)
            .join(sizes, USER_ID);
    return asked
        .crossJoin(broadcast(drawn))
        .join(signals.select(USER_ID, POST_ID), new String[] {USER_ID, POST_ID}, "left_anti")
        .unionByName(asked.withColumn(POST_ID, col(ENGAGED)));
  }

  /**
   * A model's scores of the questions, one after another by user and post.
   *
   * @param users of each question
   * @param historySizes posts that each user engaged with
   * @param isOlder the champion was judged by it
   * @param areas AUC of each
   * @param lists the best of the drawn posts for its user
   */
  private record Ranked(
      String[] users,
      long[] historySizes,
      boolean[] isOlder,
      double[] areas,
      List<List<String>> lists) {

    static Ranked by(InterestModel model, Dataset<Row> questions) {
      var rows =
          model
              .transform(questions)
              .groupBy(USER_ID, ENGAGED, HISTORY_SIZE, IS_OLDER)
              .agg(sort_array(collect_list(struct(col(INTENSITY), col(POST_ID)))).as(SCORES))
              .sort(USER_ID, ENGAGED)
              .collectAsList();
      return new Ranked(
          rows.stream().map(row -> row.getString(0)).toArray(String[]::new),
          rows.stream().mapToLong(row -> row.getLong(2)).toArray(),
          ArrayUtils.toPrimitive(
              rows.stream().map(row -> row.getBoolean(3)).toArray(Boolean[]::new)),
          rows.stream().mapToDouble(Ranked::area).toArray(),
          rows.stream().map(Ranked::list).toList());
    }

    private static double area(Row row) {
      List<Row> scores = row.getList(4);
      double own =
          scores.stream()
              .filter(one -> one.getString(1).equals(row.getString(1)))
              .mapToDouble(one -> one.getDouble(0))
              .findFirst()
              .orElseThrow();
      double lower = 0;
      int others = 0;
      for (var one : scores) {
        if (!one.getString(1).equals(row.getString(1))) {
          others++;
          lower += one.getDouble(0) < own ? 1 : one.getDouble(0) == own ? 0.5 : 0;
        }
      }
      return others == 0 ? 0.5 : lower / others;
    }

    private static List<String> list(Row row) {
      List<Row> scores = row.getList(4);
      var best = new ArrayList<String>();
      for (int i = scores.size() - 1; i >= 0 && best.size() < LIST; i--) {
        if (!scores.get(i).getString(1).equals(row.getString(1))) {
          best.add(scores.get(i).getString(1));
        }
      }
      return best;
    }
  }

  /** Applies the settings to what was found. */
  private static final class Judgement {
    private static final String EVERYONE = "all";

    /** Engagements that the champion was judged by. */
    private static final String OLDER = "older engagements";

    /** By posts that a user engaged with. */
    private static final Map<String, IntPredicate> SEGMENTS = segments();

    private final Gate settings;
    private final SmallGroups groups;
    private final Ranked ours;
    private final Optional<Ranked> theirs;
    private final Set<String> untold;
    private final List<String> refusals = new ArrayList<>();
    private final Map<String, Map<String, Double>> figures = new LinkedHashMap<>();

    Judgement(Gate settings, SmallGroups groups, Ranked ours, Optional<Ranked> theirs) {
      this.settings = settings;
      this.groups = groups;
      this.ours = ours;
      this.theirs = theirs;
      var users = new LinkedHashMap<String, Long>();
      for (var segment : HistorySegment.values()) {
        users.put(
            segment.title(), users(pairs(pair -> segment.holds((int) ours.historySizes()[pair]))));
      }
      untold = groups.untold(users);
    }

    private long users(int[] pairs) {
      return IntStream.of(pairs).mapToObj(pair -> ours.users()[pair]).distinct().count();
    }

    private static Map<String, IntPredicate> segments() {
      var segments = new LinkedHashMap<String, IntPredicate>();
      segments.put(EVERYONE, size -> true);
      for (var segment : HistorySegment.values()) {
        segments.put(segment.title(), segment::holds);
      }
      return segments;
    }

    Verdict verdict() {
      figure("held_out_pairs", EVERYONE, ours.users().length);
      if (ours.users().length < settings.minPairs()) {
        return new Verdict(false, List.of(), figures, Optional.empty());
      }
      SEGMENTS.forEach(this::judge);
      theirs.ifPresent(this::compareLists);
      return new Verdict(true, List.copyOf(refusals), figures, theirs.flatMap(this::older));
    }

    private Optional<PairedBootstrap> older(Ranked champion) {
      var pairs = pairs(pair -> ours.isOlder()[pair]);
      var newer = pairs(pair -> !ours.isOlder()[pair]);
      boolean areTold = groups.isTold(users(pairs)) && groups.isTold(users(newer));
      if (pairs.length < settings.minPairs() || !areTold) {
        return Optional.empty();
      }
      var difference = byUser(pairs, pair -> ours.areas()[pair] - champion.areas()[pair]);
      figure("held_out_auc", OLDER, byUser(pairs, pair -> ours.areas()[pair]).mean());
      figure("held_out_auc_less_champion", OLDER, difference.mean());
      return Optional.of(difference);
    }

    private int[] pairs(IntPredicate isAsked) {
      return IntStream.range(0, ours.users().length).filter(isAsked).toArray();
    }

    private void judge(String segment, IntPredicate isOfSegment) {
      var pairs = pairs(pair -> isOfSegment.test((int) ours.historySizes()[pair]));
      if (pairs.length < settings.minPairs()) {
        return;
      }
      boolean isEveryone = segment.equals(EVERYONE);
      var area = byUser(pairs, pair -> ours.areas()[pair]);
      figure("held_out_auc", segment, area.mean());
      if (isEveryone && area.low() <= settings.minAuc()) {
        refusals.add(
            "its AUC on held out engagements is %.3f [%.3f, %.3f]; expected, with confidence, more than %.3f (train.gate.min-auc)"
                .formatted(area.mean(), area.low(), area.high(), settings.minAuc()));
      }
      if (theirs.isPresent()) {
        var champion = theirs.get();
        var difference = byUser(pairs, pair -> ours.areas()[pair] - champion.areas()[pair]);
        figure("held_out_auc_less_champion", segment, difference.mean());
        double most = isEveryone ? settings.maxDrop() : settings.maxSegmentDrop();
        if (difference.mean() < -most && difference.high() < 0) {
          refusals.add(
              untold.contains(segment)
                  ? "its AUC on held out engagements of users of segment '%s' is less than that of the model that serves, by more than %.3f (train.gate.max-segment-drop); how much is not told, since users are few"
                      .formatted(segment, most)
                  : "its AUC on held out engagements of users of segment '%s' is %.3f, by %.3f [%.3f, %.3f] less than that of the model that serves; expected at most %.3f less (train.gate.%s)"
                      .formatted(
                          segment,
                          area.mean(),
                          -difference.mean(),
                          -difference.high(),
                          -difference.low(),
                          most,
                          isEveryone ? "max-drop" : "max-segment-drop"));
        }
      }
    }

    private PairedBootstrap byUser(int[] pairs, IntToDoubleFunction figure) {
      var sums = new LinkedHashMap<String, double[]>();
      for (int pair : pairs) {
        var sum = sums.computeIfAbsent(ours.users()[pair], user -> new double[2]);
        sum[0] += figure.applyAsDouble(pair);
        sum[1]++;
      }
      return PairedBootstrap.of(
          sums.values().stream().mapToDouble(sum -> sum[0] / sum[1]).toArray(),
          sums.values().stream().mapToDouble(sum -> sum[1]).toArray());
    }

    private void compareLists(Ranked champion) {
      double overlap =
          IntStream.range(0, ours.users().length)
              .mapToDouble(pair -> overlap(ours.lists().get(pair), champion.lists().get(pair)))
              .average()
              .orElseThrow();
      figure("list_overlap", EVERYONE, overlap);
      if (overlap < settings.minListOverlap()) {
        refusals.add(
            "the best 20 of 100 drawn posts are by %.3f the same as those of the model that serves; expected at least %.3f, chance has 0.2 (train.gate.min-list-overlap)"
                .formatted(overlap, settings.minListOverlap()));
      }
    }

    private static double overlap(List<String> one, List<String> other) {
      return one.isEmpty() ? 1 : one.stream().filter(other::contains).count() / (double) one.size();
    }

    private void figure(String name, String segment, double value) {
      if (untold.contains(segment)) {
        return;
      }
      figures.computeIfAbsent(name, missing -> new LinkedHashMap<>()).put(segment, value);
    }
  }
}
