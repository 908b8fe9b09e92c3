package io.nightfeed.privacy;

import static io.nightfeed.tables.Columns.AUTHOR_ID;
import static io.nightfeed.tables.Columns.POST_ID;
import static org.apache.spark.sql.functions.col;

import io.nightfeed.interest.ModelFolder;
import io.nightfeed.lake.BarredIds;
import io.nightfeed.lake.Erasure;
import io.nightfeed.lake.Lake;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.Tables;
import io.nightfeed.udfs.Pseudonym;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.UserDefinedFunction;

/**
 * Erases people from a lake and its landing files. What tells who else is theirs goes last, so that
 * an interrupted run can be started again: posts after all that names posts, landing files after
 * everything.
 */
final class PersonErasure {
  private final SparkSession spark;
  private final Lake lake;
  private final Path raw;
  private final Pseudonym pseudonym;
  private final PrintWriter out;
  private final Erasure erasure;

  /**
   * @param raw the folder of landing files; null leaves them alone
   */
  PersonErasure(SparkSession spark, Lake lake, Path raw, Pseudonym pseudonym, PrintWriter out) {
    this.spark = spark;
    this.lake = lake;
    this.raw = raw;
    this.pseudonym = pseudonym;
    this.out = out;
    this.erasure = new Erasure(spark, lake);
  }

  /** What points to them, in the lake and in landing files. */
  Traces traces(Set<String> ids) {
    var users = ids.stream().map(pseudonym::call).collect(Collectors.toSet());
    var posts = new TreeSet<>(new RawErasure(ids, Set.of()).postsIn(spark, landingFiles()));
    posts.addAll(
        lake.all(Silver.POSTS)
            .where(TableErasure.isOneOf(users).apply(col(AUTHOR_ID)))
            .select(POST_ID)
            .distinct()
            .as(Encoders.STRING())
            .collectAsList());
    var traces = new Traces(ids, users, posts, Set.of());
    return traces.withTexts(new TableErasure(lake, traces).orphanedTexts());
  }

  /** Says what would go, and changes nothing. */
  void plan(Traces traces) {
    var plans = plans(traces);
    plans.forEach(this::print);
    out.printf("  models to rewrite: %s%n", orNone(models(traces)));
    out.printf("  reports to remove: %s%n", orNone(reports(plans)));
    if (raw != null) {
      var lines = new RawErasure(traces.ids(), traces.posts()).count(spark, landingFiles());
      out.printf("  %-28s %,12d lines removed or changed%n", "landing files", lines);
    }
    out.flush();
  }

  /**
   * Erases, and looks whether anything is left.
   *
   * @param runDate the night from which on they are kept out
   * @return files that still hold something, or cannot be read
   */
  List<Path> run(Traces traces, LocalDate runDate) {
    BarredIds.bar(spark, lake, pseudonym, runDate, traces.ids(), traces.posts());
    var plans = plans(traces);
    // Before the tables: a report tells of rows that are still there when this is interrupted.
    for (var report : reports(plans)) {
      reports().remove(report);
      out.printf(
          "  report of %s removed: `nightfeed report --run-date %s` makes it anew%n",
          report, report);
    }
    rewriteModels(traces);
    var tables = new TableErasure(lake, traces);
    for (var plan : plans) {
      if (plan.isAny()) {
        erasure.replaceSlices(
            plan.table(), plan.nights(), tables.kept(plan.table(), plan.nights()));
        erasure.dropHistory(plan.table());
      }
      print(plan);
    }
    var isRawClean = rewriteLandingFiles(traces);
    var roots = isRawClean ? List.of(lake.root(), raw) : List.of(lake.root());
    var markers = traces.markers();
    var left = FileScan.holding(spark, roots, markers);
    if (!left.isEmpty() && removeRemains(left)) {
      left = FileScan.holding(spark, roots, markers);
    }
    return left;
  }

  private List<Path> landingFiles() {
    return raw == null ? List.of() : RawErasure.files(raw, lake.root());
  }

  /** Tables in the order in which they are rewritten: what others are found by goes last. */
  private List<TableErasure.Plan> plans(Traces traces) {
    var tables = new TableErasure(lake, traces);
    var last = List.of(Silver.EVENTS, Silver.POSTS);
    return Stream.concat(Tables.ALL.stream().filter(table -> !last.contains(table)), last.stream())
        .filter(table -> table.personal().isAny() && erasure.exists(table))
        .map(tables::plan)
        .toList();
  }

