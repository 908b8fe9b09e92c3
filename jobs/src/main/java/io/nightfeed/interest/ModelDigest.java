package io.nightfeed.interest;

import static io.nightfeed.tables.SparkFunctions.bit_xor;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;

/**
 * A fingerprint of a model's content: SHA-256 over its parameters and, for each of its tables, the
 * number of rows and the exclusive or of their hashes, which no order or partitioning changes.
 */
final class ModelDigest {
  private ModelDigest() {}

  static String of(InterestModel model) {
    var digest = DigestUtils.getSha256Digest();
    for (float value : model.population()) {
      update(digest, Float.floatToIntBits(value));
    }
    var emotion = model.emotionParameters();
    for (var values :
        List.of(emotion.appeal(), emotion.contentAppeal(), emotion.mood(), emotion.interaction())) {
      for (double value : values) {
        update(digest, Double.doubleToLongBits(value));
      }
    }
    update(digest, Double.doubleToLongBits(model.getUserRegularization()));
    for (var table : List.of(model.items(), model.users(), model.residuals())) {
      var columns = Arrays.stream(table.columns()).map(functions::col).toArray(Column[]::new);
      var row = table.agg(count(lit(1)), coalesce(bit_xor(xxhash64(columns)), lit(0L))).first();
      update(digest, row.getLong(0));
      update(digest, row.getLong(1));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void update(MessageDigest digest, long value) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
  }
}
