package io.nightfeed.udfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PseudonymTest {
  private static final byte[] KEY = new byte[32];

  static {
    Arrays.fill(KEY, (byte) 0x0b);
  }

  @Test
  void null_isNull() {
    assertThat(new Pseudonym(KEY).call(null)).isNull();
  }

  /**
   * Computed apart: {@code printf 'Hi There' | openssl dgst -sha256 -mac HMAC -macopt
   * hexkey:0b…0b}.
   */
  @Test
  void pseudonym_isHmacSha256InHex() {
    assertThat(new Pseudonym(KEY).call("Hi There"))
        .isEqualTo("198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7");
  }

  @Test
  void anotherKey_givesAnotherPseudonym() {
    var other = KEY.clone();
    other[31] ^= 1;
    assertThat(new Pseudonym(other).call("u1")).isNotEqualTo(new Pseudonym(KEY).call("u1"));
  }

  @Test
  void shortKey_isRefused() {
    assertThatThrownBy(() -> new Pseudonym(KEY, new byte[31]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(Pseudonym::new).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Pseudonym(new byte[31]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("31 bytes")
        .hasMessageContaining("at least 32");
  }

  @Test
  void copyOnAnExecutor_givesTheSamePseudonyms() throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var out = new ObjectOutputStream(bytes)) {
      out.writeObject(new Pseudonym(KEY));
    }
    try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      var copy = (Pseudonym) in.readObject();
      assertThat(copy.call("u1")).isEqualTo(new Pseudonym(KEY).call("u1"));
    }
  }

  @Test
  void text_doesNotShowTheKey() {
    assertThat(new Pseudonym(KEY).toString()).doesNotContain("0b", "11");
  }
}
