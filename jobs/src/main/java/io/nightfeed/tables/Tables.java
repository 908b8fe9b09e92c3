package io.nightfeed.tables;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** All tables of a lake. */
public final class Tables {
  public static final List<TableSpec> ALL =
      Stream.of(Gold.ALL, Silver.ALL, Ops.ALL).flatMap(List::stream).toList();

  private Tables() {}

  /** The table of a name, such as {@code gold.recommendations}. */
  public static Optional<TableSpec> named(String name) {
    return ALL.stream().filter(table -> table.name().equals(name)).findFirst();
  }
}
