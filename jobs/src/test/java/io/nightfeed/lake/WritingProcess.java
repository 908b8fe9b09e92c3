package io.nightfeed.lake;

import io.nightfeed.SparkTest;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.functions;

/**
 * A process that writes beside another one, and tells every commit that it was told is made.
 * Arguments: entries or rows, folder, its own number, how many commits.
 */
final class WritingProcess {
  private WritingProcess() {}

  public static void main(String[] arguments) throws IOException {
    var folder = Path.of(arguments[1]);
    var writer = Integer.parseInt(arguments[2]);
    var commits = Integer.parseInt(arguments[3]);
    if (arguments[0].equals("entries")) {
      writeEntries(folder, writer, commits);
    } else {
      appendRows(folder, writer, commits);
    }
  }

  /** Commits as Delta does: where a version is taken, the next one is tried. */
  private static void writeEntries(Path log, int writer, int commits) throws IOException {
    var configuration = new Configuration();
    var store = new LinkLogStore(configuration);
    var version = 0;
    for (var commit = 0; commit < commits; version++) {
      var line = writer + " " + commit;
      var entry =
          new org.apache.hadoop.fs.Path(log.resolve("%020d.json".formatted(version)).toUri());
      try {
        store.write(entry, List.of(line).iterator(), false, configuration);
      } catch (FileAlreadyExistsException taken) {
        continue;
      }
      System.out.println(version + " " + line);
      commit++;
    }
  }

  private static void appendRows(Path folder, int writer, int commits) {
    var spark = SparkTest.spark();
    var lake = new Lake(spark, folder);
    for (var commit = 0; commit < commits; commit++) {
      var id = id(writer, commit);
      var row =
          spark.range(id, id + 1, 1, 1).toDF("id").withColumn("attempt", functions.lit(writer));
      lake.append(CrashTable.SPEC, CrashTable.night(writer), row);
      System.out.println(id);
    }
    spark.stop();
  }

  static long id(int writer, int commit) {
    return writer * 1_000_000L + commit;
  }
}
