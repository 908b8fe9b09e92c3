package io.nightfeed.lake;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * Java's own paths under the scheme {@code recorded}, which tell {@link DiskChanges} what {@link
 * LinkLogStore} does. What it does not use is refused.
 */
public final class RecordedPaths extends FileSystemProvider {
  private final FileSystem fileSystem = new Paths(this);

  /** A path of this provider; it only says so, and else is the path that it wraps. */
  interface RecordedPath extends Path {
    Path local();
  }

  @Override
  public String getScheme() {
    return RecordedFileSystem.SCHEME;
  }

  @Override
  public Path getPath(URI uri) {
    return wrap(Path.of(uri.getPath()));
  }

  private Path wrap(Path local) {
    return (Path)
        Proxy.newProxyInstance(
            RecordedPaths.class.getClassLoader(),
            new Class<?>[] {RecordedPath.class},
            (self, method, arguments) -> {
              switch (method.getName()) {
                case "local":
                  return local;
                case "getFileSystem":
                  return fileSystem;
                default:
                  return wrapped(invoke(local, method, arguments));
              }
            });
  }

  private static Object invoke(Path local, java.lang.reflect.Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(
          local,
          arguments == null
              ? null
              : Arrays.stream(arguments)
                  .map(one -> one instanceof RecordedPath recorded ? recorded.local() : one)
                  .toArray());
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause();
    }
  }

  private Object wrapped(Object result) {
    return result instanceof Path path ? wrap(path) : result;
  }

  private static Path local(Path path) {
    return ((RecordedPath) path).local();
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    var file = local(path);
    DiskChanges.Making<FileChannel> open = () -> FileChannel.open(file, options, attributes);
    var channel =
        options.contains(StandardOpenOption.WRITE)
            ? DiskChanges.make(Change.of(Change.Kind.CREATE, file), open)
            : open.make();
    return new RecordedChannel(file, channel);
  }

  @Override
  public void createLink(Path link, Path existing) throws IOException {
    DiskChanges.make(
        new Change(Change.Kind.LINK, local(link), local(existing), null),
        () -> Files.createLink(local(link), local(existing)));
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    DiskChanges.make(
        new Change(Change.Kind.MOVE, local(source), local(target), null),
        () -> Files.move(local(source), local(target), options));
  }

  @Override
  public void delete(Path path) throws IOException {
    if (!Files.exists(local(path))) {
      throw new NoSuchFileException(path.toString());
    }
    DiskChanges.make(
        Change.of(Change.Kind.DELETE, local(path)),
        () -> {
          Files.delete(local(path));
          return null;
        });
  }

  @Override
  public boolean isSameFile(Path one, Path other) throws IOException {
    return Files.isSameFile(local(one), local(other));
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    return fileSystem;
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path folder, DirectoryStream.Filter<? super Path> filter) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void createDirectory(Path folder, FileAttribute<?>... attributes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isHidden(Path path) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileStore getFileStore(Path path) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  /** Says whose paths they are. */
  private static final class Paths extends FileSystem {
    private final FileSystemProvider provider;

    Paths(FileSystemProvider provider) {
      this.provider = provider;
    }

    @Override
    public FileSystemProvider provider() {
      return provider;
    }

    @Override
    public void close() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public boolean isReadOnly() {
      return false;
    }

    @Override
    public String getSeparator() {
      return "/";
    }

    @Override
    public Iterable<Path> getRootDirectories() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Iterable<FileStore> getFileStores() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
      return Set.of("basic");
    }

    @Override
    public Path getPath(String first, String... more) {
      throw new UnsupportedOperationException();
    }

    @Override
    public PathMatcher getPathMatcher(String syntaxAndPattern) {
      throw new UnsupportedOperationException();
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
      throw new UnsupportedOperationException();
    }

    @Override
    public WatchService newWatchService() {
      throw new UnsupportedOperationException();
    }
  }
}