  private void print(TableErasure.Plan plan) {
    out.printf(
        "  %-28s %,12d rows removed, %,d changed%n", plan.table(), plan.removed(), plan.changed());
  }

  /** Nights whose pages may show them: from the first on that any row of theirs is of. */
  private List<LocalDate> reports(List<TableErasure.Plan> plans) {
    var first = plans.stream().flatMap(plan -> plan.nights().stream()).min(LocalDate::compareTo);
    return first.stream()
        .flatMap(night -> reports().nights().stream().filter(other -> !other.isBefore(night)))
        .toList();
  }

  private NightFolders reports() {
    return new NightFolders(lake.root().resolve("reports"));
  }

  private List<String> models(Traces traces) {
    var found = new ArrayList<String>();
    for (var night : ModelFolder.nights(lake.root())) {
      var folder = new ModelFolder(lake.root(), night);
      folder.versions().stream().filter(one -> isIn(folder, one, traces)).forEach(found::add);
    }
    return found;
  }

  private static boolean isIn(ModelFolder folder, String version, Traces traces) {
    return FileScan.holding(SparkSession.active(), List.of(folder.path(version)), traces.markers())
        .stream()
        .findAny()
        .isPresent();
  }

  /**
   * What serves must load tomorrow: the rewritten model takes the place of the one it is made of.
   * That one goes last. Until then an interrupted run is done again as a whole.
   */
  private void rewriteModels(Traces traces) {
    UserDefinedFunction isUser = TableErasure.isOneOf(traces.users());
    UserDefinedFunction isPost = TableErasure.isOneOf(traces.posts());
    var versions = new TreeMap<String, String>();
    for (var night : ModelFolder.nights(lake.root())) {
      var folder = new ModelFolder(lake.root(), night);
      folder.removeStaged();
      for (var version : folder.versions()) {
        if (isIn(folder, version, traces)) {
          var model = folder.load(version).without(isUser::apply, isPost::apply);
          versions.put(version, folder.publish(model));
          out.printf(
              "  model %s is now %s, without their rows; what all users taught it stays until train runs for %s again%n",
              version, versions.get(version), night);
        }
      }
    }
    new ReplacedModels(lake, erasure).replace(versions);
  }

  /** Whether there is nothing of theirs in landing files any more. */
  private boolean rewriteLandingFiles(Traces traces) {
    if (raw == null) {
      out.println("  landing files are left alone: ingest passes over them from now on");
      return false;
    }
    var files = landingFiles();
    var locked = files.stream().filter(file -> !Files.isWritable(file.getParent())).toList();
    if (!locked.isEmpty()) {
      out.printf(
          "  landing files are left alone, since %s cannot be written to: ingest passes over their lines from now on%n",
          locked.get(0).getParent());
      return false;
    }
    var lines = new RawErasure(traces.ids(), traces.posts()).rewrite(spark, files);
    out.printf("  %-28s %,12d lines removed or changed%n", "landing files", lines);
    return !files.isEmpty();
  }

  /**
   * Removes what no table and no reader needs: files of older versions, of tables that have no row
   * of theirs now, run records and pages.
   *
   * @return whether anything was removed
   */
  private boolean removeRemains(List<Path> left) {
    var hasRemoved = false;
    for (var table : Tables.ALL) {
      var folder = lake.location(table);
      if (left.stream().anyMatch(file -> file.startsWith(folder)) && erasure.exists(table)) {
        erasure.dropHistory(table);
        out.printf("  %-28s older versions removed%n", table);
        hasRemoved = true;
      }
    }
    for (var folder : List.of("reports", "runs")) {
      for (var file : left) {
        if (file.startsWith(lake.root().resolve(folder))) {
          delete(file);
          out.printf("  removed: %s%n", lake.root().relativize(file));
          hasRemoved = true;
        }
      }
    }
    return hasRemoved;
  }

  private static void delete(Path path) {
    try {
      FileUtils.forceDelete(path.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot remove " + path, e);
    }
  }

  private static String orNone(List<?> things) {
    return things.isEmpty()
        ? "none"
        : things.stream().map(Object::toString).collect(Collectors.joining(", "));
  }
}
