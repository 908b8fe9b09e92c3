"""Every DAG run for real: `airflow dags test`, local Spark, the platform of data-samples/, and the tables after it.

The lake of these runs, target/airflow-test/lake, is read by the notebooks' tests, too.
"""

import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import time

import pytest
from conftest import ROOT, WORK
from deltalake import DeltaTable, QueryBuilder

JOBS = ["ingest", "annotate", "profile", "train", "recommend", "generate", "reply", "report"]
RAW, LAKE = WORK / "raw", WORK / "lake"
SAMPLES = ROOT / "data-samples/raw"

CONF = """nightfeed {
  raw-folder = "%(work)s/raw"
  lake-folder = "%(work)s/lake"
  models-folder = "%(root)s/target/models"
  pseudonyms { generate-key = true, key-file = "%(work)s/key" }
  annotate.partitions = 2
  train { rank = 16, iterations = 4, calibration-rounds = 4, blocks = 2 %(train)s }
  recommend.top-n = 20
  tune { trials = 2, first-share = 1 }
}
"""


def write_conf(name: str, train: str = "") -> str:
    file = WORK / name
    file.write_text(CONF % {"work": WORK, "root": ROOT, "train": train})
    return str(file)


def deliver(night: str) -> None:
    """A night's files arrive: posts first, since a night is there when its events are."""
    for source in ("posts", "events"):
        shutil.copytree(SAMPLES / source / night, RAW / source / night)


def start(name: str, dag_id: str, when: str, conf: dict, *options: str):
    log = (WORK / f"{name}.log").open("w")
    return subprocess.Popen(
        ["airflow", "dags", "test", dag_id, when, "--conf", json.dumps(conf), *options],
        stdout=log,
        stderr=subprocess.STDOUT,
        cwd=ROOT,
        # See nightfeed_nightly: `dags test` and deadlines do not go together.
        env={**os.environ, "NIGHTFEED_DEADLINE_HOURS": "0"},
    )


def printed(name: str) -> str:
    return (WORK / f"{name}.log").read_text()


def run(name: str, *arguments) -> tuple[int, str]:
    """The exit code of a run, and what it printed."""
    code = start(name, *arguments).wait(timeout=1800)
    return code, printed(name)


def states(home, dag_id: str) -> dict[str, tuple]:
    """State and number of tries of each task in the last run of a DAG."""
    with sqlite3.connect(home / "airflow.db") as database:
        rows = database.execute(
            """select task_id, state, try_number, start_date, end_date from task_instance where dag_id = ?1
            and run_id = (select run_id from dag_run where dag_id = ?1 order by id desc limit 1)""",
            (dag_id,),
        ).fetchall()
    return {task: tuple(rest) for task, *rest in rows}


def events(home, dag_id: str) -> list[tuple[str, dict]]:
    """The events of assets that the runs of a DAG made."""
    with sqlite3.connect(home / "airflow.db") as database:
        rows = database.execute(
            """select asset.name, asset_event.extra from asset_event join asset on asset.id = asset_id
            where source_dag_id = ? order by asset.name""",
            (dag_id,),
        ).fetchall()
    return [(name, json.loads(extra)) for name, extra in rows]


def query(sql: str, *tables: str) -> list[dict]:
    """Rows of a query in which gold.recommendations is called recommendations."""
    builder = QueryBuilder()
    for table in tables:
        builder = builder.register(table.split(".")[1], DeltaTable(LAKE / table.replace(".", "/")))
    return builder.execute(sql).read_all().to_struct_array().to_pylist()


@pytest.fixture(scope="module")
def first_night(home):
    """The night of 2025-06-02; its input arrives when ingest has asked for it in vain."""
    conf = write_conf("nightfeed.conf")
    RAW.mkdir()
    process = start(
        "first-night", "nightfeed_nightly", "2025-06-03T00:30:00+00:00", {"config": conf}
    )
    try:
        deadline = time.monotonic() + 300
        while "ended with exit code 75" not in printed("first-night"):
            assert process.poll() is None and time.monotonic() < deadline, printed("first-night")
            time.sleep(0.2)
        deliver("2025-06-02")
        code = process.wait(timeout=1800)
    finally:
        process.kill()
    return code, states(home, "nightfeed_nightly"), events(home, "nightfeed_nightly")


@pytest.fixture(scope="module")
def second_night(home, first_night):
    """The night of 2025-06-03, by the backfill."""
    deliver("2025-06-03")
    nights = {"from": "2025-06-03", "to": "2025-06-04"}
    code, text = run("second-night", "nightfeed_backfill", "2025-06-05", nights)
    assert code == 0, text
    return states(home, "nightfeed_backfill")


@pytest.fixture(scope="module")
def refused_model(home, second_night):
    """The night of 2025-06-03 once more, with a gate that nothing passes."""
    conf = write_conf("strict.conf", ", gate { held-out-share = 0.2, min-pairs = 2, min-auc = 1 }")
    code, text = run(
        "refused-model", "nightfeed_nightly", "2025-06-05", {"config": conf, "run_date": "2025-06-03"},
        "--mark-success-pattern", "ingest|annotate|profile|report",
    )  # fmt: skip
    return code, text, states(home, "nightfeed_nightly")


@pytest.fixture(scope="module")
def broken_night(home, refused_model):
    """The night of 2025-06-04, of which every line of events is broken."""
    folder = RAW / "events/2025-06-04"
    folder.mkdir(parents=True)
    with gzip.open(folder / "part-00000.jsonl.gz", "wt") as file:
        file.writelines(
            '{"event_id": "broken-by-the-test", "user_id": "u00001"\n' for _ in range(50)
        )
    code, text = run("broken-night", "nightfeed_nightly", "2025-06-05T00:30:00+00:00", {})
    return code, text, states(home, "nightfeed_nightly")


