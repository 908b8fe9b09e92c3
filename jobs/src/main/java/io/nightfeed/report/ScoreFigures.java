package io.nightfeed.report;

import static io.nightfeed.pages.FigureTable.number;
import static io.nightfeed.pages.FigureTable.text;
import static io.nightfeed.tables.Columns.EMOTION_SHARE;
import static io.nightfeed.tables.Columns.IS_NEW_USER;
import static io.nightfeed.tables.Columns.MODEL_VERSION;
import static io.nightfeed.tables.Columns.RANK;
import static io.nightfeed.tables.Columns.SCORE;
import static io.nightfeed.tables.Columns.USER_ID;
import static io.nightfeed.tables.SparkFunctions.percentile;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.sum;

import io.nightfeed.pages.FigureTable;
import io.nightfeed.pages.Numbers;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.SmallGroups;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;

/**
 * What the scores look like: by rank, and how much of them mood explains.
 *
 * @param modelVersion of tonight's recommendations, empty without any
 */
record ScoreFigures(String modelVersion, List<RankScores> ranks, List<ShareCount> shares) {
  /** Width of a bar of the histogram: five percent. */
  private static final int BINS = 20;

  private static final int PERCENT_PER_BIN = 100 / BINS;
  private static final int MOST_RANKS = 1000;

  /**
   * Scores of all users at one rank; the percentiles are exact, interpolated linearly.
   *
   * @param users null where how many there are would tell that few have lists that end there
   */
  record RankScores(int rank, Long users, double tenth, double median, double ninetieth) {}

  /**
   * Recommendations with an emotion share within one bin, and the sum of shares in millionths.
   *
   * @param isTold whether anything may be told of those who have them
   */
  record ShareCount(int bin, boolean isNewUser, long recommendations, long sum, boolean isTold) {}

  static ScoreFigures read(Night night) {
    var rows = night.slice(Gold.RECOMMENDATIONS);
    var version = new ArrayList<String>();
    var ranks = new ArrayList<RankScores>();
    var told = new ToldUsers(night.groups());
    rows.groupBy(RANK)
        .agg(
            count(lit(1)),
            percentile(col(SCORE), array(lit(0.1), lit(0.5), lit(0.9))),
            min(MODEL_VERSION))
        .orderBy(RANK)
        .limit(MOST_RANKS)
        .collectAsList()
        .forEach(
            row -> {
              List<Double> scores = row.getList(2);
              version.add(row.getString(3));
              if (night.groups().isTold(row.getLong(1))) {
                ranks.add(
                    new RankScores(
                        row.getInt(0),
                        told.of(row.getLong(1)),
                        scores.get(0),
                        scores.get(1),
                        scores.get(2)));
              }
            });
    var bin = least(floor(col(EMOTION_SHARE).multiply(BINS)), lit((long) BINS - 1));
    var binned =
        rows
            .groupBy(bin, col(IS_NEW_USER))
            .agg(
                count(lit(1)),
                sum(round(col(EMOTION_SHARE).multiply(Numbers.MILLIONTHS)).cast("long")),
                count_distinct(col(USER_ID)))
            .collectAsList()
            .stream()
            .sorted(
                Comparator.comparing(ScoreFigures::binOf).thenComparing(row -> row.getBoolean(1)))
            .toList();
    var users = new LinkedHashMap<List<Object>, Long>();
    binned.forEach(row -> users.put(List.of(row.get(0), row.get(1)), row.getLong(4)));
    // Who has them in several bins counts once at least.
    var untold =
        night.groups().untold(users, some -> some.stream().mapToLong(users::get).max().orElse(0));
    var shares =
        binned.stream()
            .map(
                row ->
                    new ShareCount(
                        binOf(row),
                        row.getBoolean(1),
                        row.getLong(2),
                        row.getLong(3),
                        !untold.contains(List.of(row.get(0), row.get(1)))))
            .toList();
    return new ScoreFigures(version.isEmpty() ? "" : Collections.min(version), ranks, shares);
  }

  private static int binOf(Row row) {
    return (int) row.getLong(0);
  }

  /** Users by rank, where ranks told before do not tell of few when these are taken away. */
  private static final class ToldUsers {
    private final SmallGroups groups;
    private long whole;

    ToldUsers(SmallGroups groups) {
      this.groups = groups;
    }

    Long of(long users) {
      if (whole > 0 && !groups.isTold(users, whole)) {
        return null;
      }
      whole = users;
      return users;
    }
  }

  long recommendations() {
    return shares.stream().mapToLong(ShareCount::recommendations).sum();
  }

  /** Mean emotion share; null without recommendations. */
  Double meanEmotionShare() {
    return Numbers.mean(shares.stream().mapToLong(ShareCount::sum).sum(), recommendations());
  }

  Section section() {
    if (ranks.isEmpty()) {
      return Section.empty("scores", "Scores");
    }
    return new Section(
        "scores",
        "Scores",
        "A score is the expected number of engagements per impression. It is the sum of what a"
            + " user's own behaviour explains and what the user's mood explains; on average mood"
            + " explains "
            + Numbers.percent(meanEmotionShare())
            + ".",
        List.of(byRank(), byShare()),
        List.of(table()));
  }

  private Chart byRank() {
    var names = ranks.stream().map(rank -> String.valueOf(rank.rank())).toList();
    return Chart.band(
        "score-by-rank",
        "Score by rank: median user, and the middle 80 % of users",
        new Chart.Categories("rank", names),
        "engagements per impression",
        new Chart.Series("10th percentile", values(RankScores::tenth), Palette.PALE),
        new Chart.Series("median", values(RankScores::median), Palette.GOOD),
        new Chart.Series("90th percentile", values(RankScores::ninetieth), Palette.PALE));
  }

  private Chart byShare() {
    var bins =
        IntStream.range(0, BINS)
            .mapToObj(bin -> bin * PERCENT_PER_BIN + "–" + (bin + 1) * PERCENT_PER_BIN)
            .toList();
    return Chart.bars(
        "share-histogram",
        "Behaviour or emotion: how much of a score mood explains",
        new Chart.Categories("emotion share of the score, %", bins),
        "recommendations",
        Chart.Direction.UPRIGHT,
        Chart.Arrangement.STACKED,
        List.of(
            new Chart.Series("users with a history", perBin(false), Palette.BEHAVIOUR),
            new Chart.Series("new users", perBin(true), Palette.EMOTION)));
  }

  private FigureTable table() {
    var table =
        FigureTable.of(
            "Scores by rank",
            text("rank"),
            number("users"),
            number("10th percentile"),
            number("median"),
            number("90th percentile"));
    ranks.forEach(
        rank ->
            table.line(
                String.valueOf(rank.rank()),
                rank.users() == null ? Night.UNTOLD : Numbers.count(rank.users()),
                Numbers.figure(rank.tenth()),
                Numbers.figure(rank.median()),
                Numbers.figure(rank.ninetieth())));
    return table;
  }

  private List<Double> values(ToDoubleFunction<RankScores> value) {
    return ranks.stream().mapToDouble(value).boxed().toList();
  }

  private List<Long> perBin(boolean isNewUser) {
    return IntStream.range(0, BINS)
        .mapToObj(
            bin ->
                shares.stream()
                    .filter(share -> share.bin() == bin && share.isNewUser() == isNewUser)
                    .filter(ShareCount::isTold)
                    .mapToLong(ShareCount::recommendations)
                    .sum())
        .toList();
  }
}
