package io.nightfeed.interest;

import static io.nightfeed.tables.Columns.DECISION;
import static io.nightfeed.tables.Columns.MODEL_RUN_DATE;
import static io.nightfeed.tables.Columns.MODEL_VERSION;
import static io.nightfeed.tables.Columns.REASON;
import static io.nightfeed.tables.Columns.RUN_DATE;
import static io.nightfeed.tables.Columns.RUN_ID;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.nightfeed.lake.Lake;
import io.nightfeed.run.JobFailure;
import io.nightfeed.tables.Gold;
import java.sql.Date;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The model that a night serves, a row of {@link Gold#SERVING_MODELS}.
 *
 * @param trainedOn the night that trained it
 * @param version its date and the start of its digest: equal models of one night have equal ones
 */
public record ServingModel(LocalDate trainedOn, String version) {

  /** How it came to serve. */
  public enum Decision {
    ACCEPTED,
    /** Too little was held out to judge it by. */
    UNJUDGED,
    CHAMPION_KEPT,
    ROLLED_BACK
  }

  /** The model of that very night. */
  public static Optional<ServingModel> of(Lake lake, LocalDate runDate) {
    return first(lake.slice(Gold.SERVING_MODELS, runDate));
  }

  /** The model of the last night before. */
  public static Optional<ServingModel> before(Lake lake, LocalDate runDate) {
    return first(
        lake.upTo(Gold.SERVING_MODELS, runDate.minusDays(1)).orderBy(col(RUN_DATE).desc()));
  }

  private static Optional<ServingModel> first(Dataset<Row> rows) {
    return rows.select(MODEL_RUN_DATE, MODEL_VERSION).limit(1).collectAsList().stream()
        .map(row -> new ServingModel(row.getDate(0).toLocalDate(), row.getString(1)))
        .findFirst();
  }

  /**
   * What it consists of.
   *
   * @throws JobFailure when it is not there any more, cannot be read or is another one
   */
  public InterestModel load(Lake lake) {
    return new ModelFolder(lake.root(), trainedOn).load(version);
  }

  /** Versions of a night's models that some night serves. */
  public static List<String> versionsOf(Lake lake, LocalDate trainedOn) {
    return lake.all(Gold.SERVING_MODELS)
        .where(col(MODEL_RUN_DATE).equalTo(lit(Date.valueOf(trainedOn))))
        .select(MODEL_VERSION)
        .distinct()
        .sort(MODEL_VERSION)
        .as(Encoders.STRING())
        .collectAsList();
  }

  /** Makes it the model of that night. */
  public void serve(
      SparkSession spark,
      Lake lake,
      LocalDate runDate,
      Decision decision,
      String reason,
      String runId) {
    var schema =
        new StructType()
            .add(MODEL_RUN_DATE, DataTypes.DateType)
            .add(MODEL_VERSION, DataTypes.StringType)
            .add(DECISION, DataTypes.StringType)
            .add(REASON, DataTypes.StringType)
            .add(RUN_ID, DataTypes.StringType);
    var row =
        RowFactory.create(
            Date.valueOf(trainedOn),
            version,
            decision.name().toLowerCase(Locale.ROOT),
            reason,
            runId);
    lake.publish(Gold.SERVING_MODELS, runDate, spark.createDataFrame(List.of(row), schema));
  }
}
