package io.nightfeed.export;

import static org.apache.spark.sql.functions.col;

import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.tables.Columns;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.jdbc.JdbcDialects;

/**
 * A table of a database, by Spark's JDBC connector. A night's rows come into a table beside it,
 * over as many connections as there are tasks, and from there into their place in one transaction:
 * a reader sees the night as it was or as it is, and a rerun leaves no trace of the first attempt.
 */
final class ServingDatabase {
  static final String USER = "NIGHTFEED_JDBC_USER";
  static final String PASSWORD = "NIGHTFEED_JDBC_PASSWORD";
  private static final Pattern TABLE = Pattern.compile("[A-Za-z]\\w{0,50}(\\.[A-Za-z]\\w{0,50})?");
  private static final Pattern SECRET = Pattern.compile("(?i)(password|pwd)=|//[^/@]*:[^/@]*@");

  private final String url;
  private final String table;
  private final Properties login = new Properties();

  /**
   * @param environment may hold {@link #USER} and {@link #PASSWORD}
   * @throws JobFailure for a name that is no table's, and for a password in the address
   */
  ServingDatabase(String url, String table, Map<String, String> environment) {
    if (SECRET.matcher(url).find()) {
      throw new JobFailure(
          ExitCode.USAGE,
          "--jdbc-url holds a password, which everybody sees in the list of processes: leave it out, and set %s and %s in the environment."
              .formatted(USER, PASSWORD));
    }
    if (!TABLE.matcher(table).matches()) {
      throw new JobFailure(
          ExitCode.USAGE,
          "--jdbc-table is '%s', expected a name such as recommendations or feed.recommendations"
              .formatted(table));
    }
    this.url = url;
    this.table = table;
    if (environment.containsKey(USER)) {
      login.setProperty("user", environment.get(USER));
    }
    if (environment.containsKey(PASSWORD)) {
      login.setProperty("password", environment.get(PASSWORD));
    }
  }

  /**
   * Replaces the rows of one night.
   *
   * @param flat rows with a run date, all of that night
   * @param isAlone whether those of all other nights go, too
   */
  void replace(Dataset<Row> flat, LocalDate night, boolean isAlone) {
    var stage = table + "_staged";
    flat.write().mode(SaveMode.Overwrite).jdbc(url, stage, login);
    try (var connection = DriverManager.getConnection(url, login)) {
      if (!exists(connection)) {
        // Spark's connector knows the types of the database.
        flat.where(col(Columns.RUN_DATE).isNull()).write().jdbc(url, table, login);
      }
      connection.setAutoCommit(false);
      try {
        exchange(connection, stage, columns(flat), night, isAlone);
        connection.commit();
      } catch (SQLException failure) {
        connection.rollback();
        throw failure;
      }
      connection.setAutoCommit(true);
      run(connection, "DROP TABLE " + stage);
    } catch (SQLException failure) {
      throw new IllegalStateException(
          "The rows of %s did not come into %s, which is as it was: %s. Where its columns are another version's, drop it; then export again."
              .formatted(night, table, failure.getMessage()),
          failure);
    }
  }

  private void exchange(
      Connection connection, String stage, String columns, LocalDate night, boolean isAlone)
      throws SQLException {
    if (isAlone) {
      run(connection, "DELETE FROM " + table);
    } else {
      var runDate = JdbcDialects.get(url).quoteIdentifier(Columns.RUN_DATE);
      try (var delete =
          connection.prepareStatement("DELETE FROM %s WHERE %s = ?".formatted(table, runDate))) {
        delete.setDate(1, Date.valueOf(night));
        delete.executeUpdate();
      }
    }
    run(
        connection,
        "INSERT INTO %s (%s) SELECT %s FROM %s".formatted(table, columns, columns, stage));
  }

  private String columns(Dataset<Row> rows) {
    var dialect = JdbcDialects.get(url);
    return Arrays.stream(rows.columns())
        .map(dialect::quoteIdentifier)
        .collect(Collectors.joining(", "));
  }

  private boolean exists(Connection connection) throws SQLException {
    try (var statement =
        connection.prepareStatement(JdbcDialects.get(url).getTableExistsQuery(table))) {
      statement.executeQuery();
      return true;
    } catch (SQLException absent) {
      return false;
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }
}
