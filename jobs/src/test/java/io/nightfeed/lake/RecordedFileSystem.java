package io.nightfeed.lake;

import io.nightfeed.SparkTest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.SparkSession;

/** Hadoop's local file system under the scheme {@code recorded}: it tells {@link DiskChanges}. */
public final class RecordedFileSystem extends LocalFileSystem {
  static final String SCHEME = "recorded";
  private static final URI ROOT = URI.create(SCHEME + ":///");

  public RecordedFileSystem() {
    super(new Raw());
  }

  /** A session whose plain paths are recorded ones. */
  static SparkSession session() {
    var spark = SparkTest.spark().newSession();
    // Delta asks the process's properties for its log stores.
    SparkEnv.get()
        .conf()
        .set("spark.delta.logStore." + SCHEME + ".impl", LinkLogStore.class.getName());
    spark.conf().set("fs." + SCHEME + ".impl", RecordedFileSystem.class.getName());
    spark.conf().set("fs.defaultFS", ROOT.toString());
    return spark;
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  private static final class Raw extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return ROOT;
    }

    @Override
    protected OutputStream createOutputStream(org.apache.hadoop.fs.Path file, boolean append)
        throws IOException {
      return recorded(file, () -> super.createOutputStream(file, append));
    }

    @Override
    protected OutputStream createOutputStreamWithMode(
        org.apache.hadoop.fs.Path file, boolean append, FsPermission permission)
        throws IOException {
      return recorded(file, () -> super.createOutputStreamWithMode(file, append, permission));
    }

    @Override
    public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
        throws IOException {
      return DiskChanges.make(
          new Change(Change.Kind.MOVE, local(from), local(to), null), () -> super.rename(from, to));
    }

    @Override
    public boolean delete(org.apache.hadoop.fs.Path file, boolean recursive) throws IOException {
      return exists(file)
          && DiskChanges.make(
              Change.of(Change.Kind.DELETE, local(file)), () -> super.delete(file, recursive));
    }

    @Override
    protected boolean mkOneDirWithMode(
        org.apache.hadoop.fs.Path path, java.io.File folder, FsPermission permission)
        throws IOException {
      return !folder.exists()
          && DiskChanges.make(
              Change.of(Change.Kind.FOLDER, DiskChanges.local(folder)),
              () -> super.mkOneDirWithMode(path, folder, permission));
    }

    private OutputStream recorded(
        org.apache.hadoop.fs.Path path, DiskChanges.Making<OutputStream> creation)
        throws IOException {
      var file = local(path);
      return new RecordedStream(
          file, DiskChanges.make(Change.of(Change.Kind.CREATE, file), creation));
    }

    private Path local(org.apache.hadoop.fs.Path path) {
      return DiskChanges.local(pathToFile(path));
    }
  }

  private static final class RecordedStream extends OutputStream {
    private final Path file;
    private final OutputStream out;

    RecordedStream(Path file, OutputStream out) {
      this.file = file;
      this.out = out;
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      DiskChanges.make(
          Change.write(file, bytes, offset, length),
          () -> {
            out.write(bytes, offset, length);
            return null;
          });
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
