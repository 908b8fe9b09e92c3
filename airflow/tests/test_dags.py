"""What every DAG promises."""

import json
import re
import sqlite3
import subprocess
import sys
from copy import copy
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from conftest import DAGS, ROOT, airflow

NAMES = {"nightfeed_nightly", "nightfeed_weekly", "nightfeed_backfill"}


def tasks(dags):
    return [task for dag in dags.dags.values() for task in dag.tasks]


def rendered(dags, dag_id, task_id, params, dag_run=None):
    """The arguments of a task as its process would get them."""
    dag = dags.dags[dag_id]
    task = dag.get_task(task_id).prepare_for_execution()
    values = {**{name: param.value for name, param in dag.params.items()}, **params}
    task.render_template_fields({"params": values, "dag_run": dag_run, "dag": dag, "task": task})
    return [argument for argument in task.application_args if argument]


def test_everyDag_isThereAndSaysWhatItDoes(dags):
    assert set(dags.dags) == NAMES
    for dag in dags.dags.values():
        assert dag.doc_md and dag.description
        assert "nightfeed" in dag.tags
        assert dag.max_active_runs == 1
        assert dag.catchup is False


def test_everyTask_hasOwnerPoolRetriesTimeoutAndCallback(dags, home):
    pools = json.loads((ROOT / "airflow/pools.json").read_text())
    for task in tasks(dags):
        assert task.owner == "nightfeed", task
        assert task.pool in pools, task
        assert task.retries >= 3 and task.retry_exponential_backoff > 1, task
        assert task.max_retry_delay <= timedelta(hours=1), task
        assert task.retry_policy is not None, task
        assert timedelta(0) < task.execution_timeout <= timedelta(hours=24), task
        assert task.on_failure_callback, task


def test_everyParam_isTypedAndDescribed(dags):
    for dag in dags.dags.values():
        for name in dag.params:
            param = dag.params.get_param(name)
            assert param.schema.get("type") and param.description, (dag.dag_id, name)


@pytest.mark.parametrize(
    "dag_id, wrong",
    [
        ("nightfeed_nightly", {"run_date": "2025-06-31"}),
        ("nightfeed_nightly", {"run_date": "yesterday"}),
        ("nightfeed_nightly", {"config": "--set"}),
        ("nightfeed_nightly", {"config": 3}),
        ("nightfeed_weekly", {"nights": 0}),
        ("nightfeed_backfill", {"from": "2025-06-02"}),
        ("nightfeed_backfill", {"from": "2025-06-02", "to": "' OR '1'='1"}),
        ("nightfeed_backfill", {"from": "2025-06-02", "to": "2025-06-03", "max_parallel": "2"}),
    ],
)
def test_wrongParams_areRefused(dags, dag_id, wrong):
    from airflow.sdk.exceptions import ParamValidationError

    declared = dags.dags[dag_id].params
    params = type(declared)({name: copy(declared.get_param(name)) for name in declared})
    with pytest.raises(ParamValidationError):
        for name, value in wrong.items():
            params[name] = value
        params.validate()


def test_nightly_hasOneTaskForEachJobInOrder(dags):
    dag = dags.dags["nightfeed_nightly"]
    order = ["ingest", "annotate", "profile", "train", "recommend", "generate", "reply", "report", "gate"]
    assert [task.task_id for task in dag.topological_sort()] == order
    for before, after in zip(order, order[1:]):
        assert before in dag.get_task(after).upstream_task_ids


def test_nightlyThatIsTriggered_hasADeadlineFiveHoursLater(dags, home):
    airflow("dags", "trigger", "nightfeed_nightly", "--conf", '{"run_date": "2025-06-02"}')
    with sqlite3.connect(home / "airflow.db") as database:
        queued, deadline = database.execute(
            """select queued_at, deadline_time from deadline join dag_run on dag_run.id = dagrun_id
            where dag_id = 'nightfeed_nightly'"""
        ).fetchone()
    late = datetime.fromisoformat(deadline) - datetime.fromisoformat(queued)
    assert late == timedelta(hours=5), "nobody would be told of a night that is late"


