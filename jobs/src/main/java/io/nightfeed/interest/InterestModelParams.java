package io.nightfeed.interest;

import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.Params;

/** The params that the estimator and its model share. */
public interface InterestModelParams extends Params {
  /** Column of the user's id (string). */
  Param<String> userCol();

  /** Column of the post's id (string). */
  Param<String> itemCol();

  /** Column of e_u (array of eight floats, zeros or null when unknown). */
  Param<String> emotionalStateCol();

  /** Precision of the prior of a user's vector around the population's. */
  DoubleParam userRegularization();

  default String getUserCol() {
    return getOrDefault(userCol());
  }

  default String getItemCol() {
    return getOrDefault(itemCol());
  }

  default String getEmotionalStateCol() {
    return getOrDefault(emotionalStateCol());
  }

  default double getUserRegularization() {
    return (Double) getOrDefault(userRegularization());
  }

  /** A column param. */
  private static Param<String> column(Params parent, String name, String meaning) {
    return new Param<>(parent, name, "column: " + meaning);
  }

  static Param<String> userCol(Params parent) {
    return column(parent, "userCol", "user id, string; null in catalogue rows");
  }

  static Param<String> itemCol(Params parent) {
    return column(parent, "itemCol", "post id, string");
  }

  static Param<String> emotionalStateCol(Params parent) {
    return column(
        parent,
        "emotionalStateCol",
        "the user's emotional state, array<float> of eight; null or zeros when unknown");
  }

  static DoubleParam userRegularization(Params parent) {
    return new DoubleParam(
        parent,
        "userRegularization",
        "precision of the prior of a user's vector around the population's: a typical post's"
            + " log-intensity varies between users with a prior variance of 1/this; in the"
            + " factorisation also the engagements that a user's activity is shrunk with (> 0)",
        ParamValidators.gt(0));
  }
}
