package io.nightfeed.report;

import io.nightfeed.lake.ContentHash;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Sessions;
import io.nightfeed.run.SettingsOptions;
import io.nightfeed.tables.TableSpec;
import io.nightfeed.tables.Tables;
import java.time.LocalDate;
import java.util.List;
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

/** Prints a hash of the rows of tables, to see whether two runs published the same. */
@Command(
    name = "hash",
    mixinStandardHelpOptions = true,
    description = {
      "Prints how many rows each table has and a SHA-256 of their content.",
      "The hash does not depend on files, partitions or the order of rows."
    },
    footer = {
      "",
      "Example: nightfeed hash silver.user_states gold.recommendations --config conf/demo.conf"
    })
public final class HashCommand implements Callable<Integer> {
  @Parameters(paramLabel = "TABLE", arity = "1..*", description = "Such as gold.recommendations.")
  private List<String> tables;

  @Mixin private SettingsOptions options;

  @Option(
      names = "--run-date",
      paramLabel = "YYYY-MM-DD",
      description = "Only the rows of this night; all rows when not given.")
  private LocalDate runDate;

  @Spec private CommandSpec command;

  @Override
  public Integer call() {
    var declared = tables.stream().map(this::declared).toList();
    var settings = options.settings();
    try (var spark = Sessions.open("nightfeed hash")) {
      var lake = new Lake(spark, settings.lakeFolder());
      var out = command.commandLine().getOut();
      for (var table : declared) {
        out.println(line(lake, table, Optional.ofNullable(runDate)));
        out.flush();
      }
    }
    return ExitCode.OK.status();
  }

  private TableSpec declared(String name) {
    return Tables.named(name)
        .orElseThrow(() -> new ParameterException(command.commandLine(), unknown(name)));
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
