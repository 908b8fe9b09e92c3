"""What the DAGs share: how a job is started, what its exit code means, which night it is for.

**The run date** is computed in one place, `run_date`: the last UTC date that was over at the end of
the run's data interval. A scheduled nightly run of 00:30 is for the day before, and so has that day in
its logical date; a manual run is for the last night that the schedule was due for. The parameter
`run_date` says otherwise.

**Exit codes** (io.nightfeed.run.ExitCode) reach Airflow where Spark's driver runs in client mode:

* 75, something is not there yet: tried again with growing pauses, as often as `retries` says;
* 3, the data or the model are not good enough, and 2, wrong options or settings: never tried again;
* all others, such as 1 or that of a killed process: tried once more, if it was the first try.
"""

from __future__ import annotations

import logging
import os
from datetime import UTC, date, timedelta
from pathlib import Path

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import Asset, BaseHook, Param, RetryDecision, RetryPolicy
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

ROOT = Path(__file__).resolve().parents[2]
JAR = os.environ.get("NIGHTFEED_JAR", str(ROOT / "jobs/target/nightfeed.jar"))
CONFIG = os.environ.get("NIGHTFEED_CONFIG", str(ROOT / "conf/cluster.conf"))
SPARK_PROPERTIES = os.environ.get(
    "NIGHTFEED_SPARK_PROPERTIES", str(ROOT / "conf/spark/cluster.properties")
)
# Maven coordinates, where Spark's own jars lack Delta's: io.delta:delta-spark_2.12:3.3.3
SPARK_PACKAGES = os.environ.get("NIGHTFEED_SPARK_PACKAGES")
FIRST_RETRY_SECONDS = float(os.environ.get("NIGHTFEED_FIRST_RETRY_SECONDS", "300"))

RETRIES = 6
POOL = "nightfeed"
CONNECTION = "spark_default"
USAGE, REFUSED, NOT_THERE_YET = 2, 3, 75
# io.nightfeed.run.RunRecord says so of a job that ended well, and "failed (exit code 3)" of one that did not.
SAYS_REFUSED = ": refused (exit code 3)"
MEANING = {
    USAGE: "wrong options or settings",
    REFUSED: "the data or the model are not good enough to publish; what served before still serves",
    NOT_THERE_YET: "something is not there yet, such as the night's input",
}

GOLD = {
    name: Asset(name=f"gold.{name}", uri=f"nightfeed://gold/{name}")
    for name in (
        "recommendations",
        "recommendations_latest",
        "candidate_funnel",
        "generated_texts",
        "amplification_audit",
        "model_evaluations",
        "serving_models",
        "reply_suggestions",
    )
}

log = logging.getLogger("nightfeed.alerts")


def run_date(dag_run, params) -> str:
    """The night that a run is for, as YYYY-MM-DD."""
    if chosen := params.get("run_date"):
        return date.fromisoformat(chosen).isoformat()
    # Runs that assets or callers start without a logical date have no interval.
    due = dag_run.data_interval_end or dag_run.run_after
    return (due.astimezone(UTC).date() - timedelta(days=1)).isoformat()


class JobFailed(AirflowException):
    """A job's process ended with an exit code other than 0."""

    def __init__(self, command: str, code: int):
        self.code = code
        meaning = MEANING.get(code, "the job failed")
        super().__init__(
            f"nightfeed {command} ended with exit code {code}: {meaning}. See above what it said."
        )


class RetryByExitCode(RetryPolicy):
    """Tries again only what may end better."""

    def evaluate(self, exception, try_number, max_tries, context=None) -> RetryDecision:
        code = exception.code if isinstance(exception, JobFailed) else None
        if code in (USAGE, REFUSED):
            return RetryDecision.fail(f"exit code {code} is the same however often it is tried")
        if code == NOT_THERE_YET:
            return RetryDecision.retry(reason="not there yet: try again later")
        # A task that was cleared begins anew.
        if try_number - (max_tries - RETRIES) >= 2:
            return RetryDecision.fail("it failed at its second try or later")
        return RetryDecision.default()


