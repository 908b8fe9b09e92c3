package io.nightfeed.udfs.rapids;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.annotate.AnnotateJob;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.generate.GenerateJob;
import io.nightfeed.ingest.IngestJob;
import io.nightfeed.profile.ProfileJob;
import io.nightfeed.recommend.RecommendJob;
import io.nightfeed.reply.ReplyJob;
import io.nightfeed.report.CpuOperator;
import io.nightfeed.report.GpuCoverage;
import io.nightfeed.report.ReportJob;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Job;
import io.nightfeed.run.JobRunner;
import io.nightfeed.train.TrainJob;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs every job on the data sample, on the CPU, while the accelerator explains how it would place
 * each query on a GPU. Nothing runs on one: these are plans.
 */
class GpuPlansTest {
  private static final Path PROJECT = Path.of("../..");
  private static final LocalDate BACKLOG = LocalDate.of(2025, 6, 2);
  private static final LocalDate NIGHT = BACKLOG.plusDays(1);

  /** How far a share may lie below the one that is written down before that must be corrected. */
  private static final double TOLERANCE = 0.01;

  /** What is asked of all jobs together. */
  private static final double GOAL = 0.95;

  /** What commands answer, and Delta 2.4's looks into its log. */
  private static final Set<String> OF_DELTA_2_4 = Set.of("CommandResultExec", "MapElementsExec");

  private static final Job INGEST = new IngestJob();
  private static final Job PROFILE = new ProfileJob();
  private static final Job TRAIN = new TrainJob();
  private static final Job RECOMMEND = new RecommendJob();
  private static final List<Job> ALL =
      List.of(
          INGEST,
          new AnnotateJob(),
          PROFILE,
          TRAIN,
          RECOMMEND,
          new GenerateJob(),
          new ReplyJob(),
          new ReportJob());

  /** What is off by default makes other queries. */
  private static final Map<String, String> EVERYTHING_ON =
      Map.of(
          "recommend.reranking.diversity", "0.3",
          "recommend.reranking.freshness-half-life-days", "7.0",
          "recommend.reranking.calibration", "0.3",
          "recommend.reranking.exploration-share", "0.1",
          "recommend.posts-per-block", "50",
          "profile.dwell-weight", "0.5",
          "train.warm-start", "true");

  @TempDir static Path folder;
  private static List<PlannedQuery> queries;

  @BeforeAll
  static void runNights() throws IOException {
    // The same people as on every other run, so that the same queries are asked.
    Files.writeString(folder.resolve("key"), "07".repeat(32));
    try (var log = new PlannerLog()) {
      run(List.of(INGEST), BACKLOG, Map.of());
      run(ALL, NIGHT, Map.of());
      // Nothing arrives: what differs is a model that served before, and what is off by default.
      run(List.of(PROFILE, TRAIN, RECOMMEND), NIGHT.plusDays(1), EVERYTHING_ON);
      queries = log.queries();
    }
    keepPlans();
  }

  @Test
  void everyJob_isPlanned() {
    assertThat(queries.stream().map(PlannedQuery::job).distinct())
        .containsExactlyInAnyOrderElementsOf(ALL.stream().map(Job::name).toList());
  }

  @Test
  void whatStaysOnTheCpu_isListedWithItsReason() {
    var listed = CpuOperator.all();
    var unlisted = new TreeMap<String, TreeSet<String>>();
    for (var query : queries) {
      for (var operator : query.operators()) {
        for (var cause : operator.causes()) {
          if (knowsDelta() && OF_DELTA_2_4.contains(cause.name())) {
            continue;
          }
          if (listed.stream()
              .noneMatch(one -> one.covers(query.job(), cause.name(), cause.reason()))) {
            unlisted
                .computeIfAbsent(
                    query.job() + " | " + cause.name() + " | " + cause.reason(),
                    unknown -> new TreeSet<>())
                .add(query.origin());
          }
        }
      }
    }
    assertThat(unlisted)
        .as(
            "These stay on the CPU, and gpu/cpu-operators.md does not say why. Give them a form that the GPU has, or list them; the plans are in udfs/rapids/target/gpu-plans.txt")
        .isEmpty();
  }

