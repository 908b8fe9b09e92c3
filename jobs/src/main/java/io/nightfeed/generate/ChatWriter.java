package io.nightfeed.generate;

import io.nightfeed.chat.ChatClient;
import io.nightfeed.config.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/** Has a language model on a server write, several lines at a time. */
final class ChatWriter implements LineWriter {
  private static final long MOST_TASKS = 1_000_000;

  private final ChatClient client;
  private final Conditions conditions;
  private final Settings.Chat settings;

  ChatWriter(ChatClient client, Conditions conditions, Settings.Chat settings) {
    this.client = client;
    this.conditions = conditions;
    this.settings = settings;
  }

  /** No more than the budget could ever pay for. */
  @Override
  public int mostTasks() {
    return (int) Math.min(MOST_TASKS, settings.maxTokens() / settings.maxAnswerTokens());
  }

  @Override
  public int batch() {
    return settings.batch();
  }

  @Override
  public List<Line> write(List<WritingTask> tasks) {
    var threads = Executors.newFixedThreadPool(settings.parallel());
    try {
      var asked = tasks.stream().map(task -> (Callable<Line>) () -> write(task)).toList();
      var lines = new ArrayList<Line>();
      for (var line : threads.invokeAll(asked)) {
        lines.add(line.get());
      }
      return lines;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Writing was stopped", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("Writing failed", e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private Line write(WritingTask task) throws InterruptedException {
    var answer = client.ask(task.contentKey(), Prompts.SYSTEM, Prompts.user(task, conditions));
    var tokens = answer.spent();
    var spent = new Line.Spent(tokens.promptTokens(), tokens.answerTokens(), tokens.cost(settings));
    if (answer.content() == null) {
      return Line.none(task, answer.failure(), spent);
    }
    return Prompts.answer(answer.content())
        .map(written -> Line.grounded(task, written.text(), spent))
        .orElseGet(() -> Line.none(task, Line.MALFORMED, spent));
  }
}
