package io.nightfeed.evaluate;

import io.nightfeed.config.SettingsLoader;
import io.nightfeed.evaluate.Protocol.Items;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.MeasuredFigures;
import io.nightfeed.run.Sessions;
import io.nightfeed.sources.PublicDataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Ranks everything for everybody, by the interest model and by its rivals. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description = {
      "Compares the interest model with its rivals by the published protocol of a data set:",
      "",
      "  movielens   movielens-latest-small, ten folds, all films ranked (Zanon et al. 2022)",
      "  citeulike   citeulike-t, the split P=10, all papers ranked (Wang, Chen and Li 2013)",
      "  deskdrop    Deskdrop, 100 sampled articles for each to find, as its publisher's notebook",
      "  weibo       weibo-threads, eight origins, all posts of the 30 days after each ranked",
      "",
      "Settings of each method are chosen on a part of the first split's train part and stay the same",
      "for all splits. Figures are means over users with something to find, split by split; those of",
      "a difference come with a 95%% interval, users resampled. The interest model's taste is learned",
      "by neighbours of episodes on movielens, from the order of engagements and genres, which rivals",
      "do not see, and by factors elsewhere; on deskdrop, which has no texts, that is ials. ials is",
      "taste without content; published (fresh_published on weibo) is the form of the job train. Figures",
      "without a method's name are the interest model's; without_… are it less one part, its other",
      "settings as they are (without_offset: vectors of items are what the head makes of content).",
      "",
      "Lists are described, too: coverage, Gini of exposure, novelty, diversity, miscalibration and",
      "popularity lift; users by length of history and items by whether anybody met them are told",
      "apart. The file of figures holds all of that, and a page beside it (.html) shows it."
    },
    footer = {
      "",
      "Example:",
      "  nightfeed evaluate --protocol movielens --data ../shared/data/movielens-latest-small"
    })
public final class EvaluateCommand implements Callable<Integer> {
  /** More users than this, and EASE's matrix takes minutes. */
  private static final int EASE_USERS = 2500;

