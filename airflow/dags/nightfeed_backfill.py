"""By hand: all jobs for a range of nights, in one process.

`from` is the first night, inclusive; `to` is the night after the last one, exclusive. What is done already, with
the settings and the version of now, is skipped, so the same run goes on where it was stopped: clear the failed task. With
`plan` nothing is run: the log says what would be. Exit code 3, some night's data or model were refused, is not tried again.
"""

from datetime import timedelta

from airflow.sdk import DAG, Param
from nightfeed_jobs import CONFIG_PARAM, DEFAULT_ARGS, GOLD, job, run_date

with DAG(
    dag_id="nightfeed_backfill",
    description="All jobs for the nights from (inclusive) to (exclusive).",
    doc_md=__doc__,
    schedule=None,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    params={
        "config": CONFIG_PARAM,
        "from": Param(type="string", format="date", title="From", description="Inclusive."),
        "to": Param(type="string", format="date", title="To", description="Exclusive."),
        "max_parallel": Param(
            1, type="integer", minimum=1, description="Nights at a time, where order is free."
        ),
        "plan": Param(False, type="boolean", description="Only say what would be run."),
        "force": Param(False, type="boolean", description="Run what is done already, too."),
    },
    user_defined_macros={"run_date": run_date},
    tags=["nightfeed", "backfill"],
):
    job(
        "backfill",
        "--from",
        "{{ params['from'] }}",
        "--to",
        "{{ params['to'] }}",
        "--max-parallel",
        "{{ params.max_parallel }}",
        "{{ '--plan' if params.plan else '' }}",
        "{{ '--force' if params.force else '' }}",
        timeout=timedelta(hours=24),
        outlets=tuple(GOLD),
        asset_extra={"from": "{{ params['from'] }}", "to": "{{ params['to'] }}"},
    )
