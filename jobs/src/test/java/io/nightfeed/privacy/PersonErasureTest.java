package io.nightfeed.privacy;

import static io.nightfeed.privacy.SmallPlatform.FIRST;
import static io.nightfeed.privacy.SmallPlatform.letter;
import static io.nightfeed.privacy.SmallPlatform.post;
import static io.nightfeed.privacy.SmallPlatform.user;
import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nightfeed.SparkTest;
import io.nightfeed.ingest.IngestJob;
import io.nightfeed.interest.ServingModel;
import io.nightfeed.lake.Erasure;
import io.nightfeed.profile.ProfileJob;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import io.nightfeed.train.TrainJob;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A night whose records are taken in twice, so that there are older versions, its model and lists.
 * One of the people is forgotten, by a run that is stopped again and again; a night follows, with
 * whose landing files that person comes back.
 */
class PersonErasureTest {
  private static final LocalDate NEXT = FIRST.plusDays(1);
  private static final LocalDate TODAY = FIRST.plusDays(9);
  private static final Pattern REMOVED =
      Pattern.compile("  (\\S+) +([\\d,]+) rows removed, ([\\d,]+) changed");

  /**
   * Lines of a run: a model is written and does not serve, half of the tables are done, all of them
   * are.
   */
  private static final List<String> STOPS =
      List.of("is now", "silver.text_annotations", "silver.posts");

  @TempDir static Path folder;
  private static SmallPlatform platform;

  /** Whose pseudonym is the least: in whichever file it is, the statistics hold it. */
  private static int gone;

  private static String pseudonym;
  private static List<Path> foundBefore;
  private static Map<String, List<Path>> seenBefore;
  private static Map<TableSpec, List<String>> othersBefore;
  private static Map<TableSpec, List<String>> othersAfter;
  private static List<Path> filesBefore;
  private static List<Path> filesAfterPlan;
  private static String planned;
  private static String printed;
  private static List<Path> left;
  private static Map<String, List<Path>> seenAfter;
  private static Map<String, List<Path>> seenAfterNight;

  @BeforeAll
  static void forgetOne() throws IOException {
    platform = new SmallPlatform(folder);
    gone =
        IntStream.rangeClosed(1, SmallPlatform.PEOPLE)
            .boxed()
            .min(Comparator.comparing(platform::pseudonym))
            .orElseThrow();
    pseudonym = platform.pseudonym(gone);
    platform.land(FIRST);
    platform.run(FIRST, SmallPlatform.RECORDS);
    platform.run(FIRST, List.of(new IngestJob()));
    platform.run(FIRST, List.of(new ProfileJob(), new TrainJob()));
    for (var table : List.of(Gold.RECOMMENDATIONS, Gold.RECOMMENDATIONS_LATEST)) {
      platform.lake.append(table, FIRST, lists());
    }
    platform.lake.append(Gold.REPLY_SUGGESTIONS, FIRST, replies());
    var page = platform.lake.root().resolve("reports/run_date=" + FIRST + "/index.html");
    Files.createDirectories(page.getParent());
    Files.writeString(page, "<h3><code>" + pseudonym + "</code></h3>");

    othersBefore = others();
    seenBefore = PlainSearch.holding(folder, needles());
    filesBefore = PlainSearch.all(folder);
    var plan = new StringWriter();
    var traces = erasure(plan).traces(Set.of(user(gone)));
    foundBefore =
        FileScan.holding(
            SparkTest.spark(), List.of(platform.lake.root(), platform.raw), traces.markers());
    erasure(plan).plan(traces);
    planned = plan.toString();
    filesAfterPlan = PlainSearch.all(folder);

    var report = new StringWriter();
    for (var stop : STOPS) {
      assertThatThrownBy(() -> forget(new Stopping(stop, report))).hasMessage(stop);
      if (stop.equals(STOPS.get(0))) {
        stopWithinATable();
      }
    }
    left = forget(report);
    printed = report.toString();
    othersAfter = others();
    seenAfter = PlainSearch.holding(folder, needles());

    platform.land(NEXT);
    platform.run(NEXT, SmallPlatform.RECORDS);
    platform.run(NEXT, List.of(new ProfileJob()));
    seenAfterNight = PlainSearch.holding(platform.lake.root(), needles());
  }

