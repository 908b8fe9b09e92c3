package io.nightfeed.simulate;

import io.nightfeed.raw.ExistingRecords;
import io.nightfeed.raw.RawFormat;
import io.nightfeed.raw.RawWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A synthetic platform: users, posts, and what happens between them day by day. Memory holds users
 * and posts; events are written as they happen.
 */
public final class Simulation {
  private final SimulationSettings settings;
  private final TruthModel model;
  private final List<SimulatedUser> users;
  private final List<SimulatedPost> posts;

  public Simulation(SimulationSettings settings) {
    this.settings = settings;
    model = TruthModel.ofEffect(settings.emotionEffect());
    users =
        IntStream.range(0, settings.users())
            .mapToObj(index -> SimulatedUser.draw(settings, index))
            .toList();
    posts =
        IntStream.range(0, settings.posts())
            .mapToObj(index -> SimulatedPost.draw(settings, users, index))
            .toList();
  }

  List<SimulatedPost> posts() {
    return posts;
  }

  /**
   * Writes raw events, raw posts and the truth.
   *
   * @return what was planted, as {@code truth/parameters.json} has it
   * @throws io.nightfeed.run.JobFailure when the folder holds records that are to be kept
   */
  public TruthParameters writeTo(Path raw, ExistingRecords existing) throws IOException {
    try (var writer = new RawWriter(raw, existing)) {
      var delivery = new Delivery(settings, writer);
      var userDay = new UserDay(settings, model, delivery);
      for (var day = 0; day < settings.days(); day++) {
        var date = settings.firstDay().plusDays(day);
        writer.sealBefore(RawFormat.landingDate(date, settings.firstNight()));
        deliverPosts(date, delivery);
        var policies = policies(date);
        for (var user : users) {
          userDay.simulate(user, day, policies);
        }
      }
      writer.publish();
      var parameters = TruthParameters.of(settings, model, delivery.planted());
      TruthFiles.in(raw)
          .write(
              users.stream().map(SimulatedUser::truth).toList(),
              moods(),
              posts.stream().map(SimulatedPost::truth).toList(),
              parameters);
      return parameters;
    }
  }

  /** Posts arrive on their own date, those from before the first day on the first day. */
  private void deliverPosts(LocalDate date, Delivery delivery) throws IOException {
    var arriving =
        posts.stream()
            .filter(post -> arrival(post).equals(date))
            .sorted(
                Comparator.comparing(SimulatedPost::createdAt).thenComparing(SimulatedPost::index))
            .toList();
    for (var post : arriving) {
      delivery.deliver(PostWriting.write(post, settings.seed()), post.index(), date);
    }
  }

  private LocalDate arrival(SimulatedPost post) {
    var created = post.createdAt().atOffset(ZoneOffset.UTC).toLocalDate();
    return created.isBefore(settings.firstDay()) ? settings.firstDay() : created;
  }

  private List<LoggingPolicy> policies(LocalDate date) {
    var earliest = UserDay.shiftStart(date, 0).minus(LoggingPolicy.LIFE);
    var recent = posts.stream().filter(post -> post.createdAt().isAfter(earliest)).toList();
    return IntStream.range(0, UserDay.SHIFTS)
        .mapToObj(shift -> new LoggingPolicy(recent, UserDay.shiftStart(date, shift)))
        .toList();
  }

  private List<TrueMood> moods() {
    var moods = new ArrayList<TrueMood>();
    for (var user : users) {
      for (var day = -SimulatedUser.DAYS_BEFORE; day < settings.days(); day++) {
        var date = settings.firstDay().plusDays(day).toString();
        moods.add(new TrueMood(user.truth().userId(), date, user.mood(day)));
      }
    }
    return moods;
  }
}