  /** The line of Spark 3.4 and Delta 2.4; the accelerator has none for Delta 3.3. */
  @Test
  @EnabledIf("knowsDelta")
  void delta_staysNowhereOnTheCpu() {
    var scans = operators().filter(one -> one.name().equals("FileSourceScanExec")).toList();
    System.out.printf("gpu.scans=%d%n", scans.size());
    assertThat(scans).isNotEmpty();
    assertThat(operators().flatMap(one -> one.causes().stream()))
        .noneMatch(cause -> cause.reason().contains("Delta"));
  }

  @Test
  @DisabledIf("knowsDelta")
  void entriesThatNothingNeeds_areTakenOut() {
    var idle =
        CpuOperator.all().stream()
            .filter(
                one ->
                    queries.stream()
                        .noneMatch(
                            query ->
                                query.operators().stream()
                                    .flatMap(operator -> operator.causes().stream())
                                    .anyMatch(
                                        cause ->
                                            one.covers(query.job(), cause.name(), cause.reason()))))
            .toList();
    assertThat(idle).as("entries of gpu/cpu-operators.md that no plan needs").isEmpty();
  }

  @Test
  void coverage_isAsWrittenDown() {
    var measured = measured();
    var printed =
        measured.values().stream().map(GpuCoverage::line).collect(joining(System.lineSeparator()));
    System.out.println(printed);
    var written = GpuCoverage.written();
    assertThat(measured.keySet()).isEqualTo(written.keySet());
    assertThat(measured.get(GpuCoverage.ALL).share()).as(printed).isGreaterThanOrEqualTo(GOAL);
    if (knowsDelta()) {
      return;
    }
    measured.forEach(
        (job, coverage) ->
            assertThat(coverage.share())
                .as("%s, in gpu/coverage.tsv; measured now:%n%s", job, printed)
                .isBetween(written.get(job).share() - TOLERANCE, written.get(job).share() + 0.05));
  }

  /** What is written down is of the other line, where Delta's nodes stay on the CPU. */
  private static boolean knowsDelta() {
    return PlanningSession.get().version().startsWith("3.4.");
  }

  private static Stream<PlannedQuery.Operator> operators() {
    return queries.stream().flatMap(query -> query.operators().stream());
  }

  private static Map<String, GpuCoverage> measured() {
    var listed = CpuOperator.all();
    var measured = new TreeMap<String, GpuCoverage>();
    for (var query : queries) {
      var one = query.coverage(listed);
      measured.merge(query.job(), one, GpuCoverage::plus);
      measured.merge(GpuCoverage.ALL, one.of(GpuCoverage.ALL), GpuCoverage::plus);
    }
    return measured;
  }

  private static void keepPlans() throws IOException {
    var text =
        queries.stream()
            .map(
                query ->
                    "== %s, asked by %s%n%s%n"
                        .formatted(query.job(), query.origin(), query.explained()))
            .collect(joining("\n"));
    Files.writeString(Files.createDirectories(Path.of("target")).resolve("gpu-plans.txt"), text);
    Files.writeString(
        Path.of("target", "gpu-coverage.tsv"),
        GpuCoverage.HEADER
            + measured().values().stream()
                .map(GpuCoverage::row)
                .collect(joining("\n", "\n", "\n")));
  }

  private static void run(List<Job> jobs, LocalDate night, Map<String, String> others) {
    var values = new HashMap<>(others);
    // Plans do not depend on how long a fit goes on.
    values.put("train.iterations", "1");
    values.put("train.calibration-rounds", "1");
    values.put("train.rank", "4");
    values.put("raw-folder", quoted(PROJECT.resolve("data-samples/raw")));
    values.put("lake-folder", quoted(folder));
    values.put("models-folder", quoted(PROJECT.resolve("target/models")));
    values.put("pseudonyms.key-file", quoted(folder.resolve("key")));
    var settings = SettingsLoader.load(List.of(PROJECT.resolve("conf/demo.conf")), values);
    var printed = new StringWriter();
    var runner =
        new JobRunner(PlanningSession.get(), settings, new PrintWriter(printed), Clock.systemUTC());
    assertThat(runner.run(jobs, night)).as(printed.toString()).isEqualTo(ExitCode.OK);
  }

  private static String quoted(Path path) {
    return "\"" + path + "\"";
  }
}
