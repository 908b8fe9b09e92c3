package io.nightfeed.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.raw.Action;
import io.nightfeed.raw.RawEvent;
import io.nightfeed.raw.RawFiles;
import io.nightfeed.raw.RawLines;
import io.nightfeed.raw.RawPost;
import io.nightfeed.raw.RawSource;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class BrokenRecordTest {
  private static final Instant NOON = Instant.parse("2025-06-01T12:00:00Z");

  @ParameterizedTest
  @EnumSource
  void everyKind_makesAnEventToRefuse(BrokenRecord kind) {
    var line = RawLines.of(RawEvent.of("e1", NOON, "u1", "p1", Action.VIEW).withText("好😀", "zh"));
    assertThat(RawFiles.record(RawSource.EVENTS, line)).isPresent();
    assertThat(RawFiles.record(RawSource.EVENTS, kind.of(line))).isEmpty();
    assertThat(kind.of(line)).doesNotContain('\n');
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "UNKNOWN_ACTION")
  void everyKindOfPosts_makesAPostToRefuse(BrokenRecord kind) {
    var line = RawLines.of(new RawPost("p1", "u1", NOON, "好😀", "zh", List.of(), List.of()));
    assertThat(RawFiles.record(RawSource.POSTS, line)).isPresent();
    assertThat(RawFiles.record(RawSource.POSTS, kind.of(line))).isEmpty();
  }
}
