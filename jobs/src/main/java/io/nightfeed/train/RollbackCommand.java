package io.nightfeed.train;

import static io.nightfeed.tables.Columns.MODEL_VERSION;

import io.nightfeed.interest.ModelFolder;
import io.nightfeed.interest.ServingModel;
import io.nightfeed.interest.ServingModel.Decision;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.RunOptions;
import io.nightfeed.run.Sessions;
import io.nightfeed.tables.Gold;
import java.time.LocalDate;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lets an earlier night's model serve again. */
@Command(
    name = "rollback",
    mixinStandardHelpOptions = true,
    description = {
      "Lets the model that an earlier night trained serve the night of --run-date. Lists that are there",
      "stay as they are until recommend runs for that night again. The model of the next night must pass",
      "the gate against this one; train for the same night decides anew. The posts of after the night of",
      "--to are unknown to its model, and are not recommended by it."
    },
    footer = {
      "",
      "Example: Tuesday's model is bad; serve Monday's, and make Tuesday's lists again.",
      "  nightfeed rollback --config conf/local.conf --run-date 2025-06-10 --to 2025-06-09",
      "  nightfeed recommend --config conf/local.conf --run-date 2025-06-10"
    })
public final class RollbackCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private RunOptions options;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "YYYY-MM-DD",
      description = "The night whose model is to serve.")
  private LocalDate to;

  @Override
  public Integer call() {
    var settings = options.settings();
    try (var spark = Sessions.open("nightfeed rollback")) {
      var lake = new Lake(spark, settings.lakeFolder());
      var version = rollBack(spark, lake, options.runDate(), to);
      spec.commandLine()
          .getOut()
          .printf(
              "Model %s serves %s. Lists change when recommend runs for that night.%n",
              version, options.runDate());
    }
    return ExitCode.OK.status();
  }

  /**
   * Lets a night's model serve another.
   *
   * @return its version
   * @throws JobFailure when it is not there, later or damaged
   */
  static String rollBack(SparkSession spark, Lake lake, LocalDate runDate, LocalDate to) {
    if (to.isAfter(runDate)) {
      throw new JobFailure(
          ExitCode.USAGE,
          "--to %s is after --run-date %s: that night could not know the model."
              .formatted(to, runDate));
    }
    var trained = trained(lake, to);
    if (trained.isEmpty()) {
      throw new JobFailure(
          ExitCode.USAGE,
          "No model of %s. There are models of %s.".formatted(to, ModelFolder.nights(lake.root())));
    }
    var model =
        ServingModel.of(lake, to)
            .filter(one -> one.trainedOn().equals(to))
            .orElseGet(() -> new ServingModel(to, trained.get()));
    model.load(lake);
    model.serve(
        spark,
        lake,
        runDate,
        Decision.ROLLED_BACK,
        "An operator asked for the model of " + to,
        "rollback");
    return model.version();
  }

  /** The version that train made last for a night. */
  private static Optional<String> trained(Lake lake, LocalDate night) {
    return lake
        .slice(Gold.MODEL_EVALUATIONS, night)
        .select(MODEL_VERSION)
        .limit(1)
        .as(Encoders.STRING())
        .collectAsList()
        .stream()
        .findFirst();
  }
}
