package io.nightfeed.tables;

import java.util.List;

/**
 * What must hold of a slice before anybody sees it, declared with the table. Conditions and values
 * are SQL over the table's columns, the run date included. NOT NULL and CHECK constraints stand
 * beside these rules: they guard the table from every writer, and see one row at a time.
 */
public sealed interface QualityRule {
  /** Names the rule where it failed; unique in its table. */
  String name();

  /** Every row satisfies the condition; where it is null the row does not. */
  record EachRow(String name, String condition) implements QualityRule {}

  /** No two rows of the slice share these columns. */
  record Unique(String name, List<String> columns) implements QualityRule {}

  /**
   * The slice as a whole satisfies a condition of aggregates.
   *
   * @param leastRows of fewer rows it is not asked: they may fail it by chance
   */
  record WholeSlice(String name, String condition, long leastRows) implements QualityRule {}

  /** The slice has about as many rows as those of the nights before; see {@code publish.volume}. */
  record Volume(String name) implements QualityRule {}

  /** The newest date is near the run date; see {@code publish.max-age-days}. */
  record Freshness(String name, String date) implements QualityRule {}

  /**
   * All rows of one user satisfy a condition of aggregates. Large slices are asked by a sample of
   * users, so it finds what goes wrong for many.
   */
  record EachUser(String name, String condition) implements QualityRule {}

  /**
   * What rows of the slice say stands in another table, or must not stand there. Large slices are
   * asked by a sample of users. What must stand there is not asked while the other table has no
   * rows to look in.
   *
   * @param values of this slice; {@code explode(…)} asks for each element of an array
   * @param other the table to look in
   * @param where which of its rows count
   * @param columns of the other table, in the order of the values
   * @param isForbidden true: no row may stand there; false: each must
   */
  record Reference(
      String name,
      List<String> values,
      TableSpec other,
      Nights nights,
      String where,
      List<String> columns,
      boolean isForbidden)
      implements QualityRule {}

  /**
   * The slice has so many rows as another table's slice of the night says. Not asked while that one
   * has no rows.
   *
   * @param count an aggregate of the other table's slice
   */
  record RowsOf(String name, TableSpec other, String count) implements QualityRule {}

  /** Which nights of another table a {@link Reference} looks in. */
  enum Nights {
    /** The run date's slice. */
    THIS,
    /** Slices up to the run date's. */
    SO_FAR
  }

  static Reference found(
      String name, List<String> values, TableSpec other, Nights nights, List<String> columns) {
    return new Reference(name, values, other, nights, "true", columns, false);
  }

  static Reference absent(
      String name, List<String> values, TableSpec other, Nights nights, List<String> columns) {
    return new Reference(name, values, other, nights, "true", columns, true);
  }
}
