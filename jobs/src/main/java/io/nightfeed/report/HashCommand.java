package io.nightfeed.report;

import io.nightfeed.lake.ContentHash;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Sessions;
import io.nightfeed.run.SettingsOptions;
import io.nightfeed.tables.TableSpec;
import io.nightfeed.tables.Tables;
import java.time.LocalDate;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a hash of a table's rows, to see whether two runs published the same. */
@Command(
    name = "hash",
    mixinStandardHelpOptions = true,
    description = {
      "Prints how many rows a table has and a SHA-256 of their content.",
      "The hash does not depend on files, partitions or the order of rows."
    })
public final class HashCommand implements Callable<Integer> {
  @Parameters(paramLabel = "TABLE", description = "Such as gold.recommendations.")
  private String table;

  @Mixin private SettingsOptions options;

  @Option(
      names = "--run-date",
      paramLabel = "YYYY-MM-DD",
      description = "Only the rows of this night; all rows when not given.")
  private LocalDate runDate;

  @Spec private CommandSpec command;

  @Override
  public Integer call() {
    var declared =
        Tables.named(table)
            .orElseThrow(() -> new ParameterException(command.commandLine(), unknown(table)));
    var settings = options.settings();
    try (var spark = Sessions.open("nightfeed hash")) {
      var lake = new Lake(spark, settings.lakeFolder());
      command.commandLine().getOut().println(line(lake, declared, Optional.ofNullable(runDate)));
      command.commandLine().getOut().flush();
    }
    return ExitCode.OK.status();
  }

  /** {@code <table> rows=<n> sha256=<hash>}, of one night or of all. */
  static String line(Lake lake, TableSpec table, Optional<LocalDate> runDate) {
    var rows = runDate.map(night -> lake.slice(table, night)).orElseGet(() -> lake.all(table));
    return table.name() + " " + ContentHash.of(rows);
  }

  private static String unknown(String name) {
    return "There is no table '%s'. Tables are: %s."
        .formatted(
            name, Tables.ALL.stream().map(TableSpec::name).collect(Collectors.joining(", ")));
  }
}
