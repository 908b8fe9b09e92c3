package io.nightfeed.lake;

import io.delta.kernel.Scan;
import io.delta.kernel.Table;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.data.ScanStateRow;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;

/**
 * Rows and sums of a Delta table as Delta Kernel reads them, which shares no code with Spark's
 * reader.
 */
public final class DeltaKernelSums {
  private final Map<String, Double> sums = new TreeMap<>();
  private long rows;

  private DeltaKernelSums() {}

  /** Reads the newest version of the table in a folder. */
  public static DeltaKernelSums of(Path table) throws IOException {
    var sums = new DeltaKernelSums();
    var engine = DefaultEngine.create(new Configuration());
    var scan =
        Table.forPath(engine, table.toString())
            .getLatestSnapshot(engine)
            .getScanBuilder(engine)
            .build();
    var state = scan.getScanState(engine);
    try (var files = scan.getScanFiles(engine)) {
      while (files.hasNext()) {
        try (var rowsOfFiles = files.next().getRows()) {
          while (rowsOfFiles.hasNext()) {
            sums.addFile(engine, state, rowsOfFiles.next());
          }
        }
      }
    }
    return sums;
  }

  public long rows() {
    return rows;
  }

  /** Sums of the columns of numbers, by name; a column without a value has none. */
  public Map<String, Double> sums() {
    return sums;
  }

  private void addFile(Engine engine, io.delta.kernel.data.Row state, io.delta.kernel.data.Row file)
      throws IOException {
    var physical =
        engine
            .getParquetHandler()
            .readParquetFiles(
                Utils.singletonCloseableIterator(InternalScanFileUtils.getAddFileStatus(file)),
                ScanStateRow.getPhysicalDataReadSchema(engine, state),
                Optional.empty());
    try (var batches = Scan.transformPhysicalData(engine, state, file, physical)) {
      while (batches.hasNext()) {
        add(batches.next());
      }
    }
  }

  private void add(FilteredColumnarBatch batch) {
    var data = batch.getData();
    var chosen = batch.getSelectionVector();
    for (var row = 0; row < data.getSize(); row++) {
      if (chosen.isPresent() && (chosen.get().isNullAt(row) || !chosen.get().getBoolean(row))) {
        continue;
      }
      rows++;
      for (var column = 0; column < data.getSchema().length(); column++) {
        var field = data.getSchema().at(column);
        var vector = data.getColumnVector(column);
        if (isNumber(field.getDataType()) && !vector.isNullAt(row)) {
          sums.merge(field.getName(), number(vector, row), Double::sum);
        }
      }
    }
  }

  private static boolean isNumber(DataType type) {
    return type instanceof IntegerType
        || type instanceof LongType
        || type instanceof FloatType
        || type instanceof DoubleType;
  }

  private static double number(ColumnVector vector, int row) {
    var type = vector.getDataType();
    if (type instanceof IntegerType) {
      return vector.getInt(row);
    }
    if (type instanceof LongType) {
      return vector.getLong(row);
    }
    return type instanceof FloatType ? vector.getFloat(row) : vector.getDouble(row);
  }
}
