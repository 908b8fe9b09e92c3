package io.nightfeed.generate;

import io.nightfeed.chat.ChatAnswer;
import io.nightfeed.chat.ChatClient;
import io.nightfeed.chat.ChatSpending;
import io.nightfeed.safety.BlockReason;
import io.nightfeed.safety.Grounding;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/** Has a language model write, several lines at a time, and keeps what the sources say. */
final class ChatWriter {
  private static final String MALFORMED = "malformed";

  private final ChatClient client;
  private final Conditions conditions;
  private final int parallel;

  ChatWriter(ChatClient client, Conditions conditions, int parallel) {
    this.client = client;
    this.conditions = conditions;
    this.parallel = parallel;
  }

  /**
   * A line, before what it says is read for its tone.
   *
   * @param text null where there is none
   * @param cause why there is none; null where there is one
   */
  record Line(WritingTask task, String text, String cause, ChatSpending spent) {}

  /** Asks for all, and answers in their order. */
  List<Line> write(List<WritingTask> tasks) {
    var threads = Executors.newFixedThreadPool(parallel);
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
    return answer.content() == null
        ? new Line(task, null, answer.failure(), answer.spent())
        : kept(task, answer);
  }

  private static Line kept(WritingTask task, ChatAnswer answer) {
    var written = Prompts.answer(answer.content());
    if (written.isEmpty()) {
      return new Line(task, null, MALFORMED, answer.spent());
    }
    var said = new ArrayList<>(Prompts.facts(task));
    said.add(task.text());
    var grounded = Grounding.in(said).grounded(written.get().text());
    return grounded.isBlank()
        ? new Line(task, null, BlockReason.UNGROUNDED.label(), answer.spent())
        : new Line(task, grounded, null, answer.spent());
  }
}
