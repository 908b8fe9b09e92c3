package io.nightfeed.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The most memory of this process while it is watched. */
public final class PeakMemory implements AutoCloseable {
  private static final double MEGABYTE = 1 << 20;

  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private volatile long heap;
  private volatile long resident;

  private PeakMemory() {}

  /** Looks every other second, collecting all garbage before. */
  public static PeakMemory watch() {
    var memory = new PeakMemory();
    memory.clock.scheduleWithFixedDelay(memory::look, 0, 2, TimeUnit.SECONDS);
    return memory;
  }

  /** Looks at what the last collection of each part of the heap left, and costs nothing. */
  public static PeakMemory watchQuietly() {
    var memory = new PeakMemory();
    memory.clock.scheduleWithFixedDelay(
        memory::lookAtLastCollection, 0, 200, TimeUnit.MILLISECONDS);
    return memory;
  }

  /** What objects in use took, after a collection. */
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

  private void lookAtLastCollection() {
    resident = Math.max(resident, resident());
    long used = 0;
    for (var pool : ManagementFactory.getMemoryPoolMXBeans()) {
      var left = pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
      used += left == null ? 0 : left.getUsed();
    }
    heap = Math.max(heap, used);
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
