package io.nightfeed.lake;

import io.nightfeed.SparkTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process that publishes slices of {@link CrashTable}, attempt after attempt, says before each
 * that it starts and after each that it is published, and never ends by itself.
 */
final class PublishingProcess {
  private static final String STARTED = "started ";
  private static final String PUBLISHED = "published ";

  private final Process process;
  private final Path log;
  private final BufferedReader output;
  private final List<Integer> published = new ArrayList<>();
  private int started;
  private long startedAt = System.nanoTime();
  private long attemptTook;

  /**
   * @param log where the process's error output goes
   * @param haltAfter after how many changes on the disk the process halts; never where negative
   */
  PublishingProcess(Path lake, int firstAttempt, Path log, long haltAfter) throws IOException {
    process =
        java(
                log,
                PublishingProcess.class,
                lake.toString(),
                String.valueOf(firstAttempt),
                String.valueOf(haltAfter))
            .start();
    output = process.inputReader();
    this.log = log;
  }

  /** A process of this test's Java, class path and options, with less memory. */
  static ProcessBuilder java(Path log, Class<?> main, String... arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("--add-opens") || option.startsWith("-XX:+Ignore"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx512m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            // Started often, and from classes that were verified often enough.
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:-BytecodeVerificationRemote",
            "-Duser.timezone=UTC",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
  }

  /**
   * Kills the process while it publishes.
   *
   * @param attempt which attempt must have started
   * @param share how far into it, as a share of the time that the attempt before it took
   */
  void killDuring(int attempt, double share) throws IOException, InterruptedException {
    while (started < attempt) {
      readLine();
    }
    TimeUnit.NANOSECONDS.sleep((long) (share * attemptTook));
    // Through its handle: the process itself would close its output, too.
    process.toHandle().destroyForcibly();
    awaitEnd();
  }

  /** Reads what the process said until its end. */
  int awaitEnd() throws IOException, InterruptedException {
    for (var line = output.readLine(); line != null; line = output.readLine()) {
      understand(line);
    }
    return process.waitFor();
  }

  /** The attempt that started last, 0 where none did. */
  int started() {
    return started;
  }

  /** The attempts that ended well, as far as anybody was told. */
  List<Integer> published() {
    return published;
  }

  private void readLine() throws IOException {
    var line = output.readLine();
    if (line == null) {
      throw new IllegalStateException(
          "The publishing process ended by itself: " + Files.readString(log));
    }
    understand(line);
  }

  private void understand(String line) {
    if (line.startsWith(STARTED)) {
      started = Integer.parseInt(line.substring(STARTED.length()));
      attemptTook = System.nanoTime() - startedAt;
      startedAt += attemptTook;
    } else if (line.startsWith(PUBLISHED)) {
      published.add(Integer.parseInt(line.substring(PUBLISHED.length())));
    }
  }

  /** The process: lake, first attempt, changes before it halts. */
  public static void main(String[] arguments) {
    var lake = Path.of(arguments[0]);
    var haltAfter = Long.parseLong(arguments[2]);
    var spark = haltAfter < 0 ? SparkTest.spark() : RecordedFileSystem.session();
    if (haltAfter >= 0) {
      DiskChanges.haltAfter(haltAfter);
    }
    for (var attempt = Integer.parseInt(arguments[1]); ; attempt++) {
      System.out.println(STARTED + attempt);
      CrashTable.publish(spark, lake, attempt);
      System.out.println(PUBLISHED + attempt);
    }
  }
}
