package io.nightfeed.generate;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.negate;
import static org.apache.spark.sql.functions.posexplode;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import io.nightfeed.config.Settings;
import io.nightfeed.safety.TextCheck;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * The part of a text that says best what the text says: that whose vector is nearest, by its
 * cosine, to the vector of the whole (the centroid of Radev et al. 2004, with an encoder's vectors
 * in the place of words'). Of equally near ones the first.
 */
final class ExtractiveTeasers {
  /** Raised when the code that cuts or chooses gives something else. */
  static final int RULES = 2;

  static final String WRITER_NAME = "extractive";
  private static final DataType TEXTS_TYPE = DataTypes.createArrayType(DataTypes.StringType, false);

  private static final UserDefinedFunction COSINE =
      udf((UDF2<Seq<Float>, Seq<Float>, Double>) ExtractiveTeasers::cosine, DataTypes.DoubleType)
          .withName("cosine_similarity");

  private static final StructType FIRST =
      new StructType().add(PIECE, DataTypes.StringType).add(REASONS, TEXTS_TYPE, false);

  private ExtractiveTeasers() {}

  /**
   * The parts of each text: {@code piece}, its place among as many as {@code total}.
   *
   * @param texts each once, with sentences, and their vector as {@code whole_vector}
   */
  static Dataset<Row> pieces(Dataset<Row> texts, Settings.Generate settings) {
    var pieces =
        udf(new Pieces(settings.maxCharacters(), settings.leastCharacters()), TEXTS_TYPE)
            .withName("text_pieces");
    return texts
        .withColumn(PIECES, pieces.apply(col(TEXT), col(SENTENCES)))
        .select(
            col(TEXT_HASH),
            col(LANGUAGE),
            col(ENCODER),
            col(TOXICITY),
            col(WHOLE_VECTOR),
            size(col(PIECES)).as(TOTAL),
            posexplode(col(PIECES)).as(new String[] {POSITION, TEXT}));
  }

  /**
   * The teaser of each text: {@code piece}, null where no part may be shown; then {@code reasons}
   * says why.
   *
   * @param pieces with their own vectors as {@code embedding}; where that is null the first is
   *     taken
   */
  static Dataset<Row> chosen(Dataset<Row> pieces, TextCheck check, int maxCharacters) {
    UDF2<Seq<Row>, String, Row> first =
        (ranked, language) -> first(ranked, language, check, maxCharacters);
    var ranked =
        struct(
            // Without a vector of its own nothing is compared, nor prepared for it.
            coalesce(
                when(col(EMBEDDING).isNotNull(), COSINE.apply(col(EMBEDDING), col(WHOLE_VECTOR))),
                lit(0.0)),
            negate(col(POSITION)),
            col(TEXT),
            col(TOXICITY));
    return pieces
        .groupBy(TEXT_HASH)
        .agg(sort_array(collect_list(ranked), false).as(PIECES), max(LANGUAGE).as(LANGUAGE))
        .withColumn(
            FOUND,
            udf(first, FIRST).withName("first_that_may_be_shown").apply(col(PIECES), col(LANGUAGE)))
        .select(TEXT_HASH, FOUND + ".*");
  }

  /** Checks cost more than all else: most texts need one. */
  private static Row first(Seq<Row> ranked, String language, TextCheck check, int maxCharacters) {
    var reasons = new TreeSet<String>();
    for (var piece : JavaConverters.seqAsJavaList(ranked)) {
      var text = piece.getString(2);
      var against = check.ofOutput(text, piece.<Float>getAs(3), language, maxCharacters);
      if (against.isEmpty()) {
        return RowFactory.create(text, new String[0]);
      }
      against.forEach(reason -> reasons.add(reason.label()));
    }
    return RowFactory.create(null, reasons.toArray(String[]::new));
  }

  /** Of unit vectors; null where they are not of one model's. */
  private static Double cosine(Seq<Float> one, Seq<Float> other) {
    if (one == null || other == null || one.length() != other.length()) {
      return null;
    }
    double sum = 0;
    var ones = one.iterator();
    var others = other.iterator();
    while (ones.hasNext()) {
      sum += (double) ones.next() * others.next();
    }
    return sum;
  }
}
