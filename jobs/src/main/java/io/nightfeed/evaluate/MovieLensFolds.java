package io.nightfeed.evaluate;

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
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/**
 * The ten published folds of movielens-latest-small (Zanon et al. 2022): {@code
 * folds/test-K.csv.gz} holds user, item, 1, time. A fold is tested on its own rows and learned from
 * the other nine.
 */
final class MovieLensFolds {
  static final int FOLDS = 10;

  /** A pair in its fold. */
  private record Pair(int fold, int user, int item) {}

  private final List<Pair> pairs;
  private final int users;
  private final int items;

  private MovieLensFolds(List<Pair> pairs, int users, int items) {
    this.pairs = pairs;
    this.users = users;
    this.items = items;
  }

  /**
   * @param folder movielens-latest-small
   * @throws JobFailure when a fold is missing
   */
  static MovieLensFolds read(Path folder) {
    var raw = new ArrayList<Pair>();
    for (int fold = 0; fold < FOLDS; fold++) {
      var file = folder.resolve("folds").resolve("test-%d.csv.gz".formatted(fold));
      if (!Files.isRegularFile(file)) {
        throw new JobFailure(
            ExitCode.USAGE, "%s is missing: expected the folds 0 to 9 there".formatted(file));
      }
      try (var lines =
          new BufferedReader(
              new InputStreamReader(
                  new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
          var fields = line.split(",");
          raw.add(new Pair(fold, Integer.parseInt(fields[0]), Integer.parseInt(fields[1])));
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + file, e);
      }
    }
    var users = numbers(raw.stream().mapToInt(Pair::user));
    var items = numbers(raw.stream().mapToInt(Pair::item));
    return new MovieLensFolds(
        raw.stream()
            .map(pair -> new Pair(pair.fold(), users.get(pair.user()), items.get(pair.item())))
            .toList(),
        users.size(),
        items.size());
  }

  private static TreeMap<Integer, Integer> numbers(IntStream ids) {
    var numbers = new TreeMap<Integer, Integer>();
    ids.sorted().distinct().forEach(id -> numbers.put(id, numbers.size()));
    return numbers;
  }

  Interactions test(int fold) {
    return of(fold, true);
  }

  Interactions train(int fold) {
    return of(fold, false);
  }

  private Interactions of(int fold, boolean isTest) {
    var byUser = new ArrayList<TreeSet<Integer>>();
    for (int user = 0; user < users; user++) {
      byUser.add(new TreeSet<>());
    }
    pairs.stream()
        .filter(pair -> (pair.fold() == fold) == isTest)
        .forEach(pair -> byUser.get(pair.user()).add(pair.item()));
    return new Interactions(
        items,
        byUser.stream()
            .map(history -> history.stream().mapToInt(Integer::intValue).toArray())
            .toArray(int[][]::new));
  }
}
