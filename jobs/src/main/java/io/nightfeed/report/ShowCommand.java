package io.nightfeed.report;

import io.nightfeed.config.Settings;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.RunOptions;
import io.nightfeed.run.Sessions;
import io.nightfeed.tables.Gold;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows a few users' recommendations in the terminal, and where everything lies. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = {
      "Shows recommendations with their reasons, and where report and tables lie.",
      "Without --user, users with the longest histories are shown, in turn for each language."
    })
public final class ShowCommand implements Callable<Integer> {
  private static final int NARROWEST = 60;
  private static final int USUAL_WIDTH = 120;

  @Mixin private RunOptions options;

  @ArgGroup(exclusive = true)
  private Who who = new Who();

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "5",
      description = "Recommendations per user; ${DEFAULT-VALUE} when not given.")
  private int top;

  @Spec private CommandSpec command;

  /** Whose lists are shown. */
  static final class Who {
    @Option(
        names = "--users",
        paramLabel = "N",
        description = "How many users to show; 3 when not given.")
    private int users = 3;

    @Option(
        names = "--user",
        paramLabel = "PSEUDONYM",
        description = "The one user to show, by pseudonym as in gold.recommendations.")
    private String user;
  }

  @Override
  public Integer call() {
    var ansi = command.commandLine().getColorScheme().ansi();
    var lists =
        new TerminalLists(
            width(System.getenv("COLUMNS")),
            ansi.enabled() ? TerminalLists.Colour.ON : TerminalLists.Colour.OFF);
    var settings = options.settings();
    try (var spark = Sessions.open("nightfeed show")) {
      show(spark, settings, options.runDate(), lists, command.commandLine().getOut());
    }
    return ExitCode.OK.status();
  }

  private void show(
      SparkSession spark,
      Settings settings,
      LocalDate runDate,
      TerminalLists layout,
      PrintWriter out) {
    var lake = new Lake(spark, settings.lakeFolder());
    var reader = new UserLists(new Night(lake, runDate, settings));
    var lists = who.user == null ? reader.spread(who.users, top) : reader.of(who.user, top);
    if (lists.isEmpty()) {
      throw nothingFound(lake, runDate);
    }
    print(lake, runDate, lists, layout, out);
  }

  /** Lists, then the report and the tables. */
  static void print(
      Lake lake, LocalDate runDate, List<UserList> lists, TerminalLists layout, PrintWriter out) {
    out.printf("Recommendations of the night of %s%n%n", runDate);
    out.println(layout.of(lists));
    var report = ReportJob.page(lake, runDate);
    out.println(
        "Report: " + (Files.exists(report) ? report : "none; run 'nightfeed report' to write it"));
    out.println("Tables:");
    ReportJob.tables(lake).forEach((name, folder) -> out.printf("  %-28s %s%n", name, folder));
    out.println("Content, the same whenever the same night is run again:");
    out.println("  " + HashCommand.line(lake, Gold.RECOMMENDATIONS, Optional.empty()));
    out.flush();
  }

  private JobFailure nothingFound(Lake lake, LocalDate runDate) {
    var table = Gold.RECOMMENDATIONS;
    return new JobFailure(
        ExitCode.FAILED,
        who.user == null
            ? "%s in %s has no rows of run date %s. Run 'nightfeed recommend --run-date %s' first."
                .formatted(table.name(), lake.location(table), runDate, runDate)
            : "%s in %s has no rows of user '%s' on run date %s. Give a user_id of that table, or leave out --user to see some."
                .formatted(table.name(), lake.location(table), who.user, runDate));
  }

  /** The terminal's width as shells export it, or one that fits most windows. */
  static int width(String columns) {
    return columns != null && columns.matches("[0-9]{1,4}")
        ? Math.max(NARROWEST, Integer.parseInt(columns))
        : USUAL_WIDTH;
  }
}
