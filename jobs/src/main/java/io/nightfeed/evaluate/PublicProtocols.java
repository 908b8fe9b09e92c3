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
import java.util.stream.Stream;

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
        "movielens-latest-small (Harper and Konstan 2015) in the ten folds of Zanon et al. (2022): a"
            + " fold is asked for, the other nine are learned from. All films that the user has not"
            + " met are ranked. Settings are chosen on a tenth of each user's films of the first"
            + " fold's train part, and stay for all folds. Genres are the films' content and their"
            + " categories.",
        folds,
        splits::get,
        splits.get(0).train().splitOfEachUser(VALIDATION, SEED),
        new FullRanking(List.of(10)),
        List.of("ndcg10"),
        10,
        films(folder, items));
  }

  private static Items films(Path folder, Map<Integer, Integer> items) throws IOException {
    var names = new TreeMap<String, Integer>();
    var ofItem = new int[items.size()][0];
    DatasetFile.in(folder, "movies.csv")
        .eachCsvRow(
            List.of("movieId", "genres"),
            row -> {
              var item = items.get(row.getInt("movieId"));
              if (item != null) {
                ofItem[item] =
                    Stream.of(row.getString("genres").split("\\|"))
                        .mapToInt(name -> names.computeIfAbsent(name, missing -> names.size()))
                        .toArray();
              }
            });
    return new Items(centred(ofItem, names.size()), new String[0], new long[0], ofItem);
  }

  /** One number for each genre, 1 where a film is of it, less the genre's mean. */
  private static float[][] centred(int[][] genres, int count) {
    var vectors = new float[genres.length][count];
    for (int item = 0; item < genres.length; item++) {
      for (int genre : genres[item]) {
        vectors[item][genre] = 1;
      }
    }
    for (int genre = 0; genre < count; genre++) {
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
        "citeulike-t with the split of ten papers of each user (Wang, Chen and Li 2013): the other"
            + " papers of a user are asked for, and all papers that the user has not met are ranked"
            + " (Ferrari Dacrema et al. 2021). Settings are chosen on a fifth of each user's ten"
            + " papers. Topics of titles and abstracts are the content. Lists that coverage, novelty"
            + " and so on are told of hold 50 papers.",
        1,
        split -> new Split(train, test),
        train.splitOfEachUser(2 * VALIDATION, SEED),
        new FullRanking(List.of(50, 300)),
        List.of("recall50", "recall300"),
        50,
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
        "Deskdrop as its publisher's notebook evaluates it: users of at least five articles, a fifth"
            + " of each user's pairs to find, each among 100 articles that the user never touched;"
            + " three draws of the fifth, every pair counts the same. A figure of such samples is higher than one of full"
            + " rankings, and no comparison with those. Settings are chosen on a fifth of each user's"
            + " articles of the first draw's train part. What lists are like is told of the ten best"
            + " of all articles that the user has not met.",
        draws,
        draw -> all.splitOfEachUser(share, draw),
        all.splitOfEachUser(share, 0).train().splitOfEachUser(share, SEED),
        new SampledRanking(List.of(5, 10), 100),
        List.of("recall10"),
        10,
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
