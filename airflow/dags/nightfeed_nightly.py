"""Every night: from what arrived to tomorrow's recommendations.

One task for each job. The run date (`nightfeed_jobs.run_date`) is the UTC day before the scheduled run at
00:30 UTC: its input has just arrived. It goes to every job as `--run-date`; no job asks the clock.

* **Input is not there yet** (exit code 75): the job is tried again with growing pauses.
* **Data are not good enough** (3): the job fails at once, jobs after it do not run, and yesterday's tables
  serve. Once the data are right, clear the failed task.
* **The new model is not good enough** (3 of `train`, which says `refused`): `train` is skipped, the model of
  before serves the night, and the jobs after it run. At the end `gate` fails, as `nightfeed nightly` would end
  with exit code 3, so that somebody looks. Where no earlier model serves, `train` fails like any job.

Nights that were missed are not caught up with by themselves: use `nightfeed_backfill`, or
`airflow backfill create --dag-id nightfeed_nightly --max-active-runs 1 --from-date … --to-date …`, whose dates
are run dates, inclusive and exclusive.

Others schedule on the assets `gold.*`; their events tell the `run_date`.
"""

import os
from datetime import UTC, datetime, timedelta

from airflow.sdk import (
    DAG,
    CronDataIntervalTimetable,
    DeadlineAlert,
    DeadlineReference,
    SyncCallback,
    TriggerRule,
    chain,
    task,
)
from nightfeed_jobs import (
    CONFIG_PARAM,
    DEFAULT_ARGS,
    RUN_DATE,
    RUN_DATE_PARAM,
    job,
    require_new_model,
    run_date,
    tell_deadline,
)

# 0: nobody is told. Airflow 3.3.2's `dags test` fails at the end of a run that has a deadline, and needs that.
HOURS_TO_BE_DONE = float(os.environ.get("NIGHTFEED_DEADLINE_HOURS", "5"))
NIGHT = ("--run-date", RUN_DATE)
LATE = DeadlineAlert(
    reference=DeadlineReference.DAGRUN_QUEUED_AT,
    interval=timedelta(hours=HOURS_TO_BE_DONE),
    callback=SyncCallback(
        tell_deadline,
        kwargs={"message": f"nightfeed_nightly is not over after {HOURS_TO_BE_DONE:g} hours"},
    ),
)

with DAG(
    dag_id="nightfeed_nightly",
    description="Ingest, annotate, profile, train, recommend, generate, reply, report: one night.",
    doc_md=__doc__,
    schedule=CronDataIntervalTimetable("30 0 * * *", timezone="UTC"),
    start_date=datetime(2025, 6, 1, tzinfo=UTC),
    catchup=False,
    # A model is compared with that of the night before.
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    params={"config": CONFIG_PARAM, "run_date": RUN_DATE_PARAM},
    user_defined_macros={"run_date": run_date},
    deadline=LATE if HOURS_TO_BE_DONE else None,
    tags=["nightfeed", "nightly"],
):
    ingest = job("ingest", *NIGHT, timeout=timedelta(hours=1))
    annotate = job("annotate", *NIGHT, timeout=timedelta(hours=3))
    profile = job("profile", *NIGHT, timeout=timedelta(hours=1))
    train = job(
        "train",
        *NIGHT,
        timeout=timedelta(hours=2),
        outlets=("model_evaluations", "serving_models"),
        skip_if_refused=True,
    )
    recommend = job(
        "recommend",
        *NIGHT,
        timeout=timedelta(hours=2),
        outlets=(
            "recommendations",
            "recommendations_latest",
            "candidate_funnel",
            "amplification_audit",
        ),
        trigger_rule=TriggerRule.NONE_FAILED,
    )
    generate = job(
        "generate", *NIGHT, timeout=timedelta(hours=2), outlets=("generated_texts",)
    )
    reply = job(
        "reply",
        *NIGHT,
        timeout=timedelta(hours=1),
        outlets=("reply_suggestions",),
    )
    report = job("report", *NIGHT, timeout=timedelta(minutes=30))
    gate = task(
        task_id="gate",
        trigger_rule=TriggerRule.NONE_FAILED,
        execution_timeout=timedelta(minutes=5),
    )(require_new_model)()
    chain(ingest, annotate, profile, train, recommend, generate, reply, report, gate)
    train >> gate
