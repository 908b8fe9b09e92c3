package io.nightfeed.report;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How much of a job's queries the RAPIDS Accelerator's planner would place on a GPU, in operators
 * of physical plans. {@code gpu/coverage.tsv} holds what {@code make test-rapids} found.
 *
 * @param job or {@value #ALL}
 * @param queries differing plans
 * @param operators of these
 * @param onGpu operators that the planner places on the GPU
 * @param boundary operators that nothing in Spark SQL could place there; see {@link
 *     CpuOperator.Kind#BOUNDARY}
 */
public record GpuCoverage(String job, long queries, long operators, long onGpu, long boundary) {
  /** All jobs together. */
  public static final String ALL = "all";

  /** Of the file. */
  public static final String HEADER = "job\tqueries\toperators\ton_gpu\tboundary";

  /** As written down, by job. */
  public static Map<String, GpuCoverage> written() {
    var written = new LinkedHashMap<String, GpuCoverage>();
    CpuOperator.resource("/gpu/coverage.tsv")
        .lines()
        .skip(1)
        .map(GpuCoverage::parse)
        .forEach(one -> written.put(one.job(), one));
    return written;
  }

  /** Operators on the GPU, of all that are not at the boundary. */
  public double share() {
    return (double) onGpu / (operators - boundary);
  }

  /** Operators on the GPU, of all. */
  public double shareOfAll() {
    return (double) onGpu / operators;
  }

  public GpuCoverage plus(GpuCoverage other) {
    return new GpuCoverage(
        job,
        queries + other.queries,
        operators + other.operators,
        onGpu + other.onGpu,
        boundary + other.boundary);
  }

  /** The same counts under another name. */
  public GpuCoverage of(String name) {
    return new GpuCoverage(name, queries, operators, onGpu, boundary);
  }

  /** For people and programs. */
  public String line() {
    var name = job.equals(ALL) ? "" : "." + job;
    return "gpu.coverage%s=%.3f gpu.of_all_operators%s=%.3f (%,d queries, %,d operators: %,d on the GPU, %,d at the boundary)"
        .formatted(name, share(), name, shareOfAll(), queries, operators, onGpu, boundary);
  }

  /** A line of the file. */
  public String row() {
    return String.join(
        "\t",
        job,
        Long.toString(queries),
        Long.toString(operators),
        Long.toString(onGpu),
        Long.toString(boundary));
  }

  private static GpuCoverage parse(String row) {
    var cells = row.split("\t");
    return new GpuCoverage(
        cells[0],
        Long.parseLong(cells[1]),
        Long.parseLong(cells[2]),
        Long.parseLong(cells[3]),
        Long.parseLong(cells[4]));
  }
}
