package io.nightfeed.evaluate;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import io.nightfeed.evaluate.PolicyEstimate.Interval;
import io.nightfeed.evaluate.PolicyEstimate.UserSums;
import io.nightfeed.lake.History;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.MeasuredFigures;
import io.nightfeed.run.RunOptions;
import io.nightfeed.run.Sessions;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import java.nio.file.Path;
import java.sql.Date;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What the lists of some nights would have got, from what the platform showed on the days after.
 */
@Command(
    name = "evaluate-policy",
    mixinStandardHelpOptions = true,
    description = {
      "Estimates what the lists of --run-date to --through would have got, had each slot of the day",
      "after each night shown one of the user's best --top posts, all equally likely. It takes logged",
      "impressions with their propensities (events have an optional field for it) and weighs each by",
      "that policy's probability over the logged one, as SNIPS does (Swaminathan and Joachims 2015).",
      "The reward is engagements per impression. Lists know nothing of the day that judges them.",
      "",
      "  policy.value                  of the lists, with a 95%% interval, users resampled",
      "  policy.logged                 of what the platform showed the same users on the same days",
      "  policy.difference             the lists' less the platform's",
      "  policy.effective_impressions  so many impressions chosen by the lists would tell as much",
      "  policy.mean_weight            near 1 where propensities are right; less by what of the lists",
      "                                the platform never shows, of which nothing can be said",
      "",
      "Refused with exit code 3 where too many impressions lack a propensity, or where too few show",
      "what the lists would: an interval of either would say nothing."
    },
    footer = {
      "",
      "Example, after make demo:",
      "  nightfeed evaluate-policy --config conf/demo.conf --run-date 2025-06-07 \\",
      "      --through 2025-06-12 --top 50"
    })
public final class EvaluatePolicyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private RunOptions options;

  @Option(
      names = "--through",
      paramLabel = "YYYY-MM-DD",
      description = "The last night whose lists are evaluated (default: --run-date).")
  private LocalDate through;

  @Option(
      names = "--top",
      defaultValue = "20",
      paramLabel = "N",
      description = "How many of a list's posts a slot may show (default ${DEFAULT-VALUE}).")
  private int top;

  @Option(
      names = "--max-missing-propensities",
      defaultValue = "0.01",
      paramLabel = "SHARE",
      description = {
        "Refused where a greater share of impressions has no propensity (default",
        "${DEFAULT-VALUE}); the others of fewer are left out."
      })
  private double maxMissing;

  @Option(
      names = "--min-effective-impressions",
      defaultValue = "100",
      paramLabel = "N",
      description = "Refused below so many (default ${DEFAULT-VALUE}).")
  private double minEffective;

  @Option(
      names = "--json",
      defaultValue = "target/bench/eval-policy.json",
      paramLabel = "FILE",
      description = "Where the figures go (default ${DEFAULT-VALUE}).")
  private Path json;

  @Override
  public Integer call() {
    var first = options.runDate();
    var last = through == null ? first : through;
    if (last.isBefore(first) || top < 1) {
      throw new JobFailure(
          ExitCode.USAGE,
          "--run-date %s, --through %s and --top %d: expected nights in order and at least one post"
              .formatted(first, last, top));
    }
    var settings = options.settings();
    try (var spark = Sessions.open("nightfeed evaluate-policy")) {
      var lake = new Lake(spark, settings.lakeFolder());
      var users = sums(lake, first, last, top);
      check(users, lake, first, last, maxMissing, minEffective);
      write(users, new MeasuredFigures(spec.commandLine().getOut(), json));
    }
    return ExitCode.OK.status();
  }

  /** Sums over users' impressions on the days after some nights, by the nights' lists. */
  static List<UserSums> sums(Lake lake, LocalDate first, LocalDate last, int top) {
    var lists =
        lake.all(Gold.RECOMMENDATIONS)
            .where(col(RUN_DATE).between(lit(Date.valueOf(first)), lit(Date.valueOf(last))));
    if (lists.isEmpty()) {
      throw new JobFailure(
          ExitCode.FAILED,
          "%s in %s has no lists of %s to %s. Run recommend for these nights first."
              .formatted(Gold.RECOMMENDATIONS, lake.location(Gold.RECOMMENDATIONS), first, last));
    }
    var newest = lake.all(Silver.EVENTS).agg(max(RUN_DATE)).first().getDate(0).toLocalDate();
    var days =
        col(EVENT_DATE)
            .between(lit(Date.valueOf(first.plusDays(1))), lit(Date.valueOf(last.plusDays(1))));
    return LoggedImpressions.sums(
        LoggedImpressions.of(History.events(lake, newest).where(days)),
        LoggedImpressions.policy(lists, top));
  }

  /**
   * @throws JobFailure where the log cannot tell what the lists would have got
   */
  static void check(
      List<UserSums> users,
      Lake lake,
      LocalDate first,
      LocalDate last,
      double maxMissing,
      double minEffective) {
    double all = PolicyEstimate.sum(users, UserSums::all);
    double known = PolicyEstimate.sum(users, UserSums::impressions);
    var where = "%s in %s".formatted(Silver.EVENTS, lake.location(Silver.EVENTS));
    if (all == 0) {
      throw new JobFailure(
          ExitCode.DATA_QUALITY,
          "%s has no view of %s to %s by a user with a list of the night before. Ingest the nights after, or choose earlier ones."
              .formatted(where, first.plusDays(1), last.plusDays(1)));
    }
    double missing = 1 - known / all;
    if (missing > maxMissing) {
      throw new JobFailure(
          ExitCode.DATA_QUALITY,
          "%.1f%% of %,.0f impressions in %s lack a propensity; expected at most %.1f%%. Without it nobody knows how likely the platform was to show a post: log it with each view, such as gold.recommendations.propensity, or allow more with --max-missing-propensities where they are missing by chance."
              .formatted(100 * missing, all, where, 100 * maxMissing));
    }
    double effective = PolicyEstimate.effective(users);
    if (effective <= 0 || effective < minEffective) {
      throw new JobFailure(
          ExitCode.DATA_QUALITY,
          "The %,.0f impressions of %s to %s tell of the lists as much as %.1f chosen by them would; expected at least %.0f (--min-effective-impressions). %,.0f of them show what the lists would. Take more nights (--through) or more of each list (--top), or let the platform explore more."
              .formatted(
                  known,
                  first.plusDays(1),
                  last.plusDays(1),
                  effective,
                  minEffective,
                  PolicyEstimate.sum(users, UserSums::matched)));
    }
  }

  private static void write(List<UserSums> users, MeasuredFigures figures) {
    var estimate = PolicyEstimate.of(users);
    double all = PolicyEstimate.sum(users, UserSums::all);
    double known = PolicyEstimate.sum(users, UserSums::impressions);
    figures.add("policy.users", users.size());
    figures.add("policy.impressions", known);
    figures.add("policy.impressions_of_listed_posts", PolicyEstimate.sum(users, UserSums::matched));
    figures.add("policy.missing_propensity_share", 1 - known / all);
    figures.add("policy.effective_impressions", estimate.effective());
    figures.add("policy.mean_weight", estimate.meanWeight());
    add(figures, "policy.value", estimate.value());
    add(figures, "policy.logged", estimate.logged());
    add(figures, "policy.difference", estimate.difference());
  }

  private static void add(MeasuredFigures figures, String name, Interval interval) {
    figures.add(name, interval.mean());
    figures.add(name + "_low", interval.low());
    figures.add(name + "_high", interval.high());
  }
}
