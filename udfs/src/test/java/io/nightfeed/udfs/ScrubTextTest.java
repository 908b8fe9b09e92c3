package io.nightfeed.udfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScrubTextTest {
  private static final ScrubText SCRUB = new ScrubText();

  @Example
  void null_isNull() {
    assertThat(SCRUB.call(null)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          write to ann.lee+x@mail.example.org.   | write to [email].
          联系我foo_1@qq.com吧                    | 联系我[email]吧
          13812345678@163.com                    | [email]
          a@b.com,c@d.cn                         | [email],[email]
          """)
  void emailAddresses_areReplaced(String text, String expected) {
    assertThat(SCRUB.call(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+44 20 7946 0958",
        "+8613812345678",
        "+1 (212) 555-0123",
        "0086 138 1234 5678",
        "13812345678",
        "138-1234-5678",
        "86-13812345678",
        "010-12345678",
        "0755-1234567",
        "(212) 555-0123",
        "212-555-0123",
        "1-800-555-0199"
      })
  void phoneNumbers_areReplaced(String number) {
    assertThat(SCRUB.call("电话" + number + "，call")).isEqualTo("电话[phone]，call");
    assertThat(SCRUB.call(number)).isEqualTo("[phone]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2013-03-01 12:30:45",
        "$1,299.99 and 1.234.567,89",
        "1609459200000",
        "3.13812345678",
        "weibo.com/u/13812345678",
        "id_13812345678",
        "4111 1111 1111 1111",
        "3@4.50 each",
        "192.168.100.200",
        "978-3-16-148410-0",
        "2+2=4, 10-20, 1/2"
      })
  void pricesDatesAndIdentifiers_stay(String text) {
    assertThat(SCRUB.call(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          thanks @ann_lee!      | thanks @user!
          //@李开复:转发         | //@user:转发
          RT@小-明 hi           | RT@user hi
          ＠full_width           | @user
          @user stays           | @user stays
          alone @ stays         | alone @ stays
          """)
  void mentions_areReplaced(String text, String expected) {
    assertThat(SCRUB.call(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "a.",
        "a@",
        "a@a.",
        "1",
        "+1",
        "+1 ",
        "(212)",
        "@",
        "@a",
        "a@b.co",
        "13812345678+",
        "a-",
        "x@张.com",
        "212-555-",
        "1 - . ",
        "010-"
      })
  void hostileRepetition_isScrubbedInTime(String unit) {
    var text = unit.repeat(100_000 / unit.length());
    var scrubbed =
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> SCRUB.call(text));
    assertThat(SCRUB.call(scrubbed)).isEqualTo(scrubbed);
  }

  @Property(tries = 3000)
  void scrubbing_isIdempotentAndNeverThrows(@ForAll("hostileTexts") String text) {
    var once = SCRUB.call(text);
    assertThat(SCRUB.call(once)).isEqualTo(once);
  }

  @Property(tries = 500)
  void addressInsideAnyText_isGone(@ForAll("hostileTexts") String before, @ForAll String after) {
    assertThat(SCRUB.call(before + " ann.lee@example.org " + after))
        .doesNotContain("ann.lee@example.org");
  }

  @Provide
  static Arbitrary<String> hostileTexts() {
    var fragments =
        Arbitraries.of(
            "a",
            "b.co",
            "@",
            "＠",
            ".",
            "-",
            "+",
            "1",
            "86",
            "138",
            "1234",
            "5678",
            "13812345678",
            "(212)",
            "555-0123",
            "[",
            "]",
            "[email]",
            "[phone]",
            "@user",
            "张",
            "_",
            " ",
            "/",
            "x@y.cn",
            "0086",
            "%");
    return Arbitraries.frequencyOf(
            Tuple.of(6, fragments), Tuple.of(1, Arbitraries.strings().ofMaxLength(5)))
        .list()
        .ofMaxSize(30)
        .map(list -> String.join("", list));
  }
}