def test_nightly_announcesEveryGoldTable(dags):
    outlets = {
        asset.name for task in dags.dags["nightfeed_nightly"].tasks for asset in task.outlets
    }
    declared = (ROOT / "jobs/src/main/java/io/nightfeed/tables/Gold.java").read_text()
    assert outlets == set(re.findall(r'"(gold\.[a-z_]+)"', declared))


def test_everyJobOfANight_getsTheSameRunDate(dags):
    dag_run = SimpleNamespace(data_interval_end=datetime(2025, 6, 3, 0, 30, tzinfo=UTC))
    for task in dags.dags["nightfeed_nightly"].tasks:
        if task.task_id != "gate":
            arguments = rendered(dags, "nightfeed_nightly", task.task_id, {}, dag_run)
            assert arguments[0] == task.task_id
            assert arguments[arguments.index("--run-date") + 1] == "2025-06-02", task


def test_backfill_saysFromToAndWhetherOnlyToPlan(dags):
    nights = {"from": "2025-06-02", "to": "2025-06-04"}
    run = rendered(dags, "nightfeed_backfill", "backfill", {**nights, "max_parallel": 2})
    assert run[3:] == ["--from", "2025-06-02", "--to", "2025-06-04", "--max-parallel", "2"]
    plan = rendered(dags, "nightfeed_backfill", "backfill", {**nights, "plan": True})
    assert plan[-1] == "--plan"


def test_weekly_learnsFromNightsWhoseWindowsMeet(dags):
    dag_run = SimpleNamespace(data_interval_end=datetime(2025, 6, 29, 6, tzinfo=UTC))
    arguments = rendered(dags, "nightfeed_weekly", "tune", {}, dag_run)
    assert arguments[arguments.index("--night") + 1] == "2025-06-07,2025-06-14,2025-06-21"
    assert arguments[arguments.index("--window-days") + 1] == "7"


def test_commands_areThoseOfTheJar(dags):
    """Every command and option is declared by the jobs; a renamed one is found without a JVM."""
    sources = "\n".join(
        source.read_text() for source in (ROOT / "jobs/src/main/java").rglob("*.java")
    )
    for task in tasks(dags):
        for word in getattr(task, "application_args", []):
            if re.fullmatch(r"-?-?[a-z-]+", word):
                assert f'"{word}"' in sources, word


def test_backfillOfTheNightlyDag_listsTheRunDates(dags):
    """`airflow backfill create --dry-run` lists run dates, from (inclusive) to (exclusive)."""
    listed = airflow(
        "backfill", "create", "--dag-id", "nightfeed_nightly", "--from-date", "2025-06-02",
        "--to-date", "2025-06-05", "--dry-run",
    )  # fmt: skip
    dates = re.findall(r"^\| (\d{4}-\d\d-\d\d) 00:30:00\+00:00", listed, re.MULTILINE)
    assert dates == ["2025-06-02", "2025-06-03", "2025-06-04"], listed

    from nightfeed_jobs import run_date

    timetable = dags.dags["nightfeed_nightly"].timetable
    from airflow.serialization.encoders import coerce_to_core_timetable
    from pendulum import datetime as moment

    for day in (2, 3, 4):
        info = coerce_to_core_timetable(timetable).infer_manual_data_interval(
            run_after=moment(2025, 6, day + 1, 0, 30)
        )
        assert info.start.date() == date(2025, 6, day)
        assert run_date(SimpleNamespace(data_interval_end=info.end), {}) == f"2025-06-0{day}"


def test_parsing_isQuickAndImportsNothingHeavy(dags):
    assert max(stat.duration for stat in dags.dagbag_stats) < timedelta(seconds=10)
    heavy = ("numpy", "pandas", "pyarrow", "pyspark", "deltalake", "sqlalchemy", "duckdb")
    # What Airflow and the provider import is theirs; the DAG files may add nothing of it.
    script = f"""
import sys, time
import airflow.sdk, airflow.providers.apache.spark.operators.spark_submit
before = set(sys.modules)
start = time.process_time()
sys.path.insert(0, {str(DAGS)!r})
for name in {sorted(NAMES)!r}:
    __import__(name)
print(time.process_time() - start, [name for name in {heavy!r} if name in set(sys.modules) - before])"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    seconds, found = done.stdout.strip().splitlines()[-1].split(" ", 1)
    assert found == "[]"
    assert float(seconds) < 5
