package io.nightfeed.encoders;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;

/**
 * The folders from which Spark NLP loads encoders: {@code <models>/<name>/model.onnx} and {@code
 * assets/vocab.txt}. Every file is compared with the digest in the settings before it is used.
 */
public final class EncoderFolders {
  static final String MODEL = "model.onnx";
  static final String VOCABULARY = "assets/vocab.txt";

  private final Path models;

  public EncoderFolders(Path models) {
    this.models = models;
  }

  /**
   * The encoder's folder, its files verified.
   *
   * @throws JobFailure when a file is missing or is not the one that the settings name
   */
  public Path verified(Encoder encoder) {
    files(encoder).forEach(EncoderFolders::require);
    return folder(encoder);
  }

  /** Whether every file is there and is the one that the settings name. */
  boolean isReady(Encoder encoder) {
    return files(encoder).stream().allMatch(ModelFile::isReady);
  }

  /**
   * Makes the encoder's folder from the Maven artifact that carries it: {@code <name>.onnx} and the
   * vocabulary of {@code <name>-tokenizer.json}.
   *
   * @param artifacts a folder with the artifacts' jars
   * @throws JobFailure when no jar carries the encoder, or its files are not the expected ones
   */
  void unpack(Encoder encoder, Path artifacts) {
    var model = encoder.name() + ".onnx";
    var jar =
        jars(artifacts).stream()
            .filter(file -> holds(file, model))
            .findFirst()
            .orElseThrow(
                () ->
                    new JobFailure(
                        ExitCode.FAILED,
                        "Encoder %s: no jar in %s holds %s. Run `make models`, which fetches the"
                                .formatted(encoder.name(), artifacts, model)
                            + " artifacts that jobs/pom.xml names."));
    try (var zip = new ZipFile(jar.toFile())) {
      var folder = folder(encoder);
      Files.createDirectories(folder.resolve(VOCABULARY).getParent());
      try (var stream = zip.getInputStream(zip.getEntry(model))) {
        place(encoder, stream, folder.resolve(MODEL), encoder.modelSha256());
      }
      try (var stream = zip.getInputStream(zip.getEntry(encoder.name() + "-tokenizer.json"))) {
        var lines = vocabulary(stream).getBytes(StandardCharsets.UTF_8);
        place(
            encoder,
            new java.io.ByteArrayInputStream(lines),
            folder.resolve(VOCABULARY),
            encoder.vocabularySha256());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot unpack " + jar, e);
    }
  }

  /** Where the encoder's files belong, whether or not they are there. */
  public Path folder(Encoder encoder) {
    return models.resolve(encoder.name());
  }

  private List<ModelFile> files(Encoder encoder) {
    var folder = folder(encoder);
    return List.of(
        file(encoder, folder.resolve(MODEL), encoder.modelSha256()),
        file(encoder, folder.resolve(VOCABULARY), encoder.vocabularySha256()));
  }

  private static ModelFile file(Encoder encoder, Path path, String digest) {
    return new ModelFile("Encoder " + encoder.name(), path, digest);
  }

  /** Writes aside and renames, so that a file that is there is whole. */
  private static void place(Encoder encoder, InputStream stream, Path target, String digest)
      throws IOException {
    var aside = Files.createTempFile(target.getParent(), "unpack", ".tmp");
    try {
      Files.copy(stream, aside, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      require(file(encoder, aside, digest));
      Files.move(aside, target, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(aside);
    }
  }

  private static void require(ModelFile file) {
    file.require(
        "Run `make models`, or set nightfeed.models-folder.",
        "delete it and run `make models`, or correct the digest in nightfeed.encoders.");
  }

  /** WordPiece tokens, one a line, in the order of their ids. */
  private static String vocabulary(InputStream tokenizer) throws IOException {
    var ids = new ObjectMapper().readTree(tokenizer).path("model").path("vocab");
    var tokens = new String[ids.size()];
    ids.fields().forEachRemaining(token -> tokens[token.getValue().asInt()] = token.getKey());
    return List.of(tokens).stream().collect(Collectors.joining("\n", "", "\n"));
  }

  private static List<Path> jars(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + folder, e);
    }
  }

  private static boolean holds(Path jar, String entry) {
    try (var zip = new ZipFile(jar.toFile())) {
      return zip.getEntry(entry) != null;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + jar, e);
    }
  }
}
