package io.nightfeed.lake;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import scala.Tuple2;

/**
 * Counts distinct hashes among many of which nearly all are. Grouping them, as Spark counts
 * distinct values, keeps each in a table; shuffling and sorting them as rows handles each by
 * itself. Here they move in bundles, each of one of many parts, and every part is sorted as an
 * array of numbers.
 */
final class DistinctCount {
  /** About so many hashes are sorted at once. */
  private static final long PART = 100_000;

  private static final int MOST_PARTS = 10_000;

  /** Hashes that a task bundles at once, in all parts together. */
  private static final int KEPT = 4_000_000;

  private static final int MOST_IN_BUNDLE = 4_096;

  private DistinctCount() {}

  /**
   * One number for each task: how many distinct values it saw, which no other did.
   *
   * @param hashes spread evenly over all numbers
   * @param count how many there are, about
   */
  static Dataset<Long> of(Dataset<Long> hashes, long count) {
    int parts = (int) Math.max(1, Math.min(count / PART, MOST_PARTS));
    MapPartitionsFunction<Long, Tuple2<Integer, byte[]>> bundled =
        values -> new Bundles(values, parts);
    MapPartitionsFunction<Tuple2<Integer, byte[]>, Long> counted = DistinctCount::counted;
    var bundles = hashes.mapPartitions(bundled, Encoders.tuple(Encoders.INT(), Encoders.BINARY()));
    var part = bundles.col("_1");
    return bundles
        .repartition(part)
        .sortWithinPartitions(part)
        .mapPartitions(counted, Encoders.LONG());
  }

  /**
   * @param bundles all of some parts, those of a part one after another
   */
  private static Iterator<Long> counted(Iterator<Tuple2<Integer, byte[]>> bundles) {
    long distinct = 0;
    int part = -1;
    var ofPart = new ArrayList<byte[]>();
    while (bundles.hasNext()) {
      var bundle = bundles.next();
      if (bundle._1() != part) {
        distinct += distinct(ofPart);
        ofPart.clear();
        part = bundle._1();
      }
      ofPart.add(bundle._2());
    }
    return List.of(distinct + distinct(ofPart)).iterator();
  }

  private static long distinct(List<byte[]> bundles) {
    var values = new long[bundles.stream().mapToInt(bundle -> bundle.length / Long.BYTES).sum()];
    int next = 0;
    for (var bundle : bundles) {
      int size = bundle.length / Long.BYTES;
      ByteBuffer.wrap(bundle).asLongBuffer().get(values, next, size);
      next += size;
    }
    Arrays.sort(values);
    long distinct = 0;
    for (int i = 0; i < values.length; i++) {
      if (i == 0 || values[i] != values[i - 1]) {
        distinct++;
      }
    }
    return distinct;
  }

  /** Values by their part, as many together as may be. */
  private static final class Bundles implements Iterator<Tuple2<Integer, byte[]>> {
    private final Iterator<Long> values;
    private final int bundleBytes;
    private final ByteBuffer[] open;
    private final ArrayDeque<Tuple2<Integer, byte[]>> ready = new ArrayDeque<>();

    Bundles(Iterator<Long> values, int parts) {
      this.values = values;
      bundleBytes = Math.min(MOST_IN_BUNDLE, KEPT / parts) * Long.BYTES;
      open = new ByteBuffer[parts];
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && values.hasNext()) {
        add(values.next());
      }
      if (ready.isEmpty()) {
        for (int part = 0; part < open.length; part++) {
          close(part);
        }
      }
      return !ready.isEmpty();
    }

    @Override
    public Tuple2<Integer, byte[]> next() {
      return ready.remove();
    }

    private void add(long value) {
      int part = Math.floorMod(value, open.length);
      if (open[part] == null) {
        open[part] = ByteBuffer.allocate(bundleBytes);
      }
      open[part].putLong(value);
      if (!open[part].hasRemaining()) {
        close(part);
      }
    }

    private void close(int part) {
      if (open[part] != null) {
        ready.add(Tuple2.apply(part, Arrays.copyOf(open[part].array(), open[part].position())));
        open[part] = null;
      }
    }
  }
}
