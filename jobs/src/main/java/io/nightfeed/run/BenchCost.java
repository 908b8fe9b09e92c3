package io.nightfeed.run;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;

/**
 * What a piece of work took.
 *
 * @param seconds on the wall
 * @param cpuSeconds of all threads of this process, the compiler's and the collector's included
 */
public record BenchCost(double seconds, double cpuSeconds) {

  /** Does the work. */
  public static BenchCost of(Callable<?> work) throws Exception {
    var cpu = cpuNanos();
    var start = System.nanoTime();
    work.call();
    var seconds = (System.nanoTime() - start) / 1e9;
    return new BenchCost(seconds, (cpuNanos() - cpu) / 1e9);
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }
}