  private enum Name {
    MOVIELENS,
    CITEULIKE,
    DESKDROP,
    WEIBO
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--protocol",
      required = true,
      paramLabel = "NAME",
      description = "${COMPLETION-CANDIDATES}, in any case.")
  private Name name;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "The data set, or another of the same format.")
  private Path data;

  @Option(names = "--splits", paramLabel = "N", description = "Only the first N (default: all).")
  private int splits = Integer.MAX_VALUE;

  @Option(
      names = "--methods",
      split = ",",
      paramLabel = "NAME",
      description = "Only these (default: all).")
  private List<String> methods = List.of();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Where the figures go (default target/bench/eval-<protocol>.json).")
  private Path json;

  private MeasuredFigures figures;
  private Protocol protocol;

  @Override
  public Integer call() throws Exception {
    if (splits < 1) {
      throw new JobFailure(ExitCode.USAGE, "--splits is %d; expected 1 or more".formatted(splits));
    }
    try (var spark = Sessions.open("nightfeed evaluate")) {
      protocol = protocol(spark);
      splits = Math.min(splits, protocol.splits());
      var file =
          json == null ? Path.of("target/bench/eval-%s.json".formatted(protocol.name())) : json;
      figures = new MeasuredFigures(spec.commandLine().getOut(), file);
      new Comparison(protocol, splits, figures).run(recommenders(spark), methods);
    }
    return ExitCode.OK.status();
  }

  private Protocol protocol(SparkSession spark) throws IOException {
    return switch (name) {
      case MOVIELENS -> PublicProtocols.movieLens(data);
      case CITEULIKE -> PublicProtocols.citeULike(data);
      case DESKDROP -> PublicProtocols.deskdrop(data);
      case WEIBO ->
          TimeSplits.weibo(
              PublicDataset.WEIBO_THREADS.read(data),
              TimeSplits.chinese(spark, SettingsLoader.load(List.of(), Map.of())));
    };
  }

  private List<Recommender> recommenders(SparkSession spark) {
    var all = new ArrayList<>(List.of(Neighbours.popularity(), Neighbours.itemNeighbours()));
    var items = protocol.items();
    if (items.hasTimes()) {
      all.add(Neighbours.recentPopularity());
      all.add(Neighbours.newest(items.created()));
    }
    if (items.hasContent()) {
      all.add(Neighbours.contentNeighbours(items.content()));
    }
    if (protocol.validation().train().users() <= EASE_USERS) {
      all.add(Neighbours.ease());
    } else {
      figures.note(
          "EASE is left out: its matrix of %d users takes too long"
              .formatted(protocol.validation().train().users()));
    }
    switch (name) {
      case MOVIELENS -> {
        all.add(FactorModels.als(spark, 128, List.of(1.0, 3.0), List.of(0.05, 0.1, 0.3)));
        all.add(
            FactorModels.ials(
                spark, List.of(128, 256), List.of(0.3), List.of(0.005, 0.0075, 0.01)));
        all.add(FactorModels.episodes(items.content()));
        all.add(FactorModels.published(spark, items, FactorModels.estimator(256, 0.3, 0.005), 0));
      }
      case CITEULIKE -> {
        all.add(FactorModels.als(spark, 96, List.of(10.0, 40.0, 100.0), List.of(0.3, 1.0)));
        all.add(FactorModels.ials(spark, List.of(96), List.of(0.003, 0.01), List.of(0.01, 0.03)));
        var grid = TasteGrid.of(96, 0.01, 0.01).withContentScales(0.4, 0.8, 1.2);
        all.add(FactorModels.taste(spark, Comparison.OURS, items, grid));
        var wordless = Items.of(new float[0][]);
        all.add(
            FactorModels.taste(spark, "without_content", wordless, grid.withContentScales(0))
                .asForm());
        all.add(FactorModels.taste(spark, "without_offset", items, grid.withoutOffsets()).asForm());
        all.add(FactorModels.published(spark, items, FactorModels.estimator(96, 0.01, 0.01), 0.8));
      }
      case DESKDROP -> {
        all.add(FactorModels.als(spark, 64, List.of(1.0, 3.0, 10.0), List.of(0.3, 1.0, 3.0)));
        all.add(
            FactorModels.taste(
                spark,
                Comparison.OURS,
                items,
                new TasteGrid(
                    List.of(32, 64),
                    List.of(0.03, 0.1),
                    List.of(0.03, 0.05),
                    List.of(0.0),
                    0,
                    List.of(),
                    true)));
        all.add(FactorModels.published(spark, items, FactorModels.estimator(64, 0.03, 0.05), 0));
      }
      case WEIBO -> {
        all.add(FactorModels.als(spark, 32, List.of(1.0, 10.0, 40.0), List.of(0.1, 0.3, 1.0)));
        all.add(FactorModels.ials(spark, List.of(32), List.of(0.01, 0.03), List.of(0.01, 0.03)));
        var grid =
            TasteGrid.of(32, 0.03, 0.03)
                .withContentScales(0.5, 1, 2)
                .withAuthorScale(1)
                .withFreshDays(3, 10);
        all.add(FactorModels.taste(spark, Comparison.OURS, items, grid));
        all.add(
            FactorModels.fresh(
                Neighbours.contentNeighbours(items.content()), items.created(), grid.freshDays()));
        var textless = new Items(new float[0][], items.authors(), items.created());
        all.add(
            FactorModels.taste(spark, "without_content", textless, grid.withContentScales(0))
                .asForm());
        all.add(
            FactorModels.taste(spark, "without_authors", items, grid.withAuthorScale(0)).asForm());
        all.add(FactorModels.taste(spark, "without_offset", items, grid.withoutOffsets()).asForm());
        all.add(FactorModels.taste(spark, "without_decay", items, grid.withFreshDays()).asForm());
        all.add(
            FactorModels.fresh(
                FactorModels.published(spark, items, FactorModels.estimator(32, 0.03, 0.03), 1),
                items.created(),
                List.of(10.0)));
      }
    }
    return all;
  }
}
