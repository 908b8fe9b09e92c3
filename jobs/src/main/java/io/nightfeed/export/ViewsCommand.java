package io.nightfeed.export;

import io.nightfeed.config.Settings;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.SettingsOptions;
import io.nightfeed.tables.TableSpec;
import io.nightfeed.tables.Tables;
import io.nightfeed.tables.View;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** SQL that makes the lake known to a catalogue. */
@Command(
    name = "views",
    mixinStandardHelpOptions = true,
    description = {
      "Prints SQL that registers the lake's tables in a database of Spark's catalogue, where they lie, and",
      "makes views of them: recommendations_top10 and recommendations_nested. Tables that no night has",
      "written yet become known when it is run again. What runs published that did not end well is seen",
      "there; nightfeed export leaves it out."
    },
    footer = {
      "",
      "Example: nightfeed views --config cluster.conf > views.sql; spark-sql -f views.sql"
    })
public final class ViewsCommand implements Callable<Integer> {
  private static final Pattern DATABASE = Pattern.compile("[a-z][a-z0-9_]*");

  @Mixin private SettingsOptions options;

  @Option(
      names = "--database",
      defaultValue = "nightfeed",
      description = "Where they go (default ${DEFAULT-VALUE}).")
  private String database;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    out.print(sql(options.settings(), database));
    out.flush();
    return ExitCode.OK.status();
  }

  static String sql(Settings settings, String database) {
    if (!DATABASE.matcher(database).matches()) {
      throw new JobFailure(
          ExitCode.USAGE,
          "--database is '%s', expected %s".formatted(database, DATABASE.pattern()));
    }
    var lake = settings.lakeFolder().toAbsolutePath().normalize();
    var sql = new StringBuilder("CREATE DATABASE IF NOT EXISTS " + database + ";\n");
    for (var table : Tables.ALL) {
      if (lake.resolve(table.path()).resolve("_delta_log").toFile().isDirectory()) {
        sql.append(
            "CREATE TABLE IF NOT EXISTS %s.%s USING delta LOCATION '%s';%n"
                .formatted(database, inCatalogue(table), quoted(lake.resolve(table.path()))));
      }
    }
    for (var view : View.ALL) {
      sql.append(
          "CREATE OR REPLACE VIEW %s.%s COMMENT '%s' AS %s;%n"
              .formatted(
                  database,
                  view.name(),
                  view.comment().replace("'", "\\'"),
                  view.sql(database + "." + inCatalogue(view.source()))));
    }
    return sql.toString();
  }

  /** Catalogues have one level of databases: {@code gold_recommendations}. */
  private static String inCatalogue(TableSpec table) {
    return table.name().replace('.', '_');
  }

  private static String quoted(Path location) {
    return location.toString().replace("\\", "\\\\").replace("'", "\\'");
  }
}
