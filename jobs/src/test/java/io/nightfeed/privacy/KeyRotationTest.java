package io.nightfeed.privacy;

import static io.nightfeed.privacy.SmallPlatform.FIRST;
import static io.nightfeed.privacy.SmallPlatform.user;
import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nightfeed.SparkTest;
import io.nightfeed.recommend.RecommendJob;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.JobRunner;
import io.nightfeed.run.KeyCheck;
import io.nightfeed.run.PseudonymKey;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import io.nightfeed.udfs.Pseudonym;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Encoders;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A night, after which one of the people is forgotten. Its pseudonyms are made anew by a run that
 * is stopped twice; then another night follows, with whose landing files that person comes back.
 */
class KeyRotationTest {
  private static final LocalDate NEXT = FIRST.plusDays(1);
  private static final int GONE = 3;

  @TempDir static Path folder;
  private static SmallPlatform platform;
  private static Pseudonym before;
  private static Pseudonym next;
  private static Map<TableSpec, List<String>> expected;
  private static Map<TableSpec, List<String>> found;
  private static List<Path> left;
  private static Map<String, List<Path>> seenBefore;
  private static Map<String, List<Path>> seenAfter;
  private static ExitCode codeMeanwhile;
  private static Throwable refusalOfOtherKey;
  private static List<String> listsBefore;
  private static List<String> listsAfter;

  @BeforeAll
  static void rotate() throws IOException {
    platform = new SmallPlatform(folder);
    platform.land(FIRST);
    platform.run(FIRST, SmallPlatform.RECORDS);
    platform.run(FIRST, SmallPlatform.LISTS);
    platform.run(FIRST, SmallPlatform.WORDS);
    before = platform.pseudonym();
    forget();
    // What is made of the model and the tables as they are without that person.
    platform.run(FIRST, List.of(new RecommendJob()));
    var page = platform.lake.root().resolve("reports/run_date=" + FIRST + "/index.html");
    Files.createDirectories(page.getParent());
    Files.writeString(page, before.call(user(1)));
    var record = platform.lake.root().resolve("runs/run_date=" + FIRST + "/failed.json");
    Files.createDirectories(record.getParent());
    Files.writeString(record, "{\"why\":\"For example user_id=" + before.call(user(1)) + ", x\"}");
    var newKey = folder.resolve("new-key");
    next = PseudonymKey.next(newKey);
    expected = rows(before.then(next));
    listsBefore = lists(before.then(next));
    seenBefore = PlainSearch.holding(platform.lake.root(), pseudonyms());

    assertThatThrownBy(() -> rotation(next, "is now").run()).hasMessage("is now");
    codeMeanwhile = code();
    var other = new Pseudonym(new byte[32]);
    refusalOfOtherKey = thrown(() -> rotation(other, "nothing").run());
    assertThatThrownBy(() -> rotation(next, "silver.posts").run()).hasMessage("silver.posts");
    left = rotation(next, "nothing").run();
    PseudonymKey.append(platform.settings.pseudonyms(), newKey);
    new KeyCheck(platform.lake.root()).end();

    found = rows(null);
    seenAfter = PlainSearch.holding(platform.lake.root(), pseudonyms());
    platform.run(FIRST, List.of(new RecommendJob()));
    listsAfter = lists(null);
    platform.land(NEXT);
    platform.run(NEXT, SmallPlatform.RECORDS);
    platform.run(NEXT, SmallPlatform.LISTS);
  }

  private static void forget() {
    var erasure =
        new PersonErasure(
            SparkTest.spark(),
            platform.lake,
            platform.raw,
            before,
            new PrintWriter(new StringWriter()));
    assertThat(erasure.run(erasure.traces(Set.of(user(GONE))), FIRST)).isEmpty();
  }

  private static KeyRotation rotation(Pseudonym key, String stop) {
    var out = new PrintWriter(new Stopping(stop, new StringWriter()));
    return new KeyRotation(SparkTest.spark(), platform.lake, before, key, out);
  }

