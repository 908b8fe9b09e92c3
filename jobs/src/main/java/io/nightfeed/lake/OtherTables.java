package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.USER_ID;
import static java.util.stream.Collectors.joining;

import io.nightfeed.tables.QualityRule.Nights;
import io.nightfeed.tables.QualityRule.Reference;
import io.nightfeed.tables.TableSpec;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** What the rules of one slice look for in other tables. */
final class OtherTables {
  private final Lake lake;
  private final LocalDate runDate;
  private final List<Reference> rules;

  /** By table, nights and users: the same for every question, which may share. */
  private final Map<List<Object>, Dataset<Row>> looked = new HashMap<>();

  OtherTables(Lake lake, LocalDate runDate, List<Reference> rules) {
    this.lake = lake;
    this.runDate = runDate;
    this.rules = rules;
  }

  /** The rows that a rule looks in. */
  Dataset<Row> rows(Reference rule) {
    return looked
        .computeIfAbsent(List.of(rule.other().name(), rule.nights()), unknown -> all(rule))
        .where(rule.where());
  }

  /**
   * Those of the users who are asked.
   *
   * @param isAsked of the other table's user
   * @param keep holds rows that several rules look in
   */
  Dataset<Row> ofAsked(Reference rule, Column isAsked, UnaryOperator<Dataset<Row>> keep) {
    return looked
        .computeIfAbsent(
            List.of(rule.other().name(), rule.nights(), user(rule)),
            unknown -> {
              var alike = rules.stream().filter(one -> looksAlike(one, rule)).toList();
              var sql =
                  alike.stream().map(one -> one.where() + " " + one.columns()).collect(joining());
              var rows = all(rule).where(isAsked).select(named(rule.other(), sql));
              return alike.size() > 1 ? keep.apply(rows) : rows;
            })
        .where(rule.where());
  }

  private Dataset<Row> all(Reference rule) {
    return rule.nights() == Nights.THIS
        ? lake.slice(rule.other(), runDate)
        : lake.upTo(rule.other(), runDate);
  }

  private static boolean looksAlike(Reference one, Reference other) {
    return one.values().contains(USER_ID)
        && one.other().equals(other.other())
        && one.nights() == other.nights()
        && user(one).equals(user(other));
  }

  /** The column of the other table that is compared with the slice's user. */
  static String user(Reference rule) {
    return rule.columns().get(rule.values().indexOf(USER_ID));
  }

  /** The columns of a table that SQL names. */
  static Column[] named(TableSpec table, String sql) {
    return Stream.of(table.schema().fieldNames())
        .filter(name -> sql.matches("(?s).*\\b" + name + "\\b.*"))
        .map(functions::col)
        .toArray(Column[]::new);
  }
}
