package io.nightfeed.profile;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.nightfeed.config.Settings;
import io.nightfeed.lake.Annotations;
import io.nightfeed.lake.Consent;
import io.nightfeed.lake.History;
import io.nightfeed.run.Job;
import io.nightfeed.run.JobContext;
import io.nightfeed.tables.Silver;
import java.sql.Date;
import java.time.LocalDate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** How users feel and what they did with posts, as of the end of the run date. */
public final class ProfileJob implements Job {
  @Override
  public String name() {
    return "profile";
  }

  @Override
  public void run(JobContext context) {
    // Each is read several times, and reading it again would deduplicate the whole history again.
    var events = events(context).persist(StorageLevel.MEMORY_AND_DISK());
    var posts = posts(context).persist(StorageLevel.MEMORY_AND_DISK());
    var evidence = evidence(context, events, posts).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      run(context, events, posts, evidence);
    } finally {
      evidence.unpersist();
      posts.unpersist();
      events.unpersist();
    }
  }

  private static void run(
      JobContext context, Dataset<Row> events, Dataset<Row> posts, Dataset<Row> evidence) {
    var profile = context.settings().profile();
    var signals = signals(events, posts, context.runDate(), profile);
    var states =
        UserStates.at(
                evidence,
                statesAsked(events, signals, context.runDate()),
                context.runDate(),
                profile.emotionHalfLifeDays())
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      publishStates(context, states, events, evidence);
      publishSignals(context, states, signals);
    } finally {
      states.unpersist();
    }
    noteUnknownPosts(context, events, posts);
  }

  private static Dataset<Row> events(JobContext context) {
    var days = context.settings().profile().historyDays();
    return History.events(context.lake(), context.runDate())
        .where(isRecent(EVENT_DATE, context.runDate(), days))
        .select(USER_ID, POST_ID, ACTION, EVENT_DATE, EVENT_TIME, DWELL_MS, TEXT_HASH);
  }

  private static Dataset<Row> posts(JobContext context) {
    return History.posts(context.lake(), context.runDate())
        .select(POST_ID, AUTHOR_ID, CREATED_AT, TEXT_HASH);
  }

  private static Dataset<Row> evidence(
      JobContext context, Dataset<Row> events, Dataset<Row> posts) {
    var profile = context.settings().profile();
    return MoodEvidence.texts(events, posts)
        .where(isRecent(DAY, context.runDate(), profile.historyDays()))
        .transform(
            texts ->
                MoodEvidence.perDay(
                    texts,
                    Annotations.current(context.lake(), context.runDate()),
                    profile.reactionWeight()));
  }

  private static Dataset<Row> signals(
      Dataset<Row> events, Dataset<Row> posts, LocalDate runDate, Settings.Profile profile) {
    var known = events.join(posts.select(POST_ID), new String[] {POST_ID}, "left_semi");
    return UserItemSignals.perPost(
        known, profile.actionWeights(), profile.dwell(), runDate, profile.engagementHalfLifeDays());
  }

  /** Everybody now, and everybody on the days when they first met a post. */
  private static Dataset<Row> statesAsked(
      Dataset<Row> events, Dataset<Row> signals, LocalDate runDate) {
    return events
        .select(col(USER_ID), lit(Date.valueOf(runDate.plusDays(1))).as(DAY))
        .union(signals.select(col(USER_ID), col(FIRST_DAY)));
  }

  private static void publishStates(
      JobContext context, Dataset<Row> states, Dataset<Row> events, Dataset<Row> evidence) {
    var tomorrow = col(DAY).equalTo(lit(Date.valueOf(context.runDate().plusDays(1))));
    var rows =
        UserStates.published(
            states.where(tomorrow),
            events,
            UserStates.population(evidence),
            context.settings().profile().emotionPriorTexts());
    var lake = context.lake();
    var asked = Consent.personalised(lake, rows, USER_ID);
    var users = lake.publish(Silver.USER_STATES, context.runDate(), asked);
    context.record().count("users", users);
    var published = context.lake().slice(Silver.USER_STATES, context.runDate());
    context.record().count("users.with_mood", published.where(col(EVIDENCE).gt(0)).count());
  }

  private static void publishSignals(
      JobContext context, Dataset<Row> states, Dataset<Row> signals) {
    var rows =
        UserItemSignals.withStates(
            signals, states, context.settings().profile().emotionPriorTexts());
    var lake = context.lake();
    var asked = Consent.personalised(lake, rows, USER_ID);
    var pairs = lake.publish(Silver.USER_ITEM_SIGNALS, context.runDate(), asked);
    context.record().count("user_post_pairs", pairs);
  }

  private static void noteUnknownPosts(
      JobContext context, Dataset<Row> events, Dataset<Row> posts) {
    var unknown = events.join(posts.select(POST_ID), new String[] {POST_ID}, "left_anti").count();
    context.record().count("unknown_posts", unknown);
    if (unknown > 0) {
      context
          .record()
          .note(
              "unknown posts",
              "%,d events name posts that no run up to %s has received; they are kept in %s and make no signal"
                  .formatted(unknown, context.runDate(), Silver.EVENTS));
    }
  }

  private static Column isRecent(String day, LocalDate runDate, int days) {
    return col(day)
        .between(lit(Date.valueOf(runDate.minusDays(days - 1L))), lit(Date.valueOf(runDate)));
  }
}
