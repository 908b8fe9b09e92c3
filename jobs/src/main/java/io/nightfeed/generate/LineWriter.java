package io.nightfeed.generate;

import java.util.List;

/** A language model, wherever it runs. What it writes is checked by others. */
interface LineWriter {
  /** Writes all, and answers in their order. */
  List<Line> write(List<WritingTask> tasks);

  /** Most tasks of a night. */
  int mostTasks();

  /** Tasks of one {@link #write}, after which what was written is kept. */
  int batch();
}