class NightfeedJob(SparkSubmitOperator):
    """A command of nightfeed.jar, by spark-submit.

    :param command: such as ingest
    :param options: its options; empty ones are left out (templated)
    :param asset_extra: what the events of its outlets tell (templated)
    :param skip_if_refused: whether the task is skipped, and the night goes on, where the job did its work but
        what it made may not serve: exit code 3, like a failure, but told as refused in its summary
    """

    template_fields = (*SparkSubmitOperator.template_fields, "asset_extra")

    def __init__(
        self,
        *,
        command: str,
        options: list[str],
        asset_extra: dict[str, str],
        skip_if_refused: bool = False,
        **kwargs,
    ):
        super().__init__(
            application=JAR,
            java_class="io.nightfeed.Main",
            name=f"nightfeed-{command}",
            conn_id=CONNECTION,
            properties_file=SPARK_PROPERTIES,
            packages=SPARK_PACKAGES,
            application_args=[command, *options],
            **kwargs,
        )
        self.command = command
        self.asset_extra = asset_extra
        self.skip_if_refused = skip_if_refused

    def execute(self, context):
        # Without this the provider would submit to YARN.
        BaseHook.get_connection(CONNECTION)
        self.application_args = [option for option in self.application_args if option]
        try:
            super().execute(context)
        except AirflowException as failure:
            process = getattr(self._hook, "_submit_sp", None)
            code = process.poll() if process else None
            if not code:
                raise
            # The provider's message ends with the last lines that the process printed.
            if code == REFUSED and self.skip_if_refused and SAYS_REFUSED in str(failure):
                context["ti"].xcom_push(key="refused", value=True)
                raise AirflowSkipException(f"{self.command}: {MEANING[code]}") from failure
            raise JobFailed(self.command, code) from failure
        for outlet in self.outlets:
            context["outlet_events"][outlet].extra = self.asset_extra


def tell_failure(context) -> None:
    """The one place from which people are told of a task that failed for good."""
    ti = context["ti"]
    log.error(
        "NIGHTFEED ALERT: %s of %s failed for good, run %s, try %d: %s",
        ti.task_id,
        ti.dag_id,
        context["run_id"],
        ti.try_number,
        context.get("exception"),
    )


def tell_deadline(message: str, context=None) -> None:
    """The one place from which people are told of a run that is not over in time."""
    run = (context or {}).get("dag_run") or {}
    log.error("NIGHTFEED ALERT: %s (run %s)", message, run.get("dag_run_id") or run.get("run_id"))


def require_new_model(ti) -> None:
    """Fails where train's model was refused, after all else is done: `nightly` ends with 3 just so."""
    if ti.xcom_pull(task_ids="train", key="refused"):
        raise AirflowFailException(
            "The night's model was refused, and the one before it served. The log of train, gold.serving_models"
            " and gold.model_evaluations say why; `nightfeed rollback` lets another one serve."
        )


DEFAULT_ARGS = {
    "owner": "nightfeed",
    "pool": POOL,
    # 5, 10, 20, 40, 60, 60 minutes, and up to as much again: input may be three hours late and more.
    "retries": RETRIES,
    "retry_delay": timedelta(seconds=FIRST_RETRY_SECONDS),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(hours=1),
    "retry_policy": RetryByExitCode(),
    "on_failure_callback": tell_failure,
    "depends_on_past": False,
}

CONFIG_PARAM = Param(
    CONFIG,
    type="string",
    pattern="^[^-]",
    title="Settings",
    description="Settings file, absolute, or relative to where the workers run.",
)
RUN_DATE_PARAM = Param(
    None,
    type=["null", "string"],
    format="date",
    title="Run date",
    description="The night to run for; empty: the last one that was over.",
)
SETTINGS = ["--config", "{{ params.config }}"]
RUN_DATE = "{{ run_date(dag_run, params) }}"


def job(
    command: str,
    *options: str,
    timeout: timedelta,
    outlets: tuple[str, ...] = (),
    asset_extra: dict[str, str] | None = None,
    **kwargs,
) -> NightfeedJob:
    """A task of the same name as its command, for the settings of the run."""
    return NightfeedJob(
        task_id=command,
        command=command,
        options=[*SETTINGS, *options],
        asset_extra=asset_extra or {"run_date": RUN_DATE},
        execution_timeout=timeout,
        outlets=[GOLD[name] for name in outlets],
        **kwargs,
    )
