package io.nightfeed.lake;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** A channel that tells {@link DiskChanges} what it writes and forces. */
final class RecordedChannel extends FileChannel {
  private final Path file;
  private final FileChannel channel;

  RecordedChannel(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    var written = new byte[bytes.remaining()];
    bytes.get(written);
    DiskChanges.make(
        Change.write(file, written, 0, written.length),
        () -> {
          var rest = ByteBuffer.wrap(written);
          while (rest.hasRemaining()) {
            channel.write(rest);
          }
          return null;
        });
    return written.length;
  }

  @Override
  public void force(boolean withMetadata) throws IOException {
    DiskChanges.make(
        Change.of(Change.Kind.FORCE, file),
        () -> {
          channel.force(withMetadata);
          return null;
        });
  }

  @Override
  protected void implCloseChannel() throws IOException {
    channel.close();
  }

  @Override
  public int read(ByteBuffer bytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long read(ByteBuffer[] bytes, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long write(ByteBuffer[] bytes, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long position() {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileChannel position(long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long size() {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileChannel truncate(long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int read(ByteBuffer bytes, long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int write(ByteBuffer bytes, long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock lock(long position, long size, boolean isShared) throws IOException {
    return channel.lock(position, size, isShared);
  }

  @Override
  public FileLock tryLock(long position, long size, boolean isShared) {
    throw new UnsupportedOperationException();
  }
}
