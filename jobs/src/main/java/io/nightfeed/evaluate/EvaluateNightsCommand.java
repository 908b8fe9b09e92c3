package io.nightfeed.evaluate;

import static io.nightfeed.tables.Columns.RUN_DATE;

import io.nightfeed.config.Settings;
import io.nightfeed.config.Settings.EmotionForm;
import io.nightfeed.evaluate.NightSplits.Knowledge;
import io.nightfeed.evaluate.Recommender.Setting;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Job;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.JobRunner;
import io.nightfeed.run.MeasuredFigures;
import io.nightfeed.run.Sessions;
import io.nightfeed.run.SettingsOptions;
import io.nightfeed.tables.Silver;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Learns on some nights of a lake, and asks what people engaged with after each. */
@Command(
    name = "evaluate-nights",
    mixinStandardHelpOptions = true,
    description = {
      "Compares the interest model, with the settings as they are, with simple rivals on nights of a",
      "lake: on each night it learns what that night knew and ranks the posts of the days after it,",
      "those that were written then and those that somebody engaged with then. Settings of rivals are",
      "chosen on the first night. The last night only tells what happened.",
      "",
      "Figures without a method's name are the interest model's; others leave a part of it out:",
      "",
      "  without_mood      nobody's mood is known",
      "  without_emotion   behaviour alone",
      "  without_freshness posts older than recommend.max-post-age-days are not put last",
      "  literal           emotion has the literal form (or interaction, where that is not the set one)",
      "",
      "Where logs hold engagements alone, an unknown mood leaves posts in the order of taste: there",
      "without_mood and without_emotion are the same. Texts, authors and times of later posts are known",
      "to all methods, later engagements are not.",
      "",
      "Differences come with a 95%% interval, users resampled. Nights whose ingest, annotate and profile",
      "did not run are run first. Figures beyond accuracy, segments and a page (.html): as evaluate."
    },
    footer = {
      "",
      "Example, on public data (make eval-nights):",
      "  nightfeed import weibo-threads --from data/weibo-threads --to raw \\",
      "      --nights 2012-09-30,2012-11-30,2013-01-31,2013-03-31",
      "  nightfeed evaluate-nights --config conf/weibo.conf --set raw-folder=raw \\",
      "      --nights 2012-09-30,2012-11-30,2013-01-31,2013-03-31"
    })
public final class EvaluateNightsCommand implements Callable<Integer> {
  private static final int FEWEST_NIGHTS = 3;

  private final List<Job> jobs;

  @Spec private CommandSpec spec;
  @Mixin private SettingsOptions options;

  @Option(
      names = "--nights",
      required = true,
      split = ",",
      paramLabel = "YYYY-MM-DD",
      description = "At least three, ascending, --window-days or more apart.")
  private List<LocalDate> nights;

  @Option(
      names = "--window-days",
      defaultValue = "30",
      description = "How far after a night is asked (default ${DEFAULT-VALUE}).")
  private int windowDays;

  @Option(
      names = "--methods",
      split = ",",
      paramLabel = "NAME",
      description = "Only these (default: all).")
  private List<String> methods = List.of();

  @Option(
      names = "--json",
      defaultValue = "target/bench/eval-nights.json",
      paramLabel = "FILE",
      description = "Where the figures go (default ${DEFAULT-VALUE}).")
  private Path json;

  /**
   * @param jobs ingest, annotate and profile
   */
  public EvaluateNightsCommand(List<Job> jobs) {
    this.jobs = jobs;
  }

  @Override
  public Integer call() throws Exception {
    checkOptions();
    var settings = options.settings();
    try (var spark = Sessions.open("nightfeed evaluate-nights")) {
      var lake = new Lake(spark, settings.lakeFolder());
      prepare(spark, lake, settings);
      var splits = new NightSplits(lake, settings, nights, Duration.ofDays(windowDays));
      var figures = new MeasuredFigures(spec.commandLine().getOut(), json);
      new Comparison(splits.protocol(), splits.protocol().splits(), figures)
          .run(recommenders(splits, settings), methods);
    }
    return ExitCode.OK.status();
  }

  private void checkOptions() {
    boolean areApart = windowDays > 0 && nights.size() >= FEWEST_NIGHTS;
    for (int i = 1; i < nights.size(); i++) {
      areApart &= !nights.get(i).isBefore(nights.get(i - 1).plusDays(windowDays));
    }
    if (!areApart) {
      throw new JobFailure(
          ExitCode.USAGE,
          "--nights are %s with --window-days %d; expected at least %d nights, each %d days or more after the one before it"
              .formatted(nights, windowDays, FEWEST_NIGHTS, windowDays));
    }
  }

  private void prepare(SparkSession spark, Lake lake, Settings settings) {
    var runner = new JobRunner(spark, settings, spec.commandLine().getOut(), Clock.systemUTC());
    for (var night : nights) {
      if (lake.slice(Silver.USER_ITEM_SIGNALS, night).select(RUN_DATE).isEmpty()) {
        var code = runner.run(jobs, night);
        if (code != ExitCode.OK) {
          throw new JobFailure(code, "A job of " + night + " failed; see above.");
        }
      }
    }
  }

  private static List<Recommender> recommenders(NightSplits splits, Settings settings) {
    var items = splits.protocol().items();
    double days = settings.recommend().maxPostAgeDays();
    var form = settings.train().emotionForm();
    var otherForm = form == EmotionForm.LITERAL ? EmotionForm.INTERACTION : EmotionForm.LITERAL;
    var all =
        new ArrayList<>(
            List.of(
                Neighbours.popularity(),
                Neighbours.recentPopularity(),
                Neighbours.newest(items.created()),
                Neighbours.itemNeighbours()));
    if (items.hasContent()) {
      all.add(Neighbours.contentNeighbours(items.content()));
      all.add(
          FactorModels.fresh(
              Neighbours.contentNeighbours(items.content()), items.created(), List.of(days)));
    }
    var ours = setting(splits, form, Knowledge.ALL);
    all.add(fresh(Comparison.OURS, ours, items.created(), days));
    all.add(
        fresh("without_mood", setting(splits, form, Knowledge.NO_MOOD), items.created(), days)
            .asForm());
    all.add(
        fresh("without_emotion", setting(splits, form, Knowledge.NO_EMOTION), items.created(), days)
            .asForm());
    all.add(
        fresh(
                otherForm.name().toLowerCase(java.util.Locale.ROOT),
                setting(splits, otherForm, Knowledge.ALL),
                items.created(),
                days)
            .asForm());
    all.add(new Recommender("without_freshness", List.of(ours)).asForm());
    return all;
  }

  private static Setting setting(NightSplits splits, EmotionForm form, Knowledge knowledge) {
    return new Setting("as set", train -> splits.scores(train, form, knowledge));
  }

  private static Recommender fresh(String name, Setting setting, long[] created, double days) {
    return new Recommender(name, List.of(FactorModels.fresh(setting, created, days)));
  }
}
