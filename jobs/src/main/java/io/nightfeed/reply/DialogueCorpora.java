package io.nightfeed.reply;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.apache.spark.sql.SparkSession;

/** Published dialogues and customer questions that replies are measured on. */
record DialogueCorpora(Path folder) {
  private static final String TURN = "__eou__";

  /** A context of dailydialogpp with the replies that people wrote for it, and with others. */
  record Judged(
      List<String> context, List<String> good, List<String> adversarial, List<String> random) {
    List<String> texts() {
      var texts = new ArrayList<>(context);
      texts.addAll(good);
      texts.addAll(adversarial);
      texts.addAll(random);
      return texts;
    }
  }

  /**
   * Dialogues of two turns or more, each a list of turns in order.
   *
   * @param language en or zh
   */
  List<List<String>> xdailydialog(String language) {
    return lines(folder.resolve("xdailydialog/" + language + "_dev_human.txt")).stream()
        .map(line -> line.split("\t")[0])
        .map(
            line ->
                Arrays.stream(line.split(TURN))
                    .map(String::strip)
                    .filter(turn -> !turn.isEmpty())
                    .toList())
        .filter(turns -> turns.size() > 1)
        .toList();
  }

  List<Judged> dailydialogpp() {
    var json = new ObjectMapper();
    var judged = new ArrayList<Judged>();
    for (var line : lines(folder.resolve("dailydialogpp/dev.json.gz"))) {
      try {
        var node = json.readTree(line);
        judged.add(
            new Judged(
                texts(node.get("context")),
                texts(node.get("positive_responses")),
                texts(node.get("adversarial_negative_responses")),
                texts(node.get("random_negative_responses"))));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return judged;
  }

  private static List<String> texts(Iterable<com.fasterxml.jackson.databind.JsonNode> nodes) {
    var texts = new ArrayList<String>();
    nodes.forEach(node -> texts.add(node.asText()));
    return texts;
  }

  /** Questions by intent, each once. */
  Map<String, List<String>> banking77(SparkSession spark) {
    var file = require(folder.resolve("banking77/train.csv"));
    var rows =
        spark
            .read()
            .option("header", true)
            .option("multiLine", true)
            .option("escape", "\"")
            .csv(file.toString());
    var byIntent = new TreeMap<String, TreeSet<String>>();
    for (var row : rows.collectAsList()) {
      byIntent
          .computeIfAbsent(row.getString(1), intent -> new TreeSet<>())
          .add(row.getString(0).strip());
    }
    var lists = new TreeMap<String, List<String>>();
    byIntent.forEach((intent, questions) -> lists.put(intent, List.copyOf(questions)));
    return lists;
  }

  private static Path require(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new JobFailure(
          ExitCode.USAGE,
          "%s is missing; --data expects a folder with xdailydialog, dailydialogpp and banking77"
              .formatted(file));
    }
    return file;
  }

  private static List<String> lines(Path file) {
    try (var bytes = Files.newInputStream(require(file));
        var stream = file.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes;
        var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      return reader.lines().filter(line -> !line.isBlank()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }
}
