package io.nightfeed.generate;

import io.nightfeed.chat.ChatAnswer;
import io.nightfeed.chat.ChatClient;
import io.nightfeed.chat.ChatQuestion;
import io.nightfeed.chat.CitedText;
import io.nightfeed.config.Settings;
import java.util.List;
import java.util.stream.IntStream;

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
    var answers =
        client.askAll(
            tasks.stream()
                .map(
                    task ->
                        new ChatQuestion(
                            task.contentKey(), Prompts.SYSTEM, Prompts.user(task, conditions)))
                .toList());
    return IntStream.range(0, tasks.size())
        .mapToObj(i -> line(tasks.get(i), answers.get(i)))
        .toList();
  }

  private Line line(WritingTask task, ChatAnswer answer) {
    var tokens = answer.spent();
    var spent = new Line.Spent(tokens.promptTokens(), tokens.answerTokens(), tokens.cost(settings));
    if (answer.content() == null) {
      return Line.none(task, answer.failure(), spent);
    }
    return CitedText.read(answer.content(), List.of(WritingTask.SOURCE_ID))
        .map(written -> Line.grounded(task, written.text(), spent))
        .orElseGet(() -> Line.none(task, Line.MALFORMED, spent));
  }
}
