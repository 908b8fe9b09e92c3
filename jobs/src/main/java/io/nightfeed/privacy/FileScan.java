package io.nightfeed.privacy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Which files hold a marker, whatever a table's log says of them: files of old versions, leftovers
 * and hidden files are files too. Parquet files are read by value, since their pages are
 * compressed; gzip is decompressed; of all files the bytes are searched as they are.
 */
final class FileScan {
  private static final String PARQUET = ".parquet";
  private static final int SNIFFED_BYTES = 8192;

  private FileScan() {}

  /**
   * The files that hold a marker, or cannot be read so that nobody knows, in the order of their
   * names.
   *
   * @param roots folders, searched to their depths
   */
  static List<Path> holding(SparkSession spark, Collection<Path> roots, Markers markers) {
    var files = new ArrayList<String>();
    for (var root : roots) {
      if (Files.isDirectory(root)) {
        try (var tree = Files.walk(root)) {
          tree.filter(Files::isRegularFile).map(Path::toString).sorted().forEach(files::add);
        } catch (IOException e) {
          throw new UncheckedIOException("Cannot list " + root, e);
        }
      }
    }
    if (files.isEmpty()) {
      return List.of();
    }
    var context = new JavaSparkContext(spark.sparkContext());
    var shared = context.broadcast(markers);
    int parts = Math.min(files.size(), 4 * context.defaultParallelism());
    return context
        .parallelize(files, parts)
        .filter(file -> holds(Path.of(file), shared.value()))
        .collect()
        .stream()
        .map(Path::of)
        .sorted()
        .toList();
  }

  static boolean holds(Path file, Markers markers) {
    var name = file.getFileName().toString();
    if (markers.areIn(name.getBytes(StandardCharsets.UTF_8))) {
      return true;
    }
    try {
      var isBinary = isBinary(file);
      try (var in = new BufferedInputStream(Files.newInputStream(file))) {
        if ((isBinary ? markers.inBinary() : markers).areIn(in)) {
          return true;
        }
      }
      if (name.endsWith(".gz")) {
        try (InputStream in =
            new GZIPInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
          return markers.areIn(in);
        }
      }
      return name.endsWith(PARQUET) && isInValues(file, markers);
    } catch (IOException | RuntimeException unreadable) {
      return true;
    }
  }

  private static boolean isBinary(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      for (var b : in.readNBytes(SNIFFED_BYTES)) {
        if (b == 0) {
          return true;
        }
      }
      return false;
    }
  }

  private static boolean isInValues(Path file, Markers markers) throws IOException {
    var path = new org.apache.hadoop.fs.Path(file.toUri());
    var configuration = new Configuration();
    MessageType schema;
    try (var reader = ParquetFileReader.open(HadoopInputFile.fromPath(path, configuration))) {
      var metadata = reader.getFileMetaData();
      var notes = metadata.getKeyValueMetaData().values();
      if (notes.stream().anyMatch(note -> markers.areIn(note.getBytes(StandardCharsets.UTF_8)))) {
        return true;
      }
      schema = metadata.getSchema();
    }
    var strings = strings(schema);
    if (strings.isEmpty()) {
      return false;
    }
    // Numbers, such as embeddings, hold no identifier and are most of the bytes.
    configuration.set(
        ReadSupport.PARQUET_READ_SCHEMA, new MessageType(schema.getName(), strings).toString());
    try (var rows =
        ParquetReader.builder(new GroupReadSupport(), path).withConf(configuration).build()) {
      for (var row = rows.read(); row != null; row = rows.read()) {
        if (isIn(row, markers)) {
          return true;
        }
      }
    }
    return false;
  }

  private static List<Type> strings(GroupType group) {
    var kept = new ArrayList<Type>();
    for (var field : group.getFields()) {
      if (field.isPrimitive()) {
        if (field.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY) {
          kept.add(field);
        }
      } else if (!strings(field.asGroupType()).isEmpty()) {
        kept.add(field.asGroupType().withNewFields(strings(field.asGroupType())));
      }
    }
    return kept;
  }

  private static boolean isIn(Group row, Markers markers) {
    var type = row.getType();
    for (int field = 0; field < type.getFieldCount(); field++) {
      for (int i = 0; i < row.getFieldRepetitionCount(field); i++) {
        var found =
            type.getType(field).isPrimitive()
                ? markers.areIn(row.getBinary(field, i).getBytes())
                : isIn(row.getGroup(field, i), markers);
        if (found) {
          return true;
        }
      }
    }
    return false;
  }
}
