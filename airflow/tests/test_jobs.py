"""One task: its night, and what becomes of its exit code. Spark's place is taken by a script here."""

import logging
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest


@pytest.fixture
def submit(home, tmp_path, monkeypatch):
    """Puts a spark-submit on the PATH that notes its arguments and ends with a code."""

    def put(code: int, says: str = ""):
        script = tmp_path / "spark-submit"
        script.write_text(
            f'#!/bin/bash\nprintf "%s\\n" "$@" > {tmp_path}/arguments\necho "{says}"\nexit {code}\n'
        )
        script.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
        return lambda: (tmp_path / "arguments").read_text().splitlines()

    return put


def task(dags, task_id):
    return dags.dags["nightfeed_nightly"].get_task(task_id).prepare_for_execution()


def context():
    pushed = {}
    ti = SimpleNamespace(xcom_push=lambda key, value: pushed.update({key: value}))
    events = {}

    class Events(dict):
        def __missing__(self, outlet):
            return events.setdefault(outlet.name, SimpleNamespace(extra={}))

    return {"ti": ti, "outlet_events": Events()}, pushed, events


def test_job_isSubmittedWithTheNightAndItsSettings(dags, submit):
    arguments = submit(0)
    recommend = task(dags, "recommend")
    values, _, events = context()
    recommend.asset_extra = {"run_date": "2025-06-02"}
    recommend.execute(values)
    given = arguments()
    assert given[given.index("--class") + 1] == "io.nightfeed.Main"
    assert given[given.index("--master") + 1] == "local[2]"
    assert given[given.index("--properties-file") + 1].endswith("demo.properties")
    assert "recommend" in given and "--config" in given
    assert events["gold.recommendations"].extra == {"run_date": "2025-06-02"}


@pytest.mark.parametrize(
    "code, first, second",
    [
        (75, "retry", "retry"),
        (1, "default", "fail"),
        (137, "default", "fail"),
        (2, "fail", "fail"),
        (3, "fail", "fail"),
    ],
)
def test_exitCode_saysWhetherToTryAgain(dags, submit, code, first, second):
    from nightfeed_jobs import JobFailed

    submit(code)
    ingest = task(dags, "ingest")
    with pytest.raises(JobFailed) as failure:
        ingest.execute(context()[0])
    assert failure.value.code == code
    decisions = [
        ingest.retry_policy.evaluate(failure.value, number, 6).action.value for number in (1, 2)
    ]
    assert decisions == [first, second]


def test_refusedModel_skipsTrainAndFailsTheGate(dags, submit):
    from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
    from nightfeed_jobs import require_new_model

    submit(3, "train 2025-06-03: refused (exit code 3) in 1.0 s")
    values, pushed, events = context()
    with pytest.raises(AirflowSkipException):
        task(dags, "train").execute(values)
    assert events == {}
    with pytest.raises(AirflowFailException, match="the one before it served"):
        require_new_model(SimpleNamespace(xcom_pull=lambda task_ids, key: pushed.get(key)))
    require_new_model(SimpleNamespace(xcom_pull=lambda task_ids, key: None))


def test_trainThatFails_stopsTheNightThoughItsExitCodeIsTheSame(dags, submit):
    from nightfeed_jobs import JobFailed

    submit(3, "train 2025-06-03: failed (exit code 3) in 1.0 s")
    with pytest.raises(JobFailed):
        task(dags, "train").execute(context()[0])


def test_missingConnection_isAFailureAndNotYarn(dags, submit, monkeypatch):
    from airflow.sdk.exceptions import AirflowNotFoundException

    arguments = submit(0)
    monkeypatch.delenv("AIRFLOW_CONN_SPARK_DEFAULT")
    with pytest.raises(AirflowNotFoundException):
        task(dags, "ingest").execute(context()[0])
    with pytest.raises(FileNotFoundError):
        arguments()


@pytest.mark.parametrize(
    "interval_end, run_after, chosen, expected",
    [
        (datetime(2025, 6, 3, 0, 30, tzinfo=UTC), None, None, "2025-06-02"),
        (datetime(2025, 6, 1, 0, 30, tzinfo=UTC), None, None, "2025-05-31"),
        (None, datetime(2025, 6, 3, 11, 0, tzinfo=UTC), None, "2025-06-02"),
        (datetime(2025, 6, 3, 0, 30, tzinfo=UTC), None, "2025-01-01", "2025-01-01"),
    ],
)
def test_runDate_isTheLastDayThatWasOver(interval_end, run_after, chosen, expected):
    from nightfeed_jobs import run_date

    dag_run = SimpleNamespace(data_interval_end=interval_end, run_after=run_after)
    assert run_date(dag_run, {"run_date": chosen}) == expected


def test_deadline_isToldByACallbackThatExecutorsCanImport(dags, caplog):
    from airflow.sdk.module_loading import import_string

    alert = dags.dags["nightfeed_nightly"].deadline
    alert = alert[0] if isinstance(alert, list) else alert
    tell = import_string(alert.callback.path)
    with caplog.at_level(logging.ERROR, logger="nightfeed.alerts"):
        tell(**alert.callback.kwargs, context={"dag_run": {"dag_run_id": "scheduled__x"}})
    assert "not over after 5 hours (run scheduled__x)" in caplog.text