  /** One of theirs, one of their post, one that quotes it, and one that does not. */
  private static Dataset<Row> lists() {
    var one = gone % SmallPlatform.PEOPLE + 1;
    var another = one % SmallPlatform.PEOPLE + 1;
    var mine = post(one, FIRST);
    var theirs = post(gone, FIRST);
    var fields = Gold.RECOMMENDATIONS.schema().fields();
    return SparkTest.spark()
        .createDataFrame(
            List.of(
                place(gone, 1, mine, List.of(post(another, FIRST)), letter(another)),
                place(one, 1, theirs, List.of(post(another, FIRST)), letter(another)),
                place(one, 2, post(another, FIRST), List.of(theirs, mine), letter(gone)),
                place(another, 1, mine, List.of(post(another, FIRST)), letter(another))),
            // Without the run date, which appending adds.
            new StructType(Arrays.copyOf(fields, fields.length - 1)));
  }

  private static Row place(int user, int rank, String post, List<String> supporting, char quoted) {
    var reason =
        "Because you engaged with “What %s wrote on…” (83% your interests, 17% your mood)"
            .replace("%s", String.valueOf(quoted));
    return RowFactory.create(
        platform.pseudonym(user),
        rank,
        post,
        0.5,
        rank,
        0.83,
        0.17,
        supporting,
        false,
        reason,
        1.0,
        "model",
        "run");
  }

  /** To their comment, made of their words among others', of their post, and one of neither. */
  private static Dataset<Row> replies() {
    var one = gone % SmallPlatform.PEOPLE + 1;
    var another = one % SmallPlatform.PEOPLE + 1;
    var third = another % SmallPlatform.PEOPLE + 1;
    return SparkTest.spark()
        .createDataFrame(
            List.of(
                reply("to them", gone, List.of(third), another),
                reply("of several", one, List.of(another, gone), another),
                reply("of their post", one, List.of(third), gone),
                reply("of others", one, List.of(another, third), another)),
            Gold.REPLY_SUGGESTIONS.rowSchema());
  }

  private static Row reply(String comment, int user, List<Integer> quoted, int source) {
    var words =
        quoted.stream()
            .map(person -> "What %s wrote on it.".formatted(letter(person)))
            .collect(Collectors.joining(" "));
    return RowFactory.create(
        comment,
        post(user % SmallPlatform.PEOPLE + 2, FIRST),
        platform.pseudonym(user),
        "suggested",
        words,
        "post",
        List.of("a comment", post(source, FIRST)),
        quoted.stream().map(platform::pseudonym).toList(),
        0.5,
        null,
        "en",
        "digest",
        "chat",
        "a model",
        1,
        null,
        "key of " + comment,
        100L,
        10L,
        0.5,
        false,
        "run");
  }

  private static List<Path> forget(StringWriter out) {
    var erasure = erasure(out);
    return erasure.run(erasure.traces(Set.of(user(gone))), TODAY);
  }

  /** A table's newest version is without them, and its older ones are there. */
  private static void stopWithinATable() {
    var traces = erasure(new StringWriter()).traces(Set.of(user(gone)));
    var night = Set.of(FIRST);
    var tables = new TableErasure(platform.lake, traces);
    assertThat(tables.plan(Silver.USER_STATES).isAny()).isTrue();
    new Erasure(SparkTest.spark(), platform.lake)
        .replaceSlices(Silver.USER_STATES, night, tables.kept(Silver.USER_STATES, night));
  }

