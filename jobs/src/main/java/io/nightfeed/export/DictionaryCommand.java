package io.nightfeed.export;

import io.nightfeed.run.ExitCode;
import io.nightfeed.tables.QualityRule;
import io.nightfeed.tables.QualityRule.EachRow;
import io.nightfeed.tables.QualityRule.EachUser;
import io.nightfeed.tables.QualityRule.Reference;
import io.nightfeed.tables.QualityRule.RowsOf;
import io.nightfeed.tables.QualityRule.Unique;
import io.nightfeed.tables.QualityRule.WholeSlice;
import io.nightfeed.tables.TableSpec;
import io.nightfeed.tables.Tables;
import io.nightfeed.tables.View;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.spark.sql.types.StructField;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What every table and column means, from their declarations. */
@Command(
    name = "dictionary",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the data dictionary as Markdown: every table and view, its rows, key, columns, constraints",
      "and the rules that a slice is held against before it is published."
    },
    footer = {"", "Example: nightfeed dictionary > notebooks/TABLES.md"})
public final class DictionaryCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    out.print(markdown());
    out.flush();
    return ExitCode.OK.status();
  }

  static String markdown() {
    var text =
        new StringBuilder(
            """
            # Tables

            Printed by `nightfeed dictionary` from the declarations in `io.nightfeed.tables`. Every table is partitioned by
            `run_date`; a run replaces the slice of its own date. Types are Spark's; a column without "null" always has a value.
            """);
    Tables.ALL.forEach(table -> describe(table, text));
    text.append("\n## Views\n\nMade by the SQL that `nightfeed views` prints.\n\n");
    View.ALL.forEach(
        view ->
            text.append(
                "- `%s`, of `%s`: %s%n".formatted(view.name(), view.source(), view.comment())));
    return text.toString();
  }

  private static void describe(TableSpec table, StringBuilder text) {
    text.append("%n## %s%n%n%s%n%n".formatted(table.name(), table.comment()));
    text.append("Key: `%s`.".formatted(String.join("`, `", table.key())));
    if (table.keepsOneSlice()) {
      text.append(" Holds the newest slice alone.");
    }
    if (table.hasChangeFeed()) {
      text.append(" Has Delta's change feed.");
    }
    text.append("\n\n| Column | Type | | Meaning |\n|---|---|---|---|\n");
    for (var field : table.schema().fields()) {
      text.append(column(field));
    }
    if (!table.constraints().isEmpty()) {
      text.append("\nConstraints:\n\n");
      new TreeMap<>(table.constraints())
          .forEach((name, sql) -> text.append("- %s: `%s`%n".formatted(name, sql)));
    }
    text.append("\nRules:\n\n");
    table.rules().forEach(rule -> text.append("- %s: %s%n".formatted(rule.name(), expected(rule))));
  }

  private static String column(StructField field) {
    var meaning = field.getComment().getOrElse(() -> "").replace("|", "\\|");
    return "| `%s` | %s | %s | %s |%n"
        .formatted(
            field.name(), field.dataType().simpleString(), field.nullable() ? "null" : "", meaning);
  }

  private static String expected(QualityRule rule) {
    if (rule instanceof EachRow each) {
      return "every row has `%s`".formatted(each.condition());
    } else if (rule instanceof EachUser each) {
      return "every user's rows have `%s`".formatted(each.condition());
    } else if (rule instanceof WholeSlice whole) {
      return "the slice has `%s`".formatted(whole.condition());
    } else if (rule instanceof Unique unique) {
      return "no two rows share `%s`".formatted(String.join("`, `", unique.columns()));
    } else if (rule instanceof Reference reference) {
      return "`%s` %s in `%s`"
          .formatted(
              String.join("`, `", reference.values()),
              reference.isForbidden() ? "is not" : "is",
              reference.other());
    } else if (rule instanceof RowsOf rows) {
      return "as many rows as `%s` of `%s`".formatted(rows.count(), rows.other());
    } else if (rule instanceof QualityRule.Volume) {
      return "about as many rows as the nights before (`publish.volume`)";
    }
    return "the newest date is near the run date (`publish.max-age-days`)";
  }
}
