package io.nightfeed.udfs.rapids;

import static org.apache.spark.sql.functions.udf;

import io.nightfeed.udfs.NightfeedFunctions;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import org.apache.spark.sql.expressions.SparkUserDefinedFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import scala.Function1;
import scala.Tuple3;
import scala.collection.Seq;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * Gives sessions the functions with a columnar body, under the names of those without: {@code
 * spark.sql.extensions=…,io.nightfeed.udfs.rapids.RapidsFunctions}.
 */
public final class RapidsFunctions extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {
  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    extensions.injectFunction(
        described(
            NightfeedFunctions.VECTOR_LENGTH, new RapidsVectorLength(), DataTypes.DoubleType));
    return BoxedUnit.UNIT;
  }

  private static Tuple3<FunctionIdentifier, ExpressionInfo, Function1<Seq<Expression>, Expression>>
      described(String name, UDF1<?, ?> body, DataType type) {
    var function = (SparkUserDefinedFunction) udf(body, type).withName(name);
    return Tuple3.apply(
        new FunctionIdentifier(name),
        new ExpressionInfo(body.getClass().getName(), name),
        new AbstractFunction1<Seq<Expression>, Expression>() {
          @Override
          public Expression apply(Seq<Expression> arguments) {
            return function.createScalaUDF(arguments);
          }
        });
  }
}