  private static PersonErasure erasure(StringWriter out) {
    return new PersonErasure(
        SparkTest.spark(),
        platform.lake,
        platform.raw,
        platform.pseudonym(),
        new PrintWriter(out, true));
  }

  /** Whatever tells that somebody was here. */
  private static List<String> needles() {
    return List.of(
        user(gone),
        pseudonym.substring(0, 32),
        post(gone, FIRST),
        "What " + letter(gone) + " wrote",
        "Only number " + letter(gone) + " says");
  }

  @Test
  void bothSearches_findThemEverywhereBefore() {
    assertThat(seenBefore).containsOnlyKeys(needles());
    var seen = seenBefore.values().stream().flatMap(List::stream).collect(Collectors.toSet());
    for (var part :
        List.of(
            "lake/silver/events/run_date=" + FIRST,
            "lake/silver/events/_delta_log/0",
            "lake/silver/quarantine/run_date",
            "lake/silver/user_states/_delta_log/0",
            "lake/silver/text_annotations/run_date",
            "lake/gold/recommendations/run_date",
            "lake/gold/recommendations_latest/run_date",
            "lake/gold/reply_suggestions/run_date",
            "lake/models/interest",
            "lake/reports",
            "raw/events",
            "raw/posts")) {
      assertThat(seen).as(part).anyMatch(file -> file.toString().contains(part));
      assertThat(foundBefore).as(part).anyMatch(file -> file.toString().contains(part));
    }
    assertThat(foundBefore).containsAll(seen);
  }

  @Test
  void nothingIsLeftInAnyFile_thoughTheRunWasStopped() {
    assertThat(left).isEmpty();
    assertThat(seenAfter).isEmpty();
  }

  @Test
  void otherPeoplesRows_areAsTheyWere() {
    assertThat(othersAfter).isEqualTo(othersBefore);
    othersBefore.forEach((table, rows) -> assertThat(rows).as(table.name()).isNotEmpty());
  }

  @Test
  void planChangesNothing_andEveryRowGoesOnce() {
    assertThat(filesAfterPlan).isEqualTo(filesBefore);
    assertThat(counts(planned)).isNotEmpty().isEqualTo(counts(printed));
    assertThat(printed).containsPattern("silver\\.user_states +older versions removed");
    assertThat(planned)
        .containsPattern("silver\\.events +\\d+ rows removed, 0 changed")
        .containsPattern("gold\\.reply_suggestions +3 rows removed, 0 changed")
        .containsPattern("silver\\.quarantine +0 rows removed, 1 changed")
        .containsPattern("landing files +\\d+ lines removed");
    assertThat(printed).contains("report of " + FIRST + " removed");
    assertThat(printed + planned).doesNotContain(user(gone)).doesNotContain(pseudonym);
  }

  /** Rows removed and changed by table, of all runs together, but for the one that was stopped. */
  private static Map<String, List<Long>> counts(String output) {
    var counts = new TreeMap<String, List<Long>>();
    REMOVED
        .matcher(output)
        .results()
        .forEach(
            line ->
                counts.merge(
                    line.group(1),
                    List.of(Long.valueOf(line.group(2)), Long.valueOf(line.group(3))),
                    (one, other) -> List.of(one.get(0) + other.get(0), one.get(1) + other.get(1))));
    counts.remove(Silver.USER_STATES.name());
    return counts;
  }

  @Test
  void modelThatServes_isThereWithoutThem() {
    var serving = ServingModel.of(platform.lake, FIRST).orElseThrow();
    var model = serving.load(platform.lake);
    assertThat(model.users().select(USER_ID).collectAsList())
        .hasSize(SmallPlatform.PEOPLE - 1)
        .noneMatch(row -> row.getString(0).equals(pseudonym));
    assertThat(model.items().select(POST_ID).collectAsList())
        .isNotEmpty()
        .noneMatch(row -> row.getString(0).equals(post(gone, FIRST)));
  }

