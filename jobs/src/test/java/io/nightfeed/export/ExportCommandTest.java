package io.nightfeed.export;

import static io.nightfeed.tables.Columns.RANK;
import static io.nightfeed.tables.Columns.REASON;
import static io.nightfeed.tables.Columns.USER_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nightfeed.SparkTest;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.JobFailure;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportCommandTest {
  private static final LocalDate NIGHT = LocalDate.of(2025, 6, 2);

  @TempDir private Path folder;
  private final SparkSession spark = SparkTest.spark();
  private Lake lake;

  @BeforeEach
  void publishLists() {
    lake = new Lake(spark, folder.resolve("lake"));
    publish(lake, NIGHT);
  }

  /** Two users with twelve places each; the reasons begin like formulas. */
  static void publish(Lake lake, LocalDate night) {
    var rows =
        SparkTest.spark()
            .sql(
                """
                SELECT concat('u', u.id) AS user_id, int(k.id + 1) AS rank, concat('p', k.id) AS post_id, 1D / (k.id + 1) AS score,
                  int(k.id + 1) AS rank_by_score, 0.5D AS behaviour_share, 0.5D AS emotion_share, array('p99') AS supporting_posts,
                  false AS is_new_user, '=HYPERLINK("x"),\n"y"' AS reason, 1D AS propensity, 'model' AS model_version, 'run' AS run_id
                FROM range(2) u CROSS JOIN range(12) k""");
    lake.append(Gold.RECOMMENDATIONS, night, rows);
  }

  @Test
  void jsonLines_holdAListARow() {
    var target = folder.resolve("nested");
    ExportCommand.write(
        ExportCommand.rows(lake, "recommendations_nested", NIGHT),
        ExportCommand.Format.jsonl,
        target);
    var read = spark.read().json(target.toString());
    assertThat(read.count()).isEqualTo(2);
    assertThat(read.select("recommendations.post_id").first().<String>getList(0))
        .startsWith("p0", "p1")
        .hasSize(12);
    assertThat(folder.resolve(".nested.part")).doesNotExist();
  }

  @Test
  void csv_holdsNoFormulasAndReadsBack() {
    var target = folder.resolve("csv");
    ExportCommand.write(
        ExportCommand.rows(lake, Gold.RECOMMENDATIONS.name(), NIGHT),
        ExportCommand.Format.csv,
        target);
    var read =
        spark
            .read()
            .option("header", true)
            .option("multiLine", true)
            .option("escape", "\"")
            .csv(target.toString());
    assertThat(read.count()).isEqualTo(24);
    assertThat(read.first().<String>getAs(REASON)).isEqualTo("'=HYPERLINK(\"x\"),\n\"y\"");
    assertThat(read.first().<String>getAs("supporting_posts")).isEqualTo("[\"p99\"]");
  }

  @Test
  void folderThatIsThere_isLeftAlone() throws Exception {
    var target = Files.createDirectory(folder.resolve("there"));
    var rows = ExportCommand.rows(lake, "recommendations_top10", NIGHT);
    assertThatThrownBy(() -> ExportCommand.write(rows, ExportCommand.Format.parquet, target))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("is there already");
    assertThat(target).isEmptyDirectory();
  }

  @Test
  void whoOptedOutSince_isLeftOut() {
    lake.append(
        Silver.OPT_OUTS,
        NIGHT.plusDays(3),
        spark.sql(
            "SELECT 'u0' AS user_id, 'personalisation' AS scope, timestamp'2025-06-05 00:00:00' AS requested_at"));
    var rows = ExportCommand.rows(lake, "recommendations_top10", NIGHT);
    assertThat(rows.select(USER_ID).distinct().collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactly("u1");
  }

  @Test
  void database_hasEveryNightOnce() throws SQLException {
    var url = "jdbc:h2:mem:export;DB_CLOSE_DELAY=-1";
    var database = new ServingDatabase(url, "lists", Map.of());
    publish(lake, NIGHT.plusDays(1));
    for (var night : List.of(NIGHT, NIGHT.plusDays(1), NIGHT)) {
      var rows = ExportCommand.rows(lake, "recommendations_top10", night);
      database.replace(Flat.json(rows), night, false);
    }
    assertThat(
            numbers(url, "SELECT count(*), count(DISTINCT \"run_date\"), max(\"rank\") FROM lists"))
        .containsExactly(40L, 2L, 10L);
    database.replace(
        Flat.json(ExportCommand.rows(lake, "recommendations_top10", NIGHT)), NIGHT, true);
    assertThat(numbers(url, "SELECT count(*) FROM lists")).containsExactly(20L);
  }

  @Test
  void rowsThatTheDatabaseRefuses_changeNothing() throws SQLException {
    var url = "jdbc:h2:mem:refuses;DB_CLOSE_DELAY=-1";
    var database = new ServingDatabase(url, "lists", Map.of());
    var rows = Flat.json(ExportCommand.rows(lake, "recommendations_top10", NIGHT));
    database.replace(rows, NIGHT, false);
    try (var connection = DriverManager.getConnection(url)) {
      connection.createStatement().execute("ALTER TABLE lists ADD CHECK (\"rank\" < 99)");
    }
    var broken = rows.withColumn(RANK, org.apache.spark.sql.functions.lit(99));
    assertThatThrownBy(() -> database.replace(broken, NIGHT, false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("which is as it was");
    assertThat(numbers(url, "SELECT count(*), max(\"rank\") FROM lists")).containsExactly(20L, 10L);
  }

  @Test
  void passwordInTheAddress_andNamesThatAreNoTables_areRefused() {
    for (var url :
        List.of("jdbc:postgresql://db/x?password=secret", "jdbc:mysql://me:secret@db/x")) {
      assertThatThrownBy(() -> new ServingDatabase(url, "lists", Map.of()))
          .isInstanceOf(JobFailure.class)
          .hasMessageContaining(ServingDatabase.PASSWORD)
          .hasMessageNotContaining("secret");
    }
    assertThatThrownBy(() -> new ServingDatabase("jdbc:h2:mem:x", "a; DROP TABLE b", Map.of()))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("--jdbc-table");
  }

  private static List<Long> numbers(String url, String sql) throws SQLException {
    var numbers = new ArrayList<Long>();
    try (var connection = DriverManager.getConnection(url);
        var found = connection.createStatement().executeQuery(sql)) {
      found.next();
      for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
        numbers.add(found.getLong(i));
      }
    }
    return numbers;
  }
}
