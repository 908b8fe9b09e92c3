package io.nightfeed.evaluate;

import io.nightfeed.evaluate.Interactions.Split;
import io.nightfeed.evaluate.Measure.FullRanking;
import io.nightfeed.evaluate.Measure.SampledRanking;
import io.nightfeed.evaluate.Protocol.Items;
import io.nightfeed.sources.DatasetFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Data sets with a published way to measure, and published figures. */
final class PublicProtocols {
  private static final long SEED = 20250608;
  private static final double VALIDATION = 0.1;

  private PublicProtocols() {}

  /** An engagement. */
  private record Pair(int user, int item, long time) {}

  /**
   * The ten folds of movielens-latest-small of Zanon et al. (2022): {@code folds/test-K.csv.gz}
   * holds user, item, 1, time. A fold is tested on its own rows and learned from the other nine.
   * Genres are the items' content.
   */
  static Protocol movieLens(Path folder) throws IOException {
    int folds = 10;
    var byFold = new ArrayList<List<Pair>>();
    for (int fold = 0; fold < folds; fold++) {
      var pairs = new ArrayList<Pair>();
      DatasetFile.in(folder.resolve("folds"), "test-%d.csv".formatted(fold))
          .eachLine(
              "user,item,1,time",
              line -> {
                var fields = line.split(",");
                pairs.add(
                    new Pair(
                        Integer.parseInt(fields[0]),
                        Integer.parseInt(fields[1]),
                        Long.parseLong(fields[3])));
              });
      byFold.add(pairs);
    }
    var all = byFold.stream().flatMap(List::stream).toList();
    var users = numbers(all.stream().mapToInt(Pair::user));
    var items = numbers(all.stream().mapToInt(Pair::item));
    var splits =
        IntStream.range(0, folds)
            .mapToObj(
                fold ->
                    new Split(
                        interactions(
                            IntStream.range(0, folds)
                                .filter(other -> other != fold)
                                .mapToObj(byFold::get)
                                .flatMap(List::stream)
                                .toList(),
                            users,
                            items),
                        interactions(byFold.get(fold), users, items)))
            .toList();
    return new Protocol(
        "movielens",
        folds,
        splits::get,
        splits.get(0).train().splitOfEachUser(VALIDATION, SEED),
        new FullRanking(List.of(10)),
        List.of("ndcg10"),
        Items.of(genres(folder, items)));
  }

  /** One number for each genre, 1 where a film is of it, less the genre's mean. */
  private static float[][] genres(Path folder, Map<Integer, Integer> items) throws IOException {
    var names = new TreeMap<String, Integer>();
    var ofItem = new HashMap<Integer, List<String>>();
    DatasetFile.in(folder, "movies.csv")
        .eachCsvRow(
            List.of("movieId", "genres"),
            row -> {
              var item = items.get(row.getInt("movieId"));
              if (item != null) {
                var genres = List.of(row.getString("genres").split("\\|"));
                genres.forEach(genre -> names.putIfAbsent(genre, names.size()));
                ofItem.put(item, genres);
              }
            });
    var vectors = new float[items.size()][names.size()];
    ofItem.forEach((item, genres) -> genres.forEach(name -> vectors[item][names.get(name)] = 1));
    for (int genre = 0; genre < names.size(); genre++) {
      double sum = 0;
      for (var vector : vectors) {
        sum += vector[genre];
      }
      for (var vector : vectors) {
        vector[genre] -= (float) (sum / vectors.length);
      }
    }
    return vectors;
  }

  /**
   * citeulike-t with the split of ten papers of each user (Wang, Chen and Li 2013), all papers
   * ranked (Ferrari Dacrema et al. 2021). Words of titles and abstracts are the content.
   */
  static Protocol citeULike(Path folder) throws IOException {
    var papers = BagOfWords.read(DatasetFile.in(folder, "mult.dat"));
    var train = userLines(folder, "cf-train-10-users.dat", papers.documents());
    var test = userLines(folder, "cf-test-10-users.dat", papers.documents());
    return new Protocol(
        "citeulike",
        1,
        split -> new Split(train, test),
        train.splitOfEachUser(2 * VALIDATION, SEED),
        new FullRanking(List.of(50, 300)),
        List.of("recall50", "recall300"),
        Items.of(papers.latentTopics()));
  }

