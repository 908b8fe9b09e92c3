package io.nightfeed.raw;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/** Reads raw files back as strictly as ingest has to. */
public final class RawFiles {
  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final Map<RawSource, JsonSchema> SCHEMAS =
      Map.of(
          RawSource.EVENTS, schema("event-v1.schema.json"),
          RawSource.POSTS, schema("post-v1.schema.json"));

  private RawFiles() {}

  /** The lines of a stream by landing date, in the order of the file. */
  public static Map<LocalDate, List<byte[]>> lines(Path raw, RawSource source) throws IOException {
    var byLanding = new TreeMap<LocalDate, List<byte[]>>();
    try (var folders = Files.list(raw.resolve(source.folder()))) {
      for (var folder : folders.sorted().toList()) {
        var file = folder.resolve(RawFormat.PART_FILE);
        byLanding.put(LocalDate.parse(folder.getFileName().toString()), split(unzipped(file)));
      }
    }
    return byLanding;
  }

  /** The good records of a stream by landing date. */
  public static Map<LocalDate, List<JsonNode>> records(Path raw, RawSource source)
      throws IOException {
    var byLanding = new TreeMap<LocalDate, List<JsonNode>>();
    lines(raw, source)
        .forEach(
            (landing, lines) ->
                byLanding.put(
                    landing,
                    lines.stream().flatMap(line -> record(source, line).stream()).toList()));
    return byLanding;
  }

  /** The record of a line, or nothing when the schema or JSON itself forbids it. */
  public static Optional<JsonNode> record(RawSource source, byte[] line) {
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
      var record = STRICT.readTree(text);
      return SCHEMAS.get(source).validate(record).isEmpty()
          ? Optional.of(record)
          : Optional.empty();
    } catch (CharacterCodingException | JsonProcessingException refused) {
      return Optional.empty();
    }
  }

  /** The content of a gzipped file. */
  public static byte[] unzipped(Path file) throws IOException {
    try (var in = new GZIPInputStream(Files.newInputStream(file))) {
      return in.readAllBytes();
    }
  }

  /** The content of every file below a folder, by its path below the folder. */
  public static Map<String, byte[]> contents(Path folder) throws IOException {
    var contents = new TreeMap<String, byte[]>();
    try (var tree = Files.walk(folder)) {
      for (var file : tree.filter(Files::isRegularFile).toList()) {
        contents.put(folder.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return contents;
  }

  private static List<byte[]> split(byte[] content) {
    var lines = new ArrayList<byte[]>();
    var line = new ByteArrayOutputStream();
    for (var b : content) {
      if (b == '\n') {
        lines.add(line.toByteArray());
        line.reset();
      } else {
        line.write(b);
      }
    }
    if (line.size() > 0) {
      throw new IllegalStateException("The last line does not end");
    }
    return lines;
  }

  private static JsonSchema schema(String name) {
    return JsonSchemaFactory.getInstance(VersionFlag.V202012)
        .getSchema(RawFiles.class.getResourceAsStream("/schemas/" + name));
  }
}
