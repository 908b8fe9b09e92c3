package io.nightfeed.udfs;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.spark.sql.api.java.UDF1;

/**
 * Replaces an identifier by a keyed pseudonym: HMAC-SHA256 (RFC 2104) in 64 hexadecimal digits. The
 * same identifier has the same pseudonym under the same key; without the key neither can be found
 * from the other. Null stays null.
 *
 * <p>Under several keys, each hashes what the one before it made. A lake whose key is to be
 * replaced is therefore rewritten from its own pseudonyms, by the new key alone; and nobody who has
 * not all keys can tell whose pseudonym one is.
 */
public final class Pseudonym implements UDF1<String, String> {
  /** Fewer bytes than the hash has would weaken it. */
  public static final int LEAST_KEY_BYTES = 32;

  private static final long serialVersionUID = 1L;
  private static final String ALGORITHM = "HmacSHA256";

  private final byte[][] keys;
  private transient Mac[] macs;

  /**
   * @param keys secret, at least {@value #LEAST_KEY_BYTES} bytes each, in the order of their use
   */
  public Pseudonym(byte[]... keys) {
    if (keys.length == 0) {
      throw new IllegalArgumentException("A pseudonym needs a key");
    }
    for (var key : keys) {
      if (key.length < LEAST_KEY_BYTES) {
        throw new IllegalArgumentException(
            "A pseudonym key of %d bytes; at least %d are needed"
                .formatted(key.length, LEAST_KEY_BYTES));
      }
    }
    this.keys = Arrays.stream(keys).map(byte[]::clone).toArray(byte[][]::new);
  }

  /** These keys, and then those of another. */
  public Pseudonym then(Pseudonym next) {
    return new Pseudonym(Stream.of(keys, next.keys).flatMap(Arrays::stream).toArray(byte[][]::new));
  }

  @Override
  public String call(String identifier) {
    if (identifier == null) {
      return null;
    }
    var pseudonym = identifier;
    synchronized (this) {
      for (var mac : macs()) {
        var bytes = pseudonym.getBytes(StandardCharsets.UTF_8);
        pseudonym = HexFormat.of().formatHex(mac.doFinal(bytes));
      }
    }
    return pseudonym;
  }

  /** Never shows the key. */
  @Override
  public String toString() {
    return "Pseudonym";
  }

  private Mac[] macs() {
    if (macs == null) {
      macs = Arrays.stream(keys).map(Pseudonym::mac).toArray(Mac[]::new);
    }
    return macs;
  }

  private static Mac mac(byte[] key) {
    try {
      var mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return mac;
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("Every JDK has " + ALGORITHM, e);
    }
  }
}
