package io.nightfeed.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * What stays on the CPU where a cluster has GPUs: an entry of {@code gpu/cpu-operators.md}, the
 * list of all that the RAPIDS Accelerator's planner may leave there.
 *
 * @param job such as {@code profile}; {@value #ANY} for every job
 * @param operator or expression, as Spark names its class; of a function of ours {@code ScalaUDF}
 * @param reason a part of what the planner says
 * @param kind whether a GPU form can be had
 * @param why in words
 */
public record CpuOperator(String job, String operator, String reason, Kind kind, String why) {
  /** Every job. */
  public static final String ANY = "any";

  private static final String LIST = "/gpu/cpu-operators.md";
  private static final int CELLS = 5;

  /** Why something is not planned on the GPU. */
  public enum Kind {
    /**
     * Not Spark SQL's own: tables of a Delta that the planner does not know, rows that the driver
     * or an RDD holds, functions, annotators and typed maps of ours. Outside of the coverage.
     */
    BOUNDARY,
    /** Spark SQL that stays on the CPU: the coverage counts it. */
    NO_GPU_FORM,
    /** Stays because what it reads or feeds does: the coverage counts it. */
    NEIGHBOUR
  }

  /** The entries, in the file's order. */
  public static List<CpuOperator> all() {
    return text().lines().filter(line -> line.startsWith("| `")).map(CpuOperator::parse).toList();
  }

  /** Whether this entry speaks of what the planner said of a job's operator or expression. */
  public boolean covers(String ofJob, String name, String said) {
    return (job.equals(ANY) || job.equals(ofJob)) && operator.equals(name) && said.contains(reason);
  }

  static String text() {
    return resource(LIST);
  }

  static String resource(String name) {
    try (var stream = CpuOperator.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the resource " + name, e);
    }
  }

  private static CpuOperator parse(String line) {
    var cells = line.split("\\|");
    if (cells.length != CELLS + 1) {
      throw new IllegalArgumentException(
          "%s: %d cells, expected %d in: %s".formatted(LIST, cells.length - 1, CELLS, line));
    }
    return new CpuOperator(
        cell(cells[1]),
        cell(cells[2]),
        cell(cells[3]),
        Kind.valueOf(cell(cells[4]).toUpperCase(java.util.Locale.ROOT).replace(' ', '_')),
        cell(cells[5]));
  }

  private static String cell(String text) {
    return text.replace("`", "").strip();
  }
}
