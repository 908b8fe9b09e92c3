package io.nightfeed.udfs.rapids;

import static java.util.stream.Collectors.joining;

import io.nightfeed.report.CpuOperator;
import io.nightfeed.report.GpuCoverage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A query as the accelerator's planner explains it: one line for each operator and expression,
 * children indented below, {@code !} before what stays on the CPU.
 *
 * @param job that asked it
 * @param origin class of ours that asked it
 * @param explained the planner's words, without the numbers that Spark gives to columns
 */
record PlannedQuery(String job, String origin, String explained) {
  private static final String EXPRESSIONS = "not all expressions can be replaced";
  private static final Pattern LINE =
      Pattern.compile("^( *)([*!#@<?]) ?(?:([A-Za-z_]+) )?<([^>]*)> (.*)$");
  private static final String BECAUSE = "cannot run on GPU because ";

  /** An operator, and why it stays on the CPU: no causes where it does not. */
  record Operator(String name, List<Cause> causes) {
    boolean isOnGpu() {
      return causes.isEmpty();
    }
  }

  /** What stays on the CPU of itself, an operator or an expression, and why. */
  record Cause(String name, String reason) {}

  static PlannedQuery of(String job, String origin, String explained) {
    var lines = explained.replaceAll("#\\d+L?", "").strip().lines();
    return new PlannedQuery(
        job, origin, lines.map(PlannedQuery::withSortedReasons).collect(joining("\n")));
  }

  /** The planner gives several reasons in any order. */
  private static String withSortedReasons(String line) {
    int start = line.indexOf(BECAUSE);
    if (start < 0) {
      return line;
    }
    int reasons = start + BECAUSE.length();
    return line.substring(0, reasons)
        + Arrays.stream(line.substring(reasons).split("; ")).sorted().collect(joining("; "));
  }

  /**
   * The operators, each with why it stays on the CPU itself or, if it need not, what in it does.
   */
  List<Operator> operators() {
    var operators = new ArrayList<Operator>();
    // Operators that a line may be part of: indentation, number, whether it stays for itself.
    var open = new ArrayList<int[]>();
    for (var line : explained.split("\n")) {
      var found = LINE.matcher(line);
      if (!found.matches()) {
        continue;
      }
      int indent = found.group(1).length();
      var name = found.group(4);
      open.removeIf(one -> one[0] >= indent);
      int start = found.group(5).indexOf(BECAUSE);
      boolean stays = found.group(2).equals("!") && start >= 0;
      var reason = stays ? found.group(5).substring(start + BECAUSE.length()) : EXPRESSIONS;
      boolean hasReason = !reason.strip().equals(EXPRESSIONS);
      if (isOperator(found.group(3), name)) {
        open.add(new int[] {indent, operators.size(), hasReason ? 1 : 0});
        operators.add(new Operator(name, new ArrayList<>()));
      } else if (open.isEmpty() || open.get(open.size() - 1)[2] == 1) {
        continue;
      }
      if (hasReason) {
        operators.get(open.get(open.size() - 1)[1]).causes().add(new Cause(name, reason));
      }
    }
    return operators;
  }

  /** Counts the operators; one is at the boundary where all that keeps it on the CPU is. */
  GpuCoverage coverage(List<CpuOperator> listed) {
    long onGpu = 0;
    long boundary = 0;
    var operators = operators();
    for (var operator : operators) {
      if (operator.isOnGpu()) {
        onGpu++;
      } else if (operator.causes().stream().allMatch(cause -> isBoundary(cause, listed))) {
        boundary++;
      }
    }
    return new GpuCoverage(job, 1, operators.size(), onGpu, boundary);
  }

  private boolean isBoundary(Cause cause, List<CpuOperator> listed) {
    return listed.stream()
        .filter(one -> one.covers(job, cause.name(), cause.reason()))
        .anyMatch(one -> one.kind() == CpuOperator.Kind.BOUNDARY);
  }

  /** Where the planner knows no rule it names no kind. */
  private static boolean isOperator(String kind, String name) {
    return kind == null ? name.endsWith("Exec") : kind.equals("Exec");
  }
}
