package io.nightfeed.run;

import java.io.PrintWriter;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Runs the jobs of many nights, job by job: a night's profile reads all that arrived up to then, so
 * every night is ingested before any is profiled. Nights of one job may then come in any order and
 * several at a time, but for jobs whose nights are ordered.
 */
final class Backfill {
  private final JobRunner runner;
  private final List<Job> jobs;
  private final JobLedger ledger;
  private final PrintWriter out;

  Backfill(JobRunner runner, List<Job> jobs, JobLedger ledger, PrintWriter out) {
    this.runner = runner;
    this.jobs = jobs;
    this.ledger = ledger;
    this.out = out;
  }

  /**
   * What is to be done: nights by job, in the order of the jobs.
   *
   * @param isForced also what is done already
   */
  Map<Job, List<LocalDate>> plan(List<LocalDate> nights, boolean isForced) {
    var due = new LinkedHashMap<Job, List<LocalDate>>();
    // A night that a job does again makes later jobs of later nights due, before the ledger says
    // so.
    var again = new LinkedHashSet<LocalDate>();
    for (var job : jobs) {
      var mine = new ArrayList<LocalDate>();
      for (var night : job.isOrdered() ? nights.stream().sorted().toList() : nights) {
        if (isForced
            || isAfterAny(night, again)
            || job.isOrdered() && isAfterAny(night, Set.copyOf(mine))
            || !ledger.isDone(jobs, job, night, runner::runId)) {
          mine.add(night);
        }
      }
      again.addAll(mine);
      due.put(job, List.copyOf(mine));
    }
    return due;
  }

  private static boolean isAfterAny(LocalDate night, Set<LocalDate> others) {
    return others.stream().anyMatch(other -> !other.isAfter(night));
  }

  /**
   * Does it.
   *
   * @param atOnce most nights at a time
   * @return the code of the first that failed, or OK; nothing is begun after a failure
   */
  ExitCode run(Map<Job, List<LocalDate>> plan, int atOnce) throws InterruptedException {
    int number = 0;
    for (var step : plan.entrySet()) {
      number++;
      if (!step.getValue().isEmpty()) {
        out.printf(
            "backfill: %s, %d nights (job %d of %d)%n",
            step.getKey().name(), step.getValue().size(), number, plan.size());
        out.flush();
        var code = run(step.getKey(), step.getValue(), step.getKey().isOrdered() ? 1 : atOnce);
        if (code != ExitCode.OK) {
          return code;
        }
      }
    }
    return ExitCode.OK;
  }

  private ExitCode run(Job job, List<LocalDate> nights, int atOnce) throws InterruptedException {
    var failed = new AtomicReference<>(ExitCode.OK);
    var threads = Executors.newFixedThreadPool(atOnce);
    try {
      var running = new ArrayList<Future<?>>();
      for (var night : nights) {
        running.add(threads.submit(() -> runUnlessFailed(job, night, failed)));
      }
      for (var one : running) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("%s could not be run".formatted(job.name()), e.getCause());
    } finally {
      threads.shutdownNow();
    }
    return failed.get();
  }

  private void runUnlessFailed(Job job, LocalDate night, AtomicReference<ExitCode> failed) {
    if (failed.get() == ExitCode.OK) {
      var code = runner.run(List.of(job), night);
      if (code != ExitCode.OK) {
        failed.compareAndSet(ExitCode.OK, code);
      }
    }
  }
}
