package io.nightfeed.interest;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.rtrim;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataTypes;

/**
 * The reason of a recommendation in words. It says what the shares and the supporting posts say and
 * no more: a user without a known mood is not told of one.
 */
public final class Reasons {
  /** Longest excerpt, in code points, with the ellipsis that marks a cut. */
  public static final int EXCERPT_LENGTH = 60;

  private static final String ELLIPSIS = "…";
  private static final String UNQUOTED = "Because of a post that you engaged with";

  private Reasons() {}

  /**
   * The beginning of a text on one line, at most {@value #EXCERPT_LENGTH} code points; null for
   * null or blank.
   */
  public static Column excerpt(Column text) {
    var line = trim(regexp_replace(text, "\\s+", " "));
    var start = rtrim(substring(line, 1, EXCERPT_LENGTH - ELLIPSIS.length()));
    return when(line.equalTo(""), lit(null).cast(DataTypes.StringType))
        .when(length(line).gt(EXCERPT_LENGTH), concat(start, lit(ELLIPSIS)))
        .otherwise(line);
  }

  /** A reason that quotes no post, whatever it quoted. */
  public static Column withoutExcerpt(Column reason) {
    return regexp_replace(reason, "(?s)^Because you engaged with “.*”(?= \\([0-9])", UNQUOTED);
  }

  /**
   * @param behaviourShare f / (f + g)
   * @param isNewUser the user has no engagement that the model could learn from
   * @param hasMood something is known of the user's mood
   * @param hasSupport some post of the user's history speaks for the recommendation
   * @param excerpt of the strongest such post; null when it has no text
   */
  public static Column reason(
      Column behaviourShare, Column isNewUser, Column hasMood, Column hasSupport, Column excerpt) {
    var engaged =
        coalesce(concat(lit("Because you engaged with “"), excerpt, lit("”")), lit(UNQUOTED));
    var opening =
        when(hasSupport, engaged)
            .when(isNewUser, lit("New here: what readers in general engage with"))
            .otherwise(lit("Close to what you engage with in general"));
    var interests = when(isNewUser, lit("general interest")).otherwise(lit("your interests"));
    var mood = when(hasMood, lit("your mood")).otherwise(lit("its emotional appeal"));
    var percent = round(behaviourShare.multiply(100)).cast(DataTypes.IntegerType);
    return concat(
        opening,
        lit(" ("),
        percent.cast(DataTypes.StringType),
        lit("% "),
        interests,
        lit(", "),
        lit(100).minus(percent).cast(DataTypes.StringType),
        lit("% "),
        mood,
        lit(")"));
  }
}