  /** Lines of a count and that many item numbers, a line for each user. */
  private static Interactions userLines(Path folder, String name, int items) throws IOException {
    var byUser = new ArrayList<int[]>();
    DatasetFile.in(folder.resolve("split-p10"), name)
        .eachLine(
            "a count and as many numbers below " + items,
            line -> {
              var numbers = line.isBlank() ? new String[] {"0"} : line.strip().split(" ");
              var history =
                  IntStream.range(1, numbers.length)
                      .map(i -> Integer.parseInt(numbers[i]))
                      .sorted()
                      .distinct()
                      .toArray();
              if (history.length > 0 && history[history.length - 1] >= items) {
                throw new IllegalArgumentException("number " + history[history.length - 1]);
              }
              byUser.add(history);
            });
    return new Interactions(items, byUser.toArray(int[][]::new));
  }

  /**
   * Deskdrop as its publisher's notebook evaluates it: users of at least five articles, a fifth of
   * each user's pairs to find, each among 100 articles that the user never touched. Three draws of
   * the fifth.
   */
  static Protocol deskdrop(Path folder) throws IOException {
    int least = 5;
    int draws = 3;
    double share = 0.2;
    var first = new LinkedHashMap<List<String>, Long>();
    DatasetFile.in(folder, "users_interactions.csv")
        .eachCsvRow(
            List.of("timestamp", "contentId", "personId"),
            row ->
                first.merge(
                    List.of(row.getString("personId"), row.getString("contentId")),
                    Long.parseLong(row.getString("timestamp")),
                    Math::min));
    var counts = new HashMap<String, Integer>();
    first.keySet().forEach(pair -> counts.merge(pair.get(0), 1, Integer::sum));
    first.keySet().removeIf(pair -> counts.get(pair.get(0)) < least);
    var people = new TreeSet<String>();
    var articles = new TreeSet<String>();
    first.keySet().forEach(pair -> people.add(pair.get(0)));
    first.keySet().forEach(pair -> articles.add(pair.get(1)));
    var users = List.copyOf(people);
    var items = List.copyOf(articles);
    var userNumbers = new HashMap<String, Integer>();
    var itemNumbers = new HashMap<String, Integer>();
    users.forEach(user -> userNumbers.put(user, userNumbers.size()));
    items.forEach(item -> itemNumbers.put(item, itemNumbers.size()));
    var pairs =
        first.entrySet().stream()
            .map(
                entry ->
                    new Pair(
                        userNumbers.get(entry.getKey().get(0)),
                        itemNumbers.get(entry.getKey().get(1)),
                        entry.getValue()))
            .toList();
    var all = interactions(pairs, identity(users.size()), identity(items.size()));
    return new Protocol(
        "deskdrop",
        draws,
        draw -> all.splitOfEachUser(share, draw),
        all.splitOfEachUser(share, 0).train().splitOfEachUser(share, SEED),
        new SampledRanking(List.of(5, 10), 100),
        List.of("recall10"),
        Items.of(new float[0][]));
  }

  private static Map<Integer, Integer> identity(int count) {
    return numbers(IntStream.range(0, count));
  }

  private static Map<Integer, Integer> numbers(IntStream ids) {
    var numbers = new TreeMap<Integer, Integer>();
    ids.sorted().distinct().forEach(id -> numbers.put(id, numbers.size()));
    return numbers;
  }

  private static Interactions interactions(
      List<Pair> pairs, Map<Integer, Integer> users, Map<Integer, Integer> items) {
    var byUser = new ArrayList<List<Pair>>();
    users.forEach((id, number) -> byUser.add(new ArrayList<>()));
    pairs.forEach(pair -> byUser.get(users.get(pair.user())).add(pair));
    var oldestFirst = Comparator.comparingLong(Pair::time).thenComparingInt(Pair::item);
    return Interactions.ordered(
        items.size(),
        byUser.stream()
            .map(
                mine ->
                    mine.stream()
                        .sorted(oldestFirst)
                        .mapToInt(pair -> items.get(pair.item()))
                        .distinct()
                        .toArray())
            .toArray(int[][]::new));
  }
}
