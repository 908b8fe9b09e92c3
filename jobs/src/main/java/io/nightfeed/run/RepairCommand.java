package io.nightfeed.run;

import io.nightfeed.lake.Damage.Remedy;
import io.nightfeed.lake.Finding;
import io.nightfeed.lake.Repair;
import io.nightfeed.lake.TableCheck;
import io.nightfeed.tables.TableSpec;
import io.nightfeed.tables.Tables;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks the tables of a lake for damage, and mends what can be mended safely. */
@Command(
    name = "repair",
    mixinStandardHelpOptions = true,
    description = {
      "Looks for damage in the files of every table: torn and missing log entries, damaged checkpoints and",
      "checksums, missing and cut data files, left-over temporary files. Mends what can be mended without",
      "losing a row: damaged files go to <lake>/repaired/, temporary files of stopped processes are removed.",
      "Says of the rest what to do. Run it while no job runs."
    },
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0   all tables are healthy, or were mended",
      "  2   wrong options or settings",
      "  3   damage was found, and is still there"
    })
public final class RepairCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private SettingsOptions options;

  @Option(names = "--dry-run", description = "Only look; change nothing.")
  private boolean isDryRun;

  @Override
  public Integer call() {
    var lake = options.settings().lakeFolder();
    try (var spark = Sessions.open("nightfeed repair")) {
      var out = spec.commandLine().getOut();
      var now = Clock.systemUTC().instant();
      return (isDryRun ? check(spark, lake, now, out) : repair(spark, lake, now, out)).status();
    }
  }

  /** Prints what is wrong; the exit code. */
  static ExitCode check(SparkSession spark, Path lake, Instant now, PrintWriter out) {
    var findings = findings(spark, lake, now);
    findings.forEach(finding -> print(out, finding, finding.detail()));
    out.printf("%d tables checked, %d findings.%n", Tables.ALL.size(), findings.size());
    out.flush();
    return findings.isEmpty() ? ExitCode.OK : ExitCode.DATA_QUALITY;
  }

  /** Mends, and prints what was wrong and what became of it; the exit code. */
  static ExitCode repair(SparkSession spark, Path lake, Instant now, PrintWriter out) {
    var repair = new Repair(lake, now);
    var refused = 0;
    var findings = findings(spark, lake, now);
    for (var finding : findings) {
      repair.mend(finding);
      print(out, finding, outcome(finding, repair));
      refused += finding.damage().remedy() == Remedy.REFUSE ? 1 : 0;
    }
    out.printf(
        "%d tables checked, %d findings, %d of them not mended.%n",
        Tables.ALL.size(), findings.size(), refused);
    out.flush();
    return refused == 0 ? ExitCode.OK : ExitCode.DATA_QUALITY;
  }

  private static List<Finding> findings(SparkSession spark, Path lake, Instant now) {
    var findings = new ArrayList<Finding>();
    for (TableSpec table : Tables.ALL) {
      findings.addAll(TableCheck.of(spark, lake, table, now));
    }
    return findings;
  }

  private static String outcome(Finding finding, Repair repair) {
    return switch (finding.damage().remedy()) {
      case MOVE_ASIDE -> "Moved to " + repair.aside(finding);
      case REMOVE -> "Removed.";
      case NONE_NEEDED -> "Nothing to do.";
      case REFUSE -> "NOT MENDED. " + finding.detail();
    };
  }

  private static void print(PrintWriter out, Finding finding, String outcome) {
    out.printf(
        "%-28s %s%n    %s%n    %s%n    %s%n",
        finding.table(), finding.damage(), finding.file(), finding.damage().meaning(), outcome);
  }
}
