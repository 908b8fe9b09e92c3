package io.nightfeed.run;

import com.sun.management.GarbageCollectorMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The most memory of this process while it is watched. */
public final class PeakMemory implements AutoCloseable {
  private static final double MEGABYTE = 1 << 20;

  /** Names of the heap's parts. */
  private static final List<String> HEAP =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .map(MemoryPoolMXBean::getName)
          .toList();

  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private volatile long heap;
  private volatile long resident;

  /** Milliseconds after the process began. */
  private long since;

  private PeakMemory() {}

  /** Looks every other second, collecting all garbage before. */
  public static PeakMemory watch() {
    var memory = new PeakMemory();
    memory.clock.scheduleWithFixedDelay(memory::look, 0, 2, TimeUnit.SECONDS);
    return memory;
  }

  /** Looks at what the collections of the meantime left, and costs nothing but one of its own. */
  public static PeakMemory watchQuietly() {
    var memory = new PeakMemory();
    memory.since = ManagementFactory.getRuntimeMXBean().getUptime();
    System.gc();
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
    var collectors = ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class);
    for (var collector : collectors) {
      var last = collector.getLastGcInfo();
      if (last != null && last.getStartTime() >= since) {
        var left = last.getMemoryUsageAfterGc();
        heap = Math.max(heap, HEAP.stream().mapToLong(pool -> left.get(pool).getUsed()).sum());
      }
    }
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
