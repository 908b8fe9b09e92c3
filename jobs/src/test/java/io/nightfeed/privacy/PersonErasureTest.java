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

import io.nightfeed.SparkTest;
import io.nightfeed.ingest.IngestJob;
import io.nightfeed.lake.ContentHash;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nights, one of them run twice; then one of the people is forgotten, and a night follows. */
class PersonErasureTest {
  private static final LocalDate SECOND = FIRST.plusDays(1);
  private static final LocalDate THIRD = FIRST.plusDays(2);
  private static final LocalDate TODAY = FIRST.plusDays(9);

  @TempDir static Path folder;
  private static SmallPlatform platform;

  /** Whose pseudonym is the least: in whichever file it is, the statistics hold it. */
  private static int gone;

  private static String pseudonym;
  private static List<Path> foundBefore;
  private static Map<TableSpec, ContentHash> othersBefore;
  private static Map<TableSpec, ContentHash> othersAfter;
  private static Map<TableSpec, Long> rowsBefore;
  private static String planned;
  private static String printed;
  private static List<Path> left;
  private static List<String> naivelyFound;

  @BeforeAll
  static void forgetOne() throws IOException {
    platform = new SmallPlatform(folder);
    gone =
        IntStream.rangeClosed(1, SmallPlatform.PEOPLE)
            .boxed()
            .min(Comparator.comparing(platform::pseudonym))
            .orElseThrow();
    for (var night : List.of(FIRST, SECOND)) {
      platform.land(night);
      platform.run(night);
    }
    platform.run(SECOND);
    pseudonym = platform.pseudonym(gone);
    othersBefore = others();
    rowsBefore = rows();
    var traces = erasure(new StringWriter()).traces(Set.of(user(gone)));
    foundBefore =
        FileScan.holding(
            SparkTest.spark(), List.of(platform.lake.root(), platform.raw), traces.markers());
    var plan = new StringWriter();
    erasure(plan).plan(traces);
    planned = plan.toString();
    assertThat(rows()).isEqualTo(rowsBefore);

    var report = new StringWriter();
    left = erasure(report).run(traces, TODAY);
    printed = report.toString();
    othersAfter = others();
    naivelyFound = naiveSearch();

    platform.land(THIRD);
    platform.run(THIRD);
    platform.run(FIRST, List.of(new IngestJob()));
  }

  private static PersonErasure erasure(StringWriter out) {
    return new PersonErasure(
        SparkTest.spark(),
        platform.lake,
        platform.raw,
        platform.pseudonym(),
        new PrintWriter(out, true));
  }

  @Test
  void search_findsThemEverywhereBefore() {
    for (var part :
        List.of(
            "lake/silver/events/run_date",
            "lake/silver/events/_delta_log",
            "lake/silver/quarantine/run_date",
            "lake/silver/user_states/_delta_log",
            "lake/silver/text_annotations/run_date",
            "lake/gold/recommendations/run_date",
            "lake/gold/recommendations_latest/run_date=" + FIRST,
            "lake/models/interest",
            "lake/reports",
            "raw/posts")) {
      assertThat(foundBefore).as(part).anyMatch(file -> file.toString().contains(part));
    }
  }

  @Test
  void nothingIsLeftInAnyFile() {
    assertThat(left).isEmpty();
    assertThat(naivelyFound).isEmpty();
  }

  @Test
  void otherPeoplesRows_areAsTheyWere() {
    assertThat(othersAfter).isEqualTo(othersBefore);
    othersBefore.forEach((table, hash) -> assertThat(hash.rows()).as(table.name()).isPositive());
  }

  @Test
  void countsArePrintedByTable_andADryRunSaysTheSame() {
    assertThat(printed)
        .containsPattern("silver\\.events +\\d+ rows removed, 0 changed")
        .containsPattern("silver\\.quarantine +0 rows removed, 2 changed")
        .containsPattern("landing files +\\d+ lines removed")
        .contains("is now " + SECOND)
        .contains("report of " + FIRST + " removed");
    assertThat(planned.lines().filter(line -> line.contains("rows removed")).toList())
        .isEqualTo(printed.lines().filter(line -> line.contains("rows removed")).toList());
    assertThat(printed + planned).doesNotContain(user(gone)).doesNotContain(pseudonym);
  }

  @Test
  void reasonsThatQuotedThem_quoteNobody() {
    var reasons = platform.lake.all(Gold.RECOMMENDATIONS).select(REASON).collectAsList();
    assertThat(reasons)
        .noneMatch(row -> row.getString(0).contains("What " + letter(gone) + " wrote"));
  }