  private static ExitCode code() {
    var out = new PrintWriter(new StringWriter());
    var runner = new JobRunner(SparkTest.spark(), platform.settings, out, Clock.systemUTC());
    return runner.run(SmallPlatform.RECORDS, FIRST);
  }

  private static Throwable thrown(Runnable action) {
    try {
      action.run();
      return null;
    } catch (JobFailure failure) {
      return failure;
    }
  }

  private static List<String> pseudonyms() {
    return IntStream.rangeClosed(1, SmallPlatform.PEOPLE)
        .mapToObj(number -> before.call(user(number)))
        .toList();
  }

  /** Of every table that names users, what it holds; under later keys where they are given. */
  private static Map<TableSpec, List<String>> rows(Pseudonym after) {
    var names = names(after);
    var all = new TreeMap<TableSpec, List<String>>((a, b) -> a.name().compareTo(b.name()));
    Stream.of(Gold.ALL, Silver.ALL)
        .flatMap(List::stream)
        .filter(table -> !table.personal().users().isEmpty())
        .forEach(table -> all.put(table, texts(table, names)));
    return all;
  }

  private static List<String> texts(TableSpec table, Map<String, String> names) {
    var rows = platform.lake.all(table).drop(MODEL_VERSION, RUN_ID).toJSON();
    return rows.collectAsList().stream().map(row -> renamed(row, names)).sorted().toList();
  }

  private static Map<String, String> names(Pseudonym after) {
    var names = new TreeMap<String, String>();
    if (after != null) {
      for (int i = 1; i <= SmallPlatform.PEOPLE; i++) {
        names.put(before.call(user(i)), after.call(user(i)));
      }
    }
    return names;
  }

  private static String renamed(String row, Map<String, String> names) {
    var renamed = row;
    for (var name : names.entrySet()) {
      renamed = renamed.replace(name.getKey(), name.getValue());
    }
    return renamed;
  }

  private static List<String> lists(Pseudonym after) {
    return texts(Gold.RECOMMENDATIONS, names(after));
  }

  @Test
  void everyRow_staysUnderTheNameThatTheNewKeyMakes() {
    assertThat(expected).allSatisfy((table, rows) -> assertThat(found.get(table)).isEqualTo(rows));
    assertThat(expected.get(Silver.EVENTS)).isNotEmpty();
    assertThat(expected.get(Silver.USER_STATES)).hasSize(SmallPlatform.PEOPLE - 1);
  }

  @Test
  void noOldPseudonym_isLeftInAnyFile() {
    assertThat(seenBefore).hasSize(SmallPlatform.PEOPLE - 1);
    assertThat(left).isEmpty();
    assertThat(seenAfter).isEmpty();
  }

  @Test
  void model_servesTheSameLists() {
    assertThat(listsAfter).isNotEmpty().isEqualTo(listsBefore);
  }

  @Test
  void jobs_waitForTheEnd() {
    assertThat(codeMeanwhile).isEqualTo(ExitCode.RETRY);
  }

  @Test
  void anotherNewKey_isRefusedOnceThereIsOne() {
    assertThat(refusalOfOtherKey).hasMessageContaining("another new key");
  }

  @Test
  void oldKeyAlone_isRefusedFromThenOn() {
    var check = new KeyCheck(platform.lake.root());
    check.require(platform.pseudonym());
    assertThatThrownBy(() -> check.require(before))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("made under another key");
  }

  @Test
  void nextNight_knowsEverybodyAgain_butForThoseWhoWereForgotten() {
    var users = new ArrayList<String>();
    for (var night : List.of(FIRST, NEXT)) {
      users.addAll(
          platform
              .lake
              .slice(Silver.EVENTS, night)
              .select(col(USER_ID))
              .distinct()
              .as(Encoders.STRING())
              .collectAsList());
    }
    assertThat(users).hasSize(2 * (SmallPlatform.PEOPLE - 1));
    assertThat(Set.copyOf(users))
        .hasSize(SmallPlatform.PEOPLE - 1)
        .doesNotContain(platform.pseudonym(GONE));
  }
}
