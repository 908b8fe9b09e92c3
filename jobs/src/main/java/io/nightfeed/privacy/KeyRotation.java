package io.nightfeed.privacy;

import static io.nightfeed.tables.Columns.DIGEST;
import static io.nightfeed.tables.Columns.NOTES;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.transform_values;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.nightfeed.interest.ModelFolder;
import io.nightfeed.lake.Erasure;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.KeyCheck;
import io.nightfeed.tables.Ops;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import io.nightfeed.tables.Tables;
import io.nightfeed.udfs.Pseudonym;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;

/**
 * Makes the pseudonyms of a lake anew: each becomes what the new key makes of it, in tables and
 * their older versions, models and run records. Nobody's identifier is needed, and nobody is lost.
 * Every step is done once, however often a run is stopped and begun again: a table says by Delta's
 * transaction identifiers that it was rewritten, and the models that there were stand in {@link
 * KeyCheck}'s file.
 */
final class KeyRotation {
  private static final String MODEL = "model ";
  private static final String USER = "user ";

  /** So many of each table's users are looked for afterwards. */
  private static final int LOOKED_FOR = 1_000;

  /** As audits name users whose rows break a rule. */
  private static final Pattern NAMED = Pattern.compile("(?<=_id=)[0-9a-f]{64}(?![0-9a-f])");

  private static final String RENAMED = "[renamed]";

  private final SparkSession spark;
  private final Lake lake;
  private final Pseudonym before;
  private final Pseudonym next;
  private final PrintWriter out;
  private final Erasure erasure;
  private final UserDefinedFunction renamed;

  /**
   * @param before all keys in use
   * @param next the one that comes after them
   */
  KeyRotation(SparkSession spark, Lake lake, Pseudonym before, Pseudonym next, PrintWriter out) {
    this.spark = spark;
    this.lake = lake;
    this.before = before;
    this.next = next;
    this.out = out;
    erasure = new Erasure(spark, lake);
    renamed = udf(next, DataTypes.StringType);
  }

  /**
   * Rewrites everything. Until {@link KeyCheck#end} is told, no job runs.
   *
   * @return files that hold an old pseudonym still, or cannot be read
   */
  List<Path> run() {
    var check = new KeyCheck(lake.root());
    var found = check.begin(before, before.then(next), this::found);
    rewriteModels(found.stream().filter(line -> line.startsWith(MODEL)).map(KeyRotation::name));
    for (var table : Tables.ALL) {
      var changed = changed(table);
      if (erasure.exists(table) && !changed.isEmpty()) {
        var rows = lake.all(table);
        for (var column : changed.entrySet()) {
          rows = rows.withColumn(column.getKey(), column.getValue());
        }
        erasure.replaceAll(table, rows, change());
        erasure.dropHistory(table);
        out.printf("  %-28s rewritten%n", table);
      }
    }
    forgetTrials();
    removeReports();
    rewriteRunRecords();
    var users =
        found.stream().filter(line -> line.startsWith(USER)).map(KeyRotation::name).toList();
    return FileScan.holding(spark, List.of(lake.root()), new Markers(users)).stream()
        .filter(file -> !file.equals(check.file()))
        .toList();
  }

  private static String name(String line) {
    return line.substring(line.indexOf(' ') + 1);
  }

  /** Delta's transaction identifier: not the same for the next rotation. */
  private String change() {
    return "rotate-key/" + KeyCheck.of(before.then(next)).substring(0, 16);
  }

  /** Models and some users, as they are. */
  private List<String> found() {
    var lines = new ArrayList<String>();
    for (var night : ModelFolder.nights(lake.root())) {
      var folder = new ModelFolder(lake.root(), night);
      folder.removeStaged();
      folder.versions().forEach(version -> lines.add(MODEL + version));
    }
    var users = new TreeSet<String>();
    for (var table : Tables.ALL) {
      for (var column : table.personal().users()) {
        // Rows about no user in particular have none.
        var each = table.isArray(column) ? explode(col(column)) : col(column);
        var named = lake.all(table).select(each.as(column)).where(col(column).isNotNull());
        var some = named.distinct().orderBy(xxhash64(col(column)));
        users.addAll(some.limit(LOOKED_FOR).as(Encoders.STRING()).collectAsList());
      }
    }
    users.forEach(user -> lines.add(USER + user));
    return lines;
  }

  private Map<String, Column> changed(TableSpec table) {
    var changed = new LinkedHashMap<String, Column>();
    for (var column : table.personal().users()) {
      changed.put(
          column,
          table.isArray(column)
              // Elements are never null, and the table's type says so.
              ? transform(col(column), (Column user) -> coalesce(renamed.apply(user), lit("")))
              : when(col(column).isNotNull(), renamed.apply(col(column))));
    }
    if (table == Silver.ERASED_IDS) {
      changed.put(DIGEST, renamed.apply(col(DIGEST)));
    }
    if (table == Ops.JOB_RUNS) {
      changed.put(
          NOTES,
          transform_values(
              col(NOTES), (key, note) -> regexp_replace(note, NAMED.pattern(), RENAMED)));
    }
    return changed;
  }

  private void rewriteModels(Stream<String> versions) {
    var rewritten = new TreeMap<String, String>();
    for (var version : versions.toList()) {
      var folder = new ModelFolder(lake.root(), LocalDate.parse(version.substring(0, 10)));
      folder.removeStaged();
      // One that is gone was replaced before this was stopped.
      if (folder.versions().contains(version)) {
        rewritten.put(version, folder.publish(folder.load(version).withUsers(renamed::apply)));
        out.printf("  model %s is now %s%n", version, rewritten.get(version));
      }
    }
    new ReplacedModels(lake, erasure).replace(rewritten);
  }

  /** Their figures stand in the order of user ids, which is another one now. */
  private void forgetTrials() {
    if (erasure.exists(Ops.TUNING_TRIALS)) {
      erasure.replaceAll(Ops.TUNING_TRIALS, lake.all(Ops.TUNING_TRIALS).limit(0), change());
      out.println("  tuning trials removed: they cannot be compared with new ones user by user");
    }
  }

  private void removeReports() {
    var reports = new NightFolders(lake.root().resolve("reports"));
    for (var night : reports.nights()) {
      reports.remove(night);
      out.printf(
          "  report of %s removed: `nightfeed report --run-date %s` makes it anew%n", night, night);
    }
  }

  private void rewriteRunRecords() {
    var folder = lake.root().resolve("runs");
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (var tree = Files.walk(folder)) {
      for (var file : tree.filter(one -> one.toString().endsWith(".json")).sorted().toList()) {
        var text = Files.readString(file);
        var unnamed = NAMED.matcher(text).replaceAll(RENAMED);
        if (!unnamed.equals(text)) {
          Files.writeString(file, unnamed);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot rewrite " + folder, e);
    }
  }
}
