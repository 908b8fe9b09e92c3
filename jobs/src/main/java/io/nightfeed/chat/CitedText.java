package io.nightfeed.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A text that a language model wrote, with the sources that it says the text rests on.
 *
 * @param sourceIds as the question called them; each once, and at least one
 */
public record CitedText(String text, List<String> sourceIds) {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * Reads an answer; nothing where it is not one JSON object of {@code text} and {@code source_ids}
   * alone, all of these among the sources that were given.
   *
   * @param given what the question called its sources
   */
  public static Optional<CitedText> read(String content, Collection<String> given) {
    JsonNode root;
    try {
      root = JSON.readTree(content);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
    var names = new TreeSet<String>();
    root.fieldNames().forEachRemaining(names::add);
    var text = root.path("text");
    var named = root.path("source_ids");
    var ids = new ArrayList<String>();
    named.forEach(id -> ids.add(id.asText()));
    boolean isAnswer =
        names.equals(Set.of("source_ids", "text"))
            && text.isTextual()
            && isWritable(text.asText())
            && named.isArray()
            && !ids.isEmpty()
            && given.containsAll(ids);
    return isAnswer
        ? Optional.of(
            new CitedText(text.asText().strip(), ids.stream().distinct().sorted().toList()))
        : Optional.empty();
  }

  /** Whether no half of a character stands alone: a table would hold another text. */
  private static boolean isWritable(String text) {
    return text.equals(new String(text.getBytes(UTF_8), UTF_8));
  }
}