def test_inputThatIsLate_isWaitedForAndThenTheWholeNightRuns(first_night):
    code, tasks, _ = first_night
    assert code == 0, printed("first-night")
    assert {task: state for task, (state, *_) in tasks.items()} == dict.fromkeys(
        [*JOBS, "gate"], "success"
    )
    assert tasks["ingest"][1] == 2, "ingest was tried once more"
    assert all(tasks[job][1] == 1 for job in JOBS[1:])
    for before, after in zip(JOBS, JOBS[1:]):
        assert tasks[before][3] <= tasks[after][2], f"{after} began before {before} ended"


def test_nightly_writesTheTablesOfItsNight(first_night):
    runs = query(
        "select job, status, cast(run_date as varchar) as night from job_runs", "ops.job_runs"
    )
    first = [(row["job"], row["status"]) for row in runs if row["night"] == "2025-06-02"]
    assert sorted(first) == sorted([("ingest", "failed"), *((job, "ok") for job in JOBS)])
    night = "where run_date = date '2025-06-02'"
    rows = query(
        f"select count(*) as n, count(distinct user_id) as users from recommendations {night}",
        "gold.recommendations",
    )[0]
    funnel = query(
        f"select sum(delivered) as n, count(*) as users from candidate_funnel {night}",
        "gold.candidate_funnel",
    )[0]
    assert rows["n"] == funnel["n"] > 0
    assert rows["users"] <= funnel["users"]
    counted = query(
        "select source, lines_in, rows_out + duplicates + quarantined as lines from ingest_counts",
        "silver.ingest_counts",
    )
    delivered = sum(
        1 for file in (SAMPLES / "events/2025-06-02").iterdir() for _ in gzip.open(file)
    )
    assert {"source": "events", "lines_in": delivered, "lines": delivered} in counted
    assert (LAKE / "reports/run_date=2025-06-02/index.html").stat().st_size > 10_000


def test_goldTables_areAnnouncedWithTheirRunDate(first_night):
    announced = first_night[2]
    tables = {folder.parent.name for folder in LAKE.glob("gold/*/_delta_log")}
    assert len(tables) == 8
    assert {name for name, _ in announced} == {f"gold.{table}" for table in tables}
    assert [extra for _, extra in announced] == [{"run_date": "2025-06-02"}] * 8


def test_backfill_runsEveryJobOfItsNights(home, second_night):
    assert second_night["backfill"][:2] == ("success", 1)
    runs = query(
        "select job, status from job_runs where run_date = date '2025-06-03'", "ops.job_runs"
    )
    assert {(row["job"], row["status"]) for row in runs} >= {(job, "ok") for job in JOBS[:3]}
    nights = query(
        "select distinct cast(run_date as varchar) as night from recommendations",
        "gold.recommendations",
    )
    assert {row["night"] for row in nights} == {"2025-06-02", "2025-06-03"}
    assert {json.dumps(extra) for _, extra in events(home, "nightfeed_backfill")} == {
        json.dumps({"from": "2025-06-03", "to": "2025-06-04"})
    }


def test_refusedModel_leavesTheChampionAndTheNightGoesOn(refused_model):
    code, text, tasks = refused_model
    assert code != 0, "the run must end as `nightly` does: not well"
    assert {task: tasks[task][:2] for task in ("train", "recommend", "gate")} == {
        "train": ("skipped", 1),
        "recommend": ("success", 1),
        "gate": ("failed", 1),
    }, text
    assert "NIGHTFEED ALERT: gate of nightfeed_nightly failed for good" in text
    second = "where run_date = date '2025-06-03'"
    serving = query(
        f"select decision, cast(model_run_date as varchar) as night, model_version from serving_models {second}",
        "gold.serving_models",
    )
    assert [(row["decision"], row["night"]) for row in serving] == [("champion_kept", "2025-06-02")]
    lists = query(
        f"select distinct model_version from recommendations {second}", "gold.recommendations"
    )
    assert lists == [{"model_version": serving[0]["model_version"]}]


def test_badData_stopTheNightAtOnceAndTouchNothing(broken_night):
    code, text, tasks = broken_night
    assert code != 0
    assert tasks["ingest"][:2] == ("failed", 1), "exit code 3 was tried again"
    assert {tasks[task][0] for task in [*JOBS[1:], "gate"]} == {"upstream_failed"}
    assert "NIGHTFEED ALERT: ingest of nightfeed_nightly failed for good" in text
    runs = query(
        "select job, status from job_runs where run_date = date '2025-06-04'", "ops.job_runs"
    )
    assert runs == [{"job": "ingest", "status": "failed"}]
    latest = query(
        "select distinct cast(run_date as varchar) as night from recommendations_latest",
        "gold.recommendations_latest",
    )
    assert latest == [{"night": "2025-06-03"}]


def test_weekly_looksForDamageAndForBetterSettings(home, broken_night):
    params = {
        "run_date": "2025-06-03",
        "nights": 1,
        "window_days": 1,
        "proposal": str(WORK / "tuned.conf"),
    }
    code, text = run("weekly", "nightfeed_weekly", "2025-06-08T06:00:00+00:00", params)
    assert code == 0, text
    assert "tables checked, 0 findings" in text
    assert {task: state[:2] for task, state in states(home, "nightfeed_weekly").items()} == {
        "repair": ("success", 1),
        "maintain": ("success", 1),
        "tune": ("success", 1),
    }
    trials = query(
        "select trial, cast(run_date as varchar) as night from tuning_trials", "ops.tuning_trials"
    )
    assert sorted((row["trial"], row["night"]) for row in trials) == [
        (0, "2025-06-02"),
        (1, "2025-06-02"),
    ]
