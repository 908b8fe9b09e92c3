package io.nightfeed.export;

import static io.nightfeed.tables.Columns.USER_ID;

import io.nightfeed.lake.Consent;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.RunOptions;
import io.nightfeed.run.Sessions;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.TableSpec;
import io.nightfeed.tables.View;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A night's slice of a gold table, for those who do not read Delta. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Writes a night's rows of a gold table, or of a view of one, as files or into a table of a database.",
      "People who have opted out since are left out. Files appear all at once; rows of a database are",
      "exchanged in one transaction. A rerun gives the same."
    },
    footer = {
      "",
      "Examples:",
      "  nightfeed export recommendations_top10 --config … --run-date 2025-06-08 --format csv --to lists",
      "  nightfeed export recommendations_nested --config … --run-date 2025-06-08 \\",
      "    --jdbc-url jdbc:postgresql://db/feed --jdbc-table recommendations --only-this-night"
    })
public final class ExportCommand implements Callable<Integer> {
  /** Of files. */
  enum Format {
    jsonl,
    csv,
    parquet
  }

  /** Where rows go. */
  static final class Target {
    @Option(
        names = "--to",
        required = true,
        paramLabel = "FOLDER",
        description = "A folder that is not there yet.")
    private Path folder;

    @Option(
        names = "--jdbc-url",
        required = true,
        paramLabel = "URL",
        description = {
          "A database whose driver is on the class path (--jars of spark-submit). User and password come",
          "from the environment, " + ServingDatabase.USER + " and " + ServingDatabase.PASSWORD + "."
        })
    private String url;
  }

  @Parameters(
      paramLabel = "WHAT",
      description =
          "recommendations_top10, recommendations_nested, or such as gold.recommendations.")
  private String what;

  @Mixin private RunOptions options;

  @ArgGroup(multiplicity = "1")
  private Target target;

  @Option(
      names = "--format",
      defaultValue = "jsonl",
      description = {
        "Of files: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}). In csv, nested columns are JSON, and an",
        "apostrophe goes before texts that a spreadsheet would take for formulas."
      })
  private Format format;

  @Option(
      names = "--jdbc-table",
      defaultValue = "recommendations",
      description = "Made if it is not there (default ${DEFAULT-VALUE}). Nested columns are JSON.")
  private String table;

  @Option(
      names = "--only-this-night",
      description = "Take the rows of all other nights out of the database.")
  private boolean isAlone;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var settings = options.settings();
    var night = options.runDate();
    requireSomeOf(what);
    var database =
        target.url == null ? null : new ServingDatabase(target.url, table, System.getenv());
    try (var spark = Sessions.open("nightfeed export " + night)) {
      var rows = rows(new Lake(spark, settings.lakeFolder()), what, night).persist();
      long count = rows.count();
      if (count == 0) {
        throw new JobFailure(
            ExitCode.RETRY,
            "%s has no rows of %s. Run recommend for that night first.".formatted(what, night));
      }
      if (database == null) {
        write(rows, format, target.folder);
      } else {
        database.replace(Flat.json(rows), night, isAlone);
      }
      var out = spec.commandLine().getOut();
      out.printf(
          "%s of %s: %,d rows written to %s%n",
          what, night, count, database == null ? target.folder : table);
      out.flush();
    }
    return ExitCode.OK.status();
  }

  private static void requireSomeOf(String what) {
    if (View.named(what).isEmpty() && gold(what).isEmpty()) {
      var names =
          Stream.concat(View.ALL.stream().map(View::name), Gold.ALL.stream().map(TableSpec::name));
      throw new JobFailure(
          ExitCode.USAGE,
          "There is no '%s' to export. There are: %s."
              .formatted(what, names.collect(Collectors.joining(", "))));
    }
  }

  private static List<TableSpec> gold(String name) {
    return Gold.ALL.stream().filter(table -> table.name().equals(name)).toList();
  }

  /** A night's rows, in an order of their own. */
  static Dataset<Row> rows(Lake lake, String what, LocalDate night) {
    var view = View.named(what);
    var source = view.map(View::source).orElseGet(() -> gold(what).get(0));
    var rows = lake.slice(source, night);
    var allowed =
        List.of(rows.columns()).contains(USER_ID)
            ? Consent.personalised(lake, rows, USER_ID)
            : rows;
    if (view.isEmpty()) {
      return allowed;
    }
    allowed.createOrReplaceTempView("exported");
    return rows.sparkSession().sql(view.get().sql("exported"));
  }

  /** Into a folder beside it first, which gets its name when all is there. */
  static void write(Dataset<Row> rows, Format format, Path folder) {
    if (Files.exists(folder)) {
      throw new JobFailure(
          ExitCode.USAGE, "%s is there already: remove it, or name another.".formatted(folder));
    }
    var whole = folder.toAbsolutePath();
    var aside = whole.resolveSibling("." + whole.getFileName() + ".part");
    try {
      FileUtils.deleteDirectory(aside.toFile());
      switch (format) {
        case jsonl -> rows.write().option("compression", "gzip").json(aside.toString());
        case parquet -> rows.write().parquet(aside.toString());
        case csv ->
            Flat.withoutFormulas(Flat.json(rows))
                .write()
                .option("header", true)
                .option("escape", "\"")
                .csv(aside.toString());
      }
      Files.move(aside, whole);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + folder, e);
    }
  }
}
