package io.nightfeed.lake;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.DeltaOptions;
import org.apache.spark.sql.delta.OptimisticTransaction;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.commands.WriteIntoDelta;
import scala.Option;
import scala.collection.Seq;
import scala.collection.immutable.Map;
import scala.collection.immutable.Map$;

/** What each line of Delta asks for in another way. This is the one for Spark 3.5, with Delta 3.3. */
final class DeltaLine {
  private DeltaLine() {}

  /** The files of a write, and what committing them says beside. */
  record Written(Seq<Action> actions, Map<String, String> tags) {}

  static OptimisticTransaction transaction(DeltaLog log) {
    return log.startTransaction(Option.empty(), Option.empty());
  }

  /** The newest version that is in the log. */
  static Snapshot newest(DeltaLog log) {
    return log.update(false, Option.empty(), Option.empty());
  }

  static void checkpoint(DeltaLog log, Snapshot version) {
    log.checkpoint(version, Option.empty());
  }

  /** The files of Delta's own write ({@code WriteIntoDelta}); nothing is committed. */
  static Written write(
      SparkSession spark,
      DeltaLog log,
      OptimisticTransaction transaction,
      SaveMode mode,
      DeltaOptions options,
      Seq<String> partitions,
      Dataset<Row> rows) {
    var written =
        new WriteIntoDelta(
                log,
                mode,
                options,
                partitions,
                Map$.MODULE$.empty(),
                rows,
                Option.empty(),
                Option.empty())
            .writeAndReturnCommitData(transaction, spark, Option.empty(), false);
    return new Written(written.actions(), written.stringTags());
  }
}
