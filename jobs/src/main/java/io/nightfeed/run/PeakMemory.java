package io.nightfeed.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The most memory of this process while it is watched, looked at every other second. */
public final class PeakMemory implements AutoCloseable {
  private static final double MEGABYTE = 1 << 20;

  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private volatile long heap;
  private volatile long resident;

  private PeakMemory() {}

  public static PeakMemory watch() {
    var memory = new PeakMemory();
    memory.clock.scheduleWithFixedDelay(memory::look, 0, 2, TimeUnit.SECONDS);
    return memory;
  }

  /** What objects in use took, after a full collection. */
  public double heapMegabytes() {
    return heap / MEGABYTE;
  }

  /** What the kernel saw, native libraries and free heap included; 0 where there is no /proc. */
  public double residentMegabytes() {
    return resident / MEGABYTE;
  }

  private void look() {
    resident = Math.max(resident, resident());
    System.gc();
    heap = Math.max(heap, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
  }

  private static long resident() {
    var status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    try (var lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + status, e);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
