package io.nightfeed.recommend;

import java.nio.charset.StandardCharsets;
import org.apache.commons.codec.digest.MurmurHash3;

/** Draws that are hashes of what is drawn: the same on every machine and in every rerun. */
final class HashDraw {
  private static final double UNIT = 0x1p-53;

  private HashDraw() {}

  /** Uniform in [0, 1); other keys give an independent number. */
  static double uniform(String... keys) {
    var bytes = String.join("\n", keys).getBytes(StandardCharsets.UTF_8);
    return (MurmurHash3.hash128x64(bytes)[0] >>> 11) * UNIT;
  }
}
