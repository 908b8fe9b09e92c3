package io.nightfeed.evaluate;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.nightfeed.config.Settings;
import io.nightfeed.evaluate.Interactions.Split;
import io.nightfeed.evaluate.Recommender.Scores;
import io.nightfeed.evaluate.Recommender.Setting;
import io.nightfeed.lake.Annotations;
import io.nightfeed.lake.ContentHash;
import io.nightfeed.lake.History;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.tables.Silver;
import java.sql.Date;
import java.time.Duration;
import java.time.LocalDate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Encoders;

/**
 * The days after a night of a lake, to choose settings by: the interest model learns what the night
 * knew, and is asked for what people engaged with in the window, as {@code evaluate-nights} asks.
 * Nothing that was written or happened after the window counts.
 */
public final class ValidationWindow {
  private static final String NDCG = "ndcg20";

  private final Lake lake;
  private final LocalDate night;
  private final LocalDate last;
  private final LocalDate end;
  private final NightSplits splits;

  private ValidationWindow(
      Lake lake, Settings settings, LocalDate night, LocalDate last, int days) {
    this.lake = lake;
    this.night = night;
    this.last = last;
    end = night.plusDays(days);
    splits = NightSplits.validation(lake, settings, night, last, Duration.ofDays(days));
  }

  /**
   * @param days length of the window
   * @throws JobFailure when the night was not profiled, or no night knows the window's end yet
   */
  public static ValidationWindow of(Lake lake, Settings settings, LocalDate night, int days) {
    if (lake.slice(Silver.USER_ITEM_SIGNALS, night).isEmpty()) {
      throw new JobFailure(
          ExitCode.USAGE,
          "%s has no rows of --night %s. Name a night for which ingest, annotate and profile ran, or run them."
              .formatted(lake.location(Silver.USER_ITEM_SIGNALS), night));
    }
    var end = night.plusDays(days);
    var last =
        lake
            .all(Silver.EVENTS)
            .where(col(RUN_DATE).geq(lit(Date.valueOf(end))))
            .select(RUN_DATE)
            .distinct()
            .as(Encoders.DATE())
            .collectAsList()
            .stream()
            .map(Date::toLocalDate)
            .min(LocalDate::compareTo);
    if (last.isEmpty()) {
      throw new JobFailure(
          ExitCode.RETRY,
          "The window of %d days after --night %s ends on %s, and no night of %s is that late. Wait for it, or name an earlier night or fewer --window-days."
              .formatted(days, night, end, lake.location(Silver.EVENTS)));
    }
    return new ValidationWindow(lake, settings, night, last.get(), days);
  }

  /**
   * How well settings rank the window's posts: NDCG@20 of everybody who is asked, in the order of
   * user ids. With the same share it is the same people, whatever the settings; greater shares ask
   * those of smaller ones and others.
   *
   * @param settings of {@code train}, and {@code recommend.max-post-age-days}
   * @param share of users, in (0, 1], that the model learns from and is asked by
   */
  public double[] ndcg(Settings settings, double share) {
    var protocol = splits.protocol();
    var measure = protocol.measure();
    var split = sampled(protocol.validation(), share);
    var asked =
        IntStream.range(0, split.test().users())
            .filter(user -> measure.weight(user, split) > 0)
            .toArray();
    if (asked.length == 0) {
      throw new JobFailure(
          ExitCode.DATA_QUALITY,
          "Of %.3g%% of users nobody with a history before %s engaged with a post for the first time up to %s: nothing can be measured. Take a longer window, a later night or a greater tune.first-share."
              .formatted(100 * share, night, end));
    }
    var scores = scores(split.train(), settings, share);
    int place = measure.names().indexOf(NDCG);
    return IntStream.of(asked)
        .parallel()
        .mapToDouble(
            user -> {
              var mine = new double[split.train().items()];
              scores.write(user, mine);
              return measure.of(mine, user, split)[place];
            })
        .toArray();
  }

  /** As {@code evaluate-nights} scores: what is no longer fresh is last. */
  private Scores scores(Interactions train, Settings settings, double share) {
    var ours = new Setting("", night -> splits.scores(night, settings.train(), share));
    var created = splits.protocol().items().created();
    try {
      return FactorModels.fresh(ours, created, settings.recommend().maxPostAgeDays())
          .fit()
          .fit(train);
    } catch (RuntimeException failure) {
      throw failure;
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** Asks a sample alone. */
  private Split sampled(Split split, double share) {
    var test = split.test();
    var asked =
        IntStream.range(0, test.users())
            .mapToObj(user -> splits.isSampled(user, share) ? test.byUser()[user] : new int[0])
            .toArray(int[][]::new);
    return new Split(split.train(), new Interactions(test.items(), asked), split.candidates());
  }

  /** A digest of the rows that figures depend on: texts by their hashes and models. */
  public String dataVersion() {
    var until = History.endOf(end);
    return Stream.of(
            History.events(lake, last)
                .where(col(EVENT_TIME).lt(until))
                .select(USER_ID, POST_ID, EVENT_TIME, ACTION),
            History.posts(lake, last)
                .where(col(CREATED_AT).lt(until))
                .select(POST_ID, AUTHOR_ID, CREATED_AT, TEXT_HASH),
            Annotations.current(lake, last).select(TEXT_HASH, MODEL_DIGEST),
            lake.slice(Silver.USER_ITEM_SIGNALS, night),
            lake.slice(Silver.USER_STATES, night))
        .map(rows -> ContentHash.of(rows).sha256())
        .collect(Collectors.joining(" "));
  }
}
