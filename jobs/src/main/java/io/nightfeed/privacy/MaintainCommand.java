package io.nightfeed.privacy;

import static io.nightfeed.tables.Columns.MODEL_RUN_DATE;
import static io.nightfeed.tables.Columns.MODEL_VERSION;
import static io.nightfeed.tables.Columns.RUN_DATE;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.nightfeed.config.Settings;
import io.nightfeed.interest.ModelFolder;
import io.nightfeed.lake.Lake;
import io.nightfeed.lake.Retention;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.RunOptions;
import io.nightfeed.run.Sessions;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Tables;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Date;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Keeps nothing for longer than the settings say. */
@Command(
    name = "maintain",
    mixinStandardHelpOptions = true,
    description = {
      "Deletes slices of tables, models, reports and run records that are older than maintain.retention",
      "says, counted back from --run-date, and files of older versions after maintain.vacuum-after."
    })
public final class MaintainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private RunOptions options;

  @Override
  public Integer call() {
    var settings = options.settings();
    try (var spark = Sessions.open("nightfeed maintain " + options.runDate())) {
      var lake = new Lake(spark, settings.lakeFolder());
      run(spark, lake, settings.maintain(), options.runDate(), spec.commandLine().getOut());
    }
    return ExitCode.OK.status();
  }

  static void run(
      SparkSession spark,
      Lake lake,
      Settings.Maintain settings,
      LocalDate runDate,
      PrintWriter out) {
    var retention = new Retention(spark, lake);
    for (var table : Tables.ALL) {
      settings
          .firstKept(table.name(), runDate)
          .ifPresent(
              first ->
                  out.printf(
                      "  %-28s %,12d rows of before %s deleted%n",
                      table, retention.deleteBefore(table, first), first));
      if (!retention.vacuum(table, settings.vacuumAfter())) {
        out.printf(
            "  %-28s older versions stay: slices of a run that stopped are read from them; run its night again%n",
            table);
      }
    }
    settings.firstKept("models", runDate).ifPresent(first -> removeModels(lake, first, out));
    for (var folder : List.of("reports", "runs")) {
      settings
          .firstKept(folder, runDate)
          .ifPresent(first -> removeNights(lake.root().resolve(folder), first, out));
    }
    out.flush();
  }

  /** Models that serve a night that is kept stay. */
  private static void removeModels(Lake lake, LocalDate first, PrintWriter out) {
    var serving =
        lake.all(Gold.SERVING_MODELS)
            .where(col(RUN_DATE).geq(lit(Date.valueOf(first))))
            .where(col(MODEL_RUN_DATE).lt(lit(Date.valueOf(first))))
            .select(MODEL_VERSION)
            .distinct()
            .as(Encoders.STRING())
            .collectAsList();
    for (var night : ModelFolder.nights(lake.root())) {
      if (night.isBefore(first)) {
        new ModelFolder(lake.root(), night).keepOnly(serving);
        out.printf("  models of %s removed, but for those that still serve%n", night);
      }
    }
  }

  private static void removeNights(Path folder, LocalDate first, PrintWriter out) {
    var folders = new NightFolders(folder);
    for (var night : folders.nights()) {
      if (night.isBefore(first)) {
        folders.remove(night);
        out.printf("  %s/run_date=%s removed%n", folder.getFileName(), night);
      }
    }
  }
}
