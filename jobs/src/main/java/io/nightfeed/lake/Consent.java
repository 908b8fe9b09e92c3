package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.REQUESTED_AT;
import static io.nightfeed.tables.Columns.SCOPE;
import static io.nightfeed.tables.Columns.USER_ID;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.nightfeed.tables.Silver;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * What users agreed to: {@link Silver#OPT_OUTS}. Unlike all else that a night reads, requests count
 * from whichever night they arrived on: a rerun of an earlier night is processing that happens now.
 */
public final class Consent {
  /** No processing. */
  public static final String ALL = "all";

  /** Counted in what is known of everybody together; no state, no signals, no list. */
  public static final String PERSONALISATION = "personalisation";

  /** Everything, again. */
  public static final String NONE = "none";

  private Consent() {}

  /** Later requests go before earlier ones; of two of one instant the one that allows less. */
  public static Column precedence() {
    var strictness = when(col(SCOPE).equalTo(ALL), 2).when(col(SCOPE).equalTo(PERSONALISATION), 1);
    return struct(col(REQUESTED_AT), strictness.otherwise(0).as(SCOPE));
  }

  /** The rows of people whose data may be processed at all. */
  public static Dataset<Row> processed(Lake lake, Dataset<Row> rows, String user) {
    return without(rows, user, optedOut(lake, List.of(ALL)));
  }

  /** The rows of people for whom something may be made that is about them. */
  public static Dataset<Row> personalised(Lake lake, Dataset<Row> rows, String user) {
    return without(rows, user, optedOut(lake, List.of(ALL, PERSONALISATION)));
  }

  /** Pseudonyms whose latest request has one of the scopes: column user_id. */
  static Dataset<Row> optedOut(Lake lake, List<String> scopes) {
    return lake.all(Silver.OPT_OUTS)
        .groupBy(USER_ID)
        .agg(max_by(col(SCOPE), precedence()).as(SCOPE))
        .where(col(SCOPE).isin(scopes.toArray()))
        .select(USER_ID);
  }

  private static Dataset<Row> without(Dataset<Row> rows, String user, Dataset<Row> optedOut) {
    var columns = Arrays.stream(rows.columns()).map(functions::col).toArray(Column[]::new);
    return rows.join(optedOut.select(col(USER_ID).as(user)), new String[] {user}, "left_anti")
        .select(columns);
  }
}
