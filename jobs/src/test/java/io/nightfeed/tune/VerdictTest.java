package io.nightfeed.tune;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.config.SettingsLoader;
import io.nightfeed.tune.SuccessiveHalving.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerdictTest {
  private static final Result AS_SET = result(0, Map.of(), 0);

  /** Of 200 users; every other one has that much more than half a point. */
  private static Result result(int trial, Map<String, String> changes, double more) {
    return new Result(
        new Candidate(trial, changes),
        List.of(IntStream.range(0, 200).mapToDouble(user -> 0.5 + more * (user % 2)).toArray()));
  }

  @Test
  void overlay_holdsWhatDiffers_andLoads(@TempDir Path folder) throws IOException {
    var changes = Map.of("train.rank", "48", "recommend.max-post-age-days", "5");
    var verdict = Verdict.of(List.of(result(7, changes, 0.1), AS_SET));
    assertThat(verdict.isClear()).isTrue();
    var file = folder.resolve("new/tuned.conf");
    verdict.write(file, List.of(LocalDate.of(2025, 6, 2)), 7, "abc");
    assertThat(Files.readString(file))
        .contains("search abc, trial 7", "Nights 2025-06-02, ", "the 7 days after it")
        .contains("NDCG@20 of 200 lists: 0.5500, with the settings as they were 0.5000")
        .endsWith("nightfeed {\n  recommend.max-post-age-days = 5\n  train.rank = 48\n}\n");
    var settings = SettingsLoader.load(List.of(file), Map.of());
    assertThat(settings.train().rank()).isEqualTo(48);
    assertThat(settings.recommend().maxPostAgeDays()).isEqualTo(5);
    try (var files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void aGainWhoseIntervalHoldsZero_isNotClear() {
    assertThat(Verdict.of(List.of(result(3, Map.of(), 0), AS_SET)).isClear()).isFalse();
    var byFew = new Result(new Candidate(4, Map.of()), List.of(AS_SET.ndcg()));
    byFew.nights().get(0)[0] = 1;
    var verdict = Verdict.of(List.of(byFew, AS_SET));
    assertThat(verdict.gain().mean()).isPositive();
    assertThat(verdict.isClear()).isFalse();
    assertThat(Verdict.of(List.of(AS_SET)).isClear()).isFalse();
  }

  @Test
  void aGainThatOneNightDoesNotHave_isNotClear() {
    var better = result(1, Map.of(), 0.2).ndcg();
    var worse = result(1, Map.of(), -0.01).ndcg();
    var asSet = new Result(AS_SET.candidate(), List.of(AS_SET.ndcg(), AS_SET.ndcg()));
    var once = new Result(new Candidate(1, Map.of()), List.of(better, worse));
    assertThat(Verdict.of(once, asSet).gain().low()).isPositive();
    assertThat(Verdict.of(once, asSet).isClear()).isFalse();
    assertThat(Verdict.of(once, asSet)).asString().endsWith(", by night +0.1000 -0.0050");
    var twice = new Result(new Candidate(3, Map.of()), List.of(better, better));
    assertThat(Verdict.of(List.of(twice, once, asSet)).winner()).isSameAs(twice);
    var little = new Result(new Candidate(2, Map.of()), List.of(better, AS_SET.ndcg()));
    assertThat(Verdict.of(List.of(once, little, asSet)).winner()).isSameAs(once);
    assertThat(Verdict.of(List.of(once, twice, asSet)).winner()).isSameAs(twice);
  }
}
