package io.nightfeed;

import io.nightfeed.lake.Lake;
import io.nightfeed.tables.Actions;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** What arrives in one night on a platform made up by a test; texts are their own hashes. */
public final class TestPlatform {
  private final List<Row> events = new ArrayList<>();
  private final List<Row> posts = new ArrayList<>();
  private final List<Row> annotations = new ArrayList<>();

  /** An event without text, named by its content. */
  public TestPlatform event(String user, String post, String action, String time) {
    return event(String.join("/", user, post, action, time), user, post, action, time, null);
  }

  public TestPlatform comment(String user, String post, String text, String time) {
    var id = String.join("/", user, post, text, time);
    return event(id, user, post, Actions.COMMENT, time, text);
  }

  public TestPlatform event(
      String id, String user, String post, String action, String time, String text) {
    var instant = Instant.parse(time);
    events.add(
        RowFactory.create(
            id,
            Timestamp.from(instant),
            Date.valueOf(instant.atZone(ZoneOffset.UTC).toLocalDate()),
            user,
            post,
            action,
            null,
            null,
            null,
            text,
            text,
            null,
            null));
    return this;
  }

  public TestPlatform post(String post, String author, String time, String text) {
    var created = Timestamp.from(Instant.parse(time));
    posts.add(RowFactory.create(post, author, created, text, text, null, null, null));
    return this;
  }

  /** What the models say of a text: seven emotions and valence. */
  public TestPlatform annotation(String text, String digest, double... mood) {
    var emotions = new ArrayList<Float>();
    for (var i = 0; i < 7; i++) {
      emotions.add((float) mood[i]);
    }
    var none = List.of();
    annotations.add(
        RowFactory.create(
            text,
            digest,
            "en",
            1.0,
            "test",
            none,
            none,
            List.of(0f, 1f, 0f),
            emotions,
            (float) mood[7],
            0f,
            List.of(1f)));
    return this;
  }

  public Dataset<Row> events() {
    return rows(Silver.EVENTS, events);
  }

  public Dataset<Row> posts() {
    return rows(Silver.POSTS, posts);
  }

  public Dataset<Row> annotations() {
    return rows(Silver.TEXT_ANNOTATIONS, annotations);
  }

  /** Publishes everything as what one night received. */
  public void arrive(Lake lake, LocalDate night) {
    lake.publish(Silver.EVENTS, night, events());
    lake.publish(Silver.POSTS, night, posts());
    lake.publish(Silver.TEXT_ANNOTATIONS, night, annotations());
  }

  private static Dataset<Row> rows(TableSpec table, List<Row> rows) {
    var fields = table.schema().fields();
    // Without the run date, which publishing adds.
    var schema = new StructType(java.util.Arrays.copyOf(fields, fields.length - 1));
    return SparkTest.spark().createDataFrame(rows, schema);
  }
}
