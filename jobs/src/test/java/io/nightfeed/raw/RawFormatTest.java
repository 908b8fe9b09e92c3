package io.nightfeed.raw;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class RawFormatTest {
  private static final LocalDate FIRST_NIGHT = LocalDate.parse("2025-06-08");

  @Test
  void landingDate_isTheUtcDateWithoutBacklog() {
    var happened = Instant.parse("2025-06-01T23:59:59Z");
    assertThat(RawFormat.landingDate(happened, null)).isEqualTo("2025-06-01");
  }

  @Test
  void landingDate_ofEverythingBeforeTheFirstNightIsItsEve() {
    assertThat(RawFormat.landingDate(Instant.parse("2011-01-01T00:00:00Z"), FIRST_NIGHT))
        .isEqualTo("2025-06-07");
    assertThat(RawFormat.landingDate(Instant.parse("2025-06-07T23:59:59Z"), FIRST_NIGHT))
        .isEqualTo("2025-06-07");
  }

  @Test
  void landingDate_fromTheFirstNightOnIsTheUtcDate() {
    assertThat(RawFormat.landingDate(Instant.parse("2025-06-08T00:00:00Z"), FIRST_NIGHT))
        .isEqualTo("2025-06-08");
  }
}
