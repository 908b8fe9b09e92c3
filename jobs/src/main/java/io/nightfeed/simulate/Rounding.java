package io.nightfeed.simulate;

/** Numbers of the truth are rounded when drawn, so that its files hold them exactly. */
final class Rounding {
  private static final double MILLIONTHS = 1e6;

  private Rounding() {}

  static double to6(double value) {
    return Math.rint(value * MILLIONTHS) / MILLIONTHS;
  }
}
