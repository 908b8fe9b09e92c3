package io.nightfeed.privacy;

import static io.nightfeed.tables.Columns.MODEL_VERSION;
import static io.nightfeed.tables.Columns.RUN_DATE;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.nightfeed.interest.ModelFolder;
import io.nightfeed.lake.Erasure;
import io.nightfeed.lake.Lake;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.TableSpec;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Puts rewritten models in the place of those that they are made of: first in the tables that say
 * what serves, then in the folders. Interrupted, it can be done again as a whole.
 */
final class ReplacedModels {
  private final Lake lake;
  private final Erasure erasure;

  ReplacedModels(Lake lake, Erasure erasure) {
    this.lake = lake;
    this.erasure = erasure;
  }

  /**
   * @param versions the new version by the old one
   */
  void replace(Map<String, String> versions) {
    for (var table : List.of(Gold.SERVING_MODELS, Gold.MODEL_EVALUATIONS)) {
      rename(table, versions);
    }
    for (var night : ModelFolder.nights(lake.root())) {
      var folder = new ModelFolder(lake.root(), night);
      folder.keepOnly(
          folder.versions().stream()
              .filter(version -> version.equals(versions.getOrDefault(version, version)))
              .toList());
    }
  }

  private void rename(TableSpec table, Map<String, String> versions) {
    var rows = lake.all(table).where(col(MODEL_VERSION).isin(versions.keySet().toArray()));
    var nights = new TreeSet<LocalDate>();
    rows.select(RUN_DATE)
        .distinct()
        .collectAsList()
        .forEach(row -> nights.add(row.getDate(0).toLocalDate()));
    if (nights.isEmpty()) {
      return;
    }
    var renamed = col(MODEL_VERSION);
    for (var version : versions.entrySet()) {
      renamed =
          when(col(MODEL_VERSION).equalTo(version.getKey()), lit(version.getValue()))
              .otherwise(renamed);
    }
    var dates = nights.stream().map(java.sql.Date::valueOf).toArray();
    erasure.replaceSlices(
        table,
        nights,
        lake.all(table).where(col(RUN_DATE).isin(dates)).withColumn(MODEL_VERSION, renamed));
  }
}