  @Test
  void nightsAfterwards_doNotBringThemBack() {
    for (var night : List.of(FIRST, THIRD)) {
      for (var table : List.of(Silver.EVENTS, Silver.USER_STATES, Gold.RECOMMENDATIONS)) {
        var slice = platform.lake.slice(table, night);
        assertThat(slice.where(col(USER_ID).equalTo(pseudonym)).count()).isZero();
      }
      assertThat(platform.lake.slice(Silver.EVENTS, night).count()).isPositive();
    }
    var counts =
        platform
            .lake
            .slice(Silver.INGEST_COUNTS, THIRD)
            .where(col(SOURCE).equalTo("events"))
            .first();
    // Landed anew after they were forgotten: four valid lines of events.
    assertThat(counts.<Long>getAs(OPTED_OUT)).isEqualTo(4);
    assertThat(counts.<Long>getAs(QUARANTINED)).isEqualTo(SmallPlatform.PEOPLE);
    var refused = platform.lake.slice(Silver.QUARANTINE, THIRD);
    assertThat(refused.where(col(RAW).isNull()).count()).isEqualTo(1);
    assertThat(platform.lake.slice(Gold.RECOMMENDATIONS, THIRD).count()).isPositive();
  }

  @Test
  void fileThatNobodyKnows_isNamed() throws IOException {
    var notes = platform.lake.root().resolve("notes.txt");
    Files.writeString(notes, "ask " + user(gone) + " again\n");
    try {
      var traces = new Traces(Set.of(user(gone)), Set.of(pseudonym), Set.of(), Set.of());
      assertThat(erasure(new StringWriter()).run(traces, TODAY)).contains(notes);
    } finally {
      Files.delete(notes);
    }
  }

  /** Rows that neither are theirs nor name them, of every table. */
  private static Map<TableSpec, ContentHash> others() {
    var posts = List.of(post(gone, FIRST), post(gone, SECOND)).toArray();
    // Whose comment stands below their post, and goes with it.
    var commenter = gone == 1 ? SmallPlatform.PEOPLE : gone - 1;
    var others = new LinkedHashMap<TableSpec, ContentHash>();
    var lake = platform.lake;
    for (var table : Stream.concat(Silver.ALL.stream(), Gold.ALL.stream()).toList()) {
      Dataset<Row> rows = lake.all(table);
      for (var column : table.personal().users()) {
        rows = rows.where(not(col(column).equalTo(pseudonym)));
      }
      for (var column : table.personal().posts()) {
        for (var post : posts) {
          var names =
              table.isArray(column) ? array_contains(col(column), post) : col(column).equalTo(post);
          rows = rows.where(not(names));
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
      if (List.of(Silver.OPT_OUTS, Silver.ERASED_IDS, Silver.LABELS_WANTED).contains(table)) {
        continue;
      }
      // A model that was rewritten has another version.
      others.put(table, ContentHash.of(rows.drop(MODEL_VERSION)));
    }
    return others;
  }

  private static Map<TableSpec, Long> rows() {
    return Stream.concat(Silver.ALL.stream(), Gold.ALL.stream())
        .collect(Collectors.toMap(table -> table, table -> platform.lake.all(table).count()));
  }

  /**
   * By other means than the search itself: every Parquet file as Spark shows it, others as text.
   */
  private static List<String> naiveSearch() throws IOException {
    var needles =
        List.of(
            user(gone),
            pseudonym.substring(0, 32),
            post(gone, FIRST),
            post(gone, SECOND),
            "What " + letter(gone) + " wrote",
            "Only number " + letter(gone) + " says");
    var found = new ArrayList<String>();
    List<Path> files;
    try (var tree = Files.walk(folder)) {
      files = tree.filter(Files::isRegularFile).toList();
    }
    for (var file : files) {
      var content = content(file);
      needles.stream().filter(content::contains).forEach(needle -> found.add(needle + " " + file));
    }
    return found;
  }

  private static String content(Path file) throws IOException {
    var name = file.getFileName().toString();
    if (name.endsWith(".parquet")) {
      return String.join(
          "\n", SparkTest.spark().read().parquet(file.toString()).toJSON().collectAsList());
    }
    if (name.endsWith(".gz")) {
      try (var in = new GZIPInputStream(Files.newInputStream(file))) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }
}
