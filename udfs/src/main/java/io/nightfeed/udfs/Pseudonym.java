package io.nightfeed.udfs;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.spark.sql.api.java.UDF1;

/**
 * Replaces an identifier by a keyed pseudonym: HMAC-SHA256 (RFC 2104) in 64 hexadecimal digits. The
 * same identifier has the same pseudonym under the same key; without the key neither can be found
 * from the other. Null stays null.
 */
public final class Pseudonym implements UDF1<String, String> {
  /** Fewer bytes than the hash has would weaken it. */
  public static final int LEAST_KEY_BYTES = 32;

  private static final long serialVersionUID = 1L;
  private static final String ALGORITHM = "HmacSHA256";

  private final byte[] key;
  private transient Mac mac;

  /**
   * @param key secret, at least {@value #LEAST_KEY_BYTES} bytes
   */
  public Pseudonym(byte[] key) {
    if (key.length < LEAST_KEY_BYTES) {
      throw new IllegalArgumentException(
          "A pseudonym key of %d bytes; at least %d are needed"
              .formatted(key.length, LEAST_KEY_BYTES));
    }
    this.key = key.clone();
  }

  @Override
  public String call(String identifier) {
    if (identifier == null) {
      return null;
    }
    synchronized (this) {
      return HexFormat.of().formatHex(mac().doFinal(identifier.getBytes(StandardCharsets.UTF_8)));
    }
  }

  /** Never shows the key. */
  @Override
  public String toString() {
    return "Pseudonym";
  }

  private Mac mac() {
    if (mac == null) {
      try {
        mac = Mac.getInstance(ALGORITHM);
        mac.init(new SecretKeySpec(key, ALGORITHM));
      } catch (NoSuchAlgorithmException | InvalidKeyException e) {
        throw new IllegalStateException("Every JDK has " + ALGORITHM, e);
      }
    }
    return mac;
  }
}
