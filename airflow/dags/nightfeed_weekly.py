"""Every Sunday: are the tables whole, what is old enough to go, and would other settings find better?

* `repair --dry-run` looks for damage in every table, and fails where it finds any: `nightfeed repair` mends.
* `maintain` removes what is older than `maintain.retention` of the settings says.
* `tune` searches for settings of the interest model on nights so far apart that each has a window of its own
  after it, up to the run date. Only a winner that is better on every one of them is written, to the
  parameter `proposal`; nothing is changed by itself. Try it with `tune --check` on later nights, then make it a
  `--config` of the nightly jobs.

The pool has one slot, so no job writes while tables are looked at.
"""

from datetime import UTC, date, datetime, timedelta

from airflow.sdk import DAG, CronDataIntervalTimetable, Param, chain
from nightfeed_jobs import (
    CONFIG_PARAM,
    DEFAULT_ARGS,
    RUN_DATE,
    RUN_DATE_PARAM,
    job,
    run_date,
)


def tuning_nights(run_date: str, nights: int, window_days: int) -> str:
    """Nights to learn from, oldest first: the windows after them meet, and the last one ends at the run date."""
    last = date.fromisoformat(run_date)
    back = range(nights * window_days, 0, -window_days)
    return ",".join((last - timedelta(days=days)).isoformat() for days in back)


with DAG(
    dag_id="nightfeed_weekly",
    description="Look for damaged tables; remove what is old; search for better settings.",
    doc_md=__doc__,
    schedule=CronDataIntervalTimetable("0 6 * * SUN", timezone="UTC"),
    start_date=datetime(2025, 6, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    params={
        "config": CONFIG_PARAM,
        "run_date": RUN_DATE_PARAM,
        "nights": Param(3, type="integer", minimum=1, description="How many nights to learn from."),
        "window_days": Param(7, type="integer", minimum=1, description="Days asked after each."),
        "proposal": Param(
            "target/tuned.conf",
            type="string",
            pattern="^[^-]",
            description="Where better settings are written, if any are found.",
        ),
    },
    user_defined_macros={"run_date": run_date, "tuning_nights": tuning_nights},
    tags=["nightfeed", "weekly"],
):
    chain(
        job("repair", "--dry-run", timeout=timedelta(hours=2)),
        job("maintain", "--run-date", RUN_DATE, timeout=timedelta(hours=6)),
        job(
            "tune",
            "--night",
            "{{ tuning_nights(run_date(dag_run, params), params.nights, params.window_days) }}",
            "--window-days",
            "{{ params.window_days }}",
            "--to",
            "{{ params.proposal }}",
            timeout=timedelta(hours=12),
        ),
    )
