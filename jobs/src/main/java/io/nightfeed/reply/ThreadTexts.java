package io.nightfeed.reply;

import static io.nightfeed.tables.Columns.TEXT;
import static io.nightfeed.tables.Columns.TEXT_HASH;

import io.nightfeed.safety.BlockedTexts;
import io.nightfeed.safety.TextCheck;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/** What was said before some comments, as far as a language model may read it. */
final class ThreadTexts {
  private final Map<String, String> texts = new HashMap<>();
  private final ReadingsOfNight readings;
  private final TextCheck check;
  private final String runId;
  private final List<Row> blocked = new ArrayList<>();

  /**
   * @param turns of {@link Threads#turns}
   * @param readings of all texts of the comments' contexts
   * @param runId the run that reads them
   */
  ThreadTexts(
      Dataset<Row> turns,
      Collection<Asked> comments,
      ReadingsOfNight readings,
      TextCheck check,
      String runId) {
    this.readings = readings;
    this.check = check;
    this.runId = runId;
    var hashes = new TreeSet<String>();
    comments.forEach(comment -> hashes.addAll(before(comment)));
    if (!hashes.isEmpty()) {
      var wanted =
          turns
              .sparkSession()
              .createDataset(List.copyOf(hashes), Encoders.STRING())
              .toDF(TEXT_HASH);
      turns
          .join(wanted, new String[] {TEXT_HASH}, "left_semi")
          .select(TEXT_HASH, TEXT)
          .distinct()
          .collectAsList()
          .forEach(row -> texts.put(row.getString(0), row.getString(1)));
    }
  }

  private static List<String> before(Asked comment) {
    return comment.context().subList(0, comment.context().size() - 1);
  }

  /** The texts before a comment that may be read, oldest first. */
  List<String> readable(Asked comment) {
    var readable = new ArrayList<String>();
    for (var hash : before(comment)) {
      var text = texts.get(hash);
      var against = check.ofInput(text, readings.toxicity(hash));
      if (against.isEmpty()) {
        readable.add(text);
      }
      for (var reason : against) {
        blocked.add(
            BlockedTexts.row(
                ReplyJob.NAME, hash, BlockedTexts.INPUT, reason, List.of(comment.postId()), runId));
      }
    }
    return readable;
  }

  /** Rows of silver.blocked_texts, of what was not readable so far. */
  List<Row> blocked() {
    return blocked;
  }
}