  @Test
  void reasonsThatQuotedThem_quoteNobody() {
    var reasons = platform.lake.slice(Gold.RECOMMENDATIONS, FIRST).select(REASON).collectAsList();
    assertThat(reasons)
        .noneMatch(row -> row.getString(0).contains("What " + letter(gone) + " wrote"))
        .anyMatch(row -> row.getString(0).startsWith("Because of a post that you engaged with"));
  }

  @Test
  void theNextNight_doesNotBringThemBack() {
    assertThat(seenAfterNight).isEmpty();
    for (var table : List.of(Silver.EVENTS, Silver.USER_STATES, Silver.USER_ITEM_SIGNALS)) {
      assertThat(platform.lake.slice(table, NEXT).count()).as(table.name()).isPositive();
    }
    var counts =
        platform
            .lake
            .slice(Silver.INGEST_COUNTS, NEXT)
            .where(col(SOURCE).equalTo("events"))
            .first();
    // Landed anew after they were forgotten: four valid lines of events.
    assertThat(counts.<Long>getAs(OPTED_OUT)).isEqualTo(4);
    assertThat(counts.<Long>getAs(QUARANTINED)).isEqualTo(SmallPlatform.PEOPLE);
    var refused = platform.lake.slice(Silver.QUARANTINE, NEXT);
    assertThat(refused.where(col(RAW).isNull()).count()).isEqualTo(1);
  }

  @Test
  void fileThatNobodyKnows_isNamed() throws IOException {
    var notes = platform.lake.root().resolve("notes.txt");
    Files.writeString(notes, "ask " + user(gone) + " again\n");
    try {
      assertThat(
              FileScan.holding(
                  SparkTest.spark(),
                  List.of(platform.lake.root()),
                  new Markers(List.of(user(gone)))))
          .containsExactly(notes);
    } finally {
      Files.delete(notes);
    }
  }

  /** Rows that neither are theirs nor name them, of every table. */
  private static Map<TableSpec, List<String>> others() {
    var posts = List.of(post(gone, FIRST)).toArray();
    // Whose comment stands below their post, and goes with it.
    var commenter = gone == 1 ? SmallPlatform.PEOPLE : gone - 1;
    var others = new LinkedHashMap<TableSpec, List<String>>();
    var lake = platform.lake;
    for (var table : Stream.concat(Silver.ALL.stream(), Gold.ALL.stream()).toList()) {
      var isEmpty = List.of(Silver.OPT_OUTS, Silver.ERASED_IDS).contains(table);
      if (isEmpty || !Files.isDirectory(lake.location(table))) {
        continue;
      }
      Dataset<Row> rows = lake.all(table);
      for (var column : table.personal().users()) {
        rows =
            rows.where(
                not(
                    table.isArray(column)
                        ? array_contains(col(column), pseudonym)
                        : col(column).equalTo(pseudonym)));
      }
      for (var column : table.personal().posts()) {
        for (var post : posts) {
          // Whose reasons named it are without it now.
          rows =
              table.isArray(column)
                  ? rows.drop(column, REASON)
                  : rows.where(not(col(column).equalTo(post)));
        }
      }
      for (var column : table.personal().origins()) {
        for (var post : posts) {
          rows = rows.where(not(array_contains(col(column), post)));
        }
      }
      if (table == Silver.QUARANTINE) {
        rows =
            rows.where(col(RAW).isNotNull().and(not(col(RAW).cast("string").contains(user(gone)))));
      }
      if (table == Silver.TEXT_ANNOTATIONS) {
        rows =
            rows.where(
                not(
                    col(SENTENCES)
                        .getItem(0)
                        .rlike(
                            "What %1$s wrote|Only number [%1$s%2$s] says"
                                .formatted(letter(gone), letter(commenter)))));
      }
      // A model that was rewritten has another version.
      others.put(
          table, rows.drop(MODEL_VERSION).toJSON().collectAsList().stream().sorted().toList());
    }
    return others;
  }
}
