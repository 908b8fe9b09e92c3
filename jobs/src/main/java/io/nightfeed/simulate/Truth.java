package io.nightfeed.simulate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is true of a simulated platform, read back from beside its raw files. All identifiers are
 * those of the raw files, before pseudonymisation.
 */
public final class Truth {
  private final TruthParameters parameters;
  private final TruthModel model;
  private final Map<String, TrueUser> users = new LinkedHashMap<>();
  private final Map<String, TruePost> posts = new LinkedHashMap<>();
  private final Map<String, Map<LocalDate, Double>> moods = new HashMap<>();

  private Truth(TruthFiles files) throws IOException {
    parameters = files.parameters();
    model = new TruthModel(parameters.kappa(), parameters.g0());
    files.eachUser(user -> users.put(user.userId(), user));
    files.eachPost(post -> posts.put(post.postId(), post));
    files.eachMood(
        mood ->
            moods
                .computeIfAbsent(mood.userId(), user -> new HashMap<>())
                .put(LocalDate.parse(mood.date()), mood.mood()));
  }

  /**
   * @param raw a raw folder that {@code nightfeed simulate} wrote
   * @throws UncheckedIOException when its truth is not there or not whole
   */
  public static Truth load(Path raw) {
    try {
      return new Truth(TruthFiles.in(raw));
    } catch (IOException e) {
      throw new UncheckedIOException(
          raw + " holds no whole truth; expected a folder that `nightfeed simulate` wrote", e);
    }
  }

  public TruthParameters parameters() {
    return parameters;
  }

  public TruthModel model() {
    return model;
  }

  /** In the order of their identifiers. */
  public Collection<TrueUser> users() {
    return Collections.unmodifiableCollection(users.values());
  }

  /** In the order of their identifiers. */
  public Collection<TruePost> posts() {
    return Collections.unmodifiableCollection(posts.values());
  }

  public TrueUser user(String userId) {
    return known(users.get(userId), "user", userId);
  }

  public TruePost post(String postId) {
    return known(posts.get(postId), "post", postId);
  }

  /** m_u(t) of a UTC date within the simulated days. */
  public double mood(String userId, LocalDate date) {
    return known(moods.getOrDefault(userId, Map.of()).get(date), "mood", userId + " on " + date);
  }

  /**
   * I(u,c,t): expected engagements when the user is shown the post in that mood.
   *
   * @param mood in [-1, 1]
   */
  public double intensity(String userId, String postId, double mood) {
    return model.intensity(user(userId), post(postId), mood);
  }

  /** I(u,c,t) in the mood that the user had on a UTC date. */
  public double intensity(String userId, String postId, LocalDate date) {
    return intensity(userId, postId, mood(userId, date));
  }

  private static <T> T known(T value, String what, String id) {
    if (value == null) {
      throw new IllegalArgumentException("The simulated platform has no " + what + " " + id);
    }
    return value;
  }
}
