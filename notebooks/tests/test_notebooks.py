"""Every notebook is executed on a lake that real runs made (`make test-airflow`), and its figures are held against the tables."""

import gzip
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import jupytext
import nbformat
import numpy as np
import papermill
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from deltalake import DeltaTable

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
LAKE = Path(os.environ.get("NIGHTFEED_LAKE", ROOT / "target/airflow-test/lake"))
OUT = ROOT / "target/notebooks-test"
GOLD = sorted(log.parent.name for log in LAKE.glob("gold/*/_delta_log"))
NAMES = sorted(file.stem for file in NOTEBOOKS.glob("*.py") if file.stem != "nightfeed_lake")
ENGAGED = ["click", "like", "comment", "share", "follow"]

sys.path.insert(0, str(NOTEBOOKS))


@cache
def rows(table: str) -> pa.Table:
    """A table, read by deltalake."""
    return DeltaTable(LAKE / table.replace(".", "/")).to_pyarrow_table()


@cache
def night() -> str:
    """The last night that has lists."""
    return str(pc.max(rows("gold.recommendations")["run_date"]))


class Executed:
    """A notebook that ran: its figures, its text and its plots."""

    def __init__(self, name: str):
        OUT.mkdir(parents=True, exist_ok=True)
        source, target = OUT / f"{name}.in.ipynb", OUT / f"{name}.ipynb"
        nbformat.write(jupytext.read(NOTEBOOKS / f"{name}.py"), source)
        parameters = {"lake": str(LAKE)} | ({"master": "local[2]"} if "pyspark" in name else {})
        papermill.execute_notebook(
            str(source),
            str(target),
            parameters,
            kernel_name="python3",
            cwd=str(NOTEBOOKS),
            progress_bar=False,
        )
        outputs = [o for cell in nbformat.read(target, 4).cells for o in cell.get("outputs", [])]
        self.plots = sum("image/png" in output.get("data", {}) for output in outputs)
        self.text = "\n".join(
            output.get("text", "")
            + "".join(
                str(v) for kind, v in output.get("data", {}).items() if kind.startswith("text/")
            )
            for output in outputs
        )
        self.figures = dict(re.findall(r"^([a-z_0-9.]+)=(\S+)$", self.text, re.MULTILINE))


@pytest.fixture(scope="session")
def executed():
    """Runs a notebook, once."""
    done: dict[str, Executed] = {}

    def run(name: str) -> Executed:
        if name not in done:
            done[name] = Executed(name)
        return done[name]

    return run


@pytest.fixture(scope="session")
def tables():
    from nightfeed_lake import connect

    return connect(str(LAKE))


def count(table: str, **equal) -> int:
    found = rows(table)
    for column, values in equal.items():
        found = found.filter(pc.is_in(found[column].cast(pa.string()), pa.array(values)))
    return found.num_rows


@pytest.mark.parametrize("name", NAMES)
def test_notebook_runsAndShowsPlots(executed, name):
    assert executed(name).plots >= 2
    assert executed(name).figures["run_date"] == night()


@pytest.mark.parametrize("table", GOLD)
def test_deltalakeDuckDbAndSpark_readTheSameGold(executed, tables, table):
    spark = executed("large_scans_in_pyspark").figures
    mine = rows(f"gold.{table}")
    numbers = [
        f.name for f in mine.schema if pa.types.is_integer(f.type) or pa.types.is_floating(f.type)
    ]
    sums = "".join(f", sum({name}::double)" for name in numbers)
    duck = tables.sql(f"select count(*){sums} from gold.{table}").fetchall()[0]
    assert mine.num_rows == duck[0] == int(spark[f"gold.{table}.rows"]) > 0
    for name, by_duck in zip(numbers, duck[1:]):
        by_delta = pc.sum(mine[name].cast(pa.float64())).as_py()
        by_spark = spark[f"gold.{table}.{name}"]
        by_spark = None if by_spark == "None" else float(by_spark)
        # Sums of doubles in another order differ in their last digits.
        assert by_duck == pytest.approx(by_delta, rel=1e-9, abs=1e-12), (table, name)
        assert by_spark == pytest.approx(by_delta, rel=1e-9, abs=1e-12), (table, name)


def test_feelings_countEventsAndTexts(executed):
    figures = executed("what_the_platform_felt").figures
    events = rows("silver.events")
    for action in ("view", "like", "comment"):
        assert int(figures[f"events.{action}"]) == count("silver.events", action=[action])
    readings = {row["text_hash"]: row for row in rows("silver.text_annotations").to_pylist()}
    hashes = [h for h in events["text_hash"].to_pylist() if h]
    hashes += [h for h in rows("silver.posts")["text_hash"].to_pylist() if h]
    read = [readings[h] for h in hashes if readings[h]["emotions"] is not None]
    # Days of fewer than 20 people are not told, and posts of before the week neither.
    assert 0 < int(figures["written.texts"]) <= len(read)
    for part in ("written", "seen"):
        shares = [float(figures[f"{part}.{name}"]) for name in
                  ("anger", "disgust", "fear", "joy", "sadness", "surprise", "neutral")]  # fmt: skip
        assert sum(shares) == pytest.approx(1, abs=1e-4)
    states = [
        row
        for row in rows("silver.user_states").to_pylist()
        if str(row["run_date"]) == night() and row["evidence"] > 0
    ]
    assert int(figures["felt.people"]) == len(states)
    assert float(figures["felt.valence"]) == pytest.approx(
        sum(r["valence"] for r in states) / len(states), abs=1e-5
    )


def test_reasons_areTheReadersOwnHistory(executed):
    figures = executed("why_was_this_recommended").figures
    lists = [
        row for row in rows("gold.recommendations").to_pylist() if str(row["run_date"]) == night()
    ]
    own = [row for row in lists if row["user_id"].startswith(figures["reader"])]
    assert int(figures["list.posts"]) == len(own) > 0
    assert float(figures["list.score"]) == pytest.approx(sum(row["score"] for row in own), abs=1e-5)
    assert int(figures["reasons.places"]) == sum(len(row["supporting_posts"]) for row in own) > 0
    assert int(figures["everybody.reasons"]) == sum(len(row["supporting_posts"]) for row in lists)
    assert (
        figures["everybody.reasons_unknown"]
        == figures["everybody.shares_off"]
        == figures["funnel.lost"]
        == "0"
    )


def test_quality_tellsDecisionsInputAndAudits(executed):
    figures = executed("model_quality_and_drift").figures
    for decision in set(rows("gold.serving_models")["decision"].to_pylist()):
        assert int(figures[f"serving.{decision}"]) == count(
            "gold.serving_models", decision=[decision]
        )
    nights = sorted({str(d) for d in rows("gold.recommendations")["run_date"].to_pylist()})
    counted = [
        row
        for row in rows("silver.ingest_counts").to_pylist()
        if str(row["run_date"]) <= nights[-1]
    ]
    assert int(figures["input.lines"]) == sum(row["lines_in"] for row in counted)
    assert figures["input.lost"] == "0"
    passed = [
        row
        for row in rows("ops.audit_results").to_pylist()
        if row["outcome"] == "passed" and str(row["run_date"]) <= nights[-1]
    ]
    assert int(figures["audits.passed"]) == len(passed)
    assert int(figures["lists.nights_compared"]) == len(nights) - 1
    for name in ("scores", "interest_share", "moods"):
        assert float(figures[f"drift.{name}"]) >= 0


def test_stabilityIndex_isThatOfItsFormula():
    from nightfeed_lake import stability_index

    values = np.arange(1000.0)
    assert stability_index(values, values) == 0
    # Five tenths have half a value each, five have a hundred.
    few, many = 0.5 / 502.5, 100 / 502.5
    by_hand = 5 * (few - 0.1) * np.log(few / 0.1) + 5 * (many - 0.1) * np.log(many / 0.1)
    assert stability_index(values, values[500:]) == pytest.approx(by_hand)


def test_scans_readOneNightOnlyAndCountEngagements(executed):
    figures = executed("large_scans_in_pyspark").figures
    assert 0 < int(figures["files.of_the_night"]) < int(figures["files.all"])
    until = [row for row in rows("silver.events").to_pylist() if str(row["run_date"]) <= night()]
    assert int(figures["events"]) == len(until)
    emotions = ("anger", "disgust", "fear", "joy", "sadness", "surprise", "neutral")
    strongest = {}
    for reading in rows("silver.text_annotations").to_pylist():
        if reading["emotions"] is not None:
            strongest[reading["text_hash"]] = emotions[
                reading["emotions"].index(max(reading["emotions"]))
            ]
    of_post = {
        row["post_id"]: strongest.get(row["text_hash"]) for row in rows("silver.posts").to_pylist()
    }
    told = [name for name in emotions if f"views.{name}" in figures]
    assert told
    for name in told:
        of = [row["action"] for row in until if of_post.get(row["post_id"]) == name]
        assert int(figures[f"views.{name}"]) == of.count("view")
        assert int(figures[f"engagements.{name}"]) == sum(of.count(action) for action in ENGAGED)


def test_outputs_nameNobody(executed):
    """No id as it came, no whole pseudonym, no refused line, no address."""
    said = "\n".join(executed(name).text for name in NAMES)
    ids = set()
    for file in (ROOT / "data-samples/raw/events").rglob("*.gz"):
        ids |= set(re.findall(rb'"user_id":"([^"]+)"', gzip.open(file).read()))
    assert len(ids) >= 50
    assert [i for i in ids if re.search(rf"\b{i.decode()}\b", said)] == []
    assert re.findall(r"\b[0-9a-f]{64}\b", said) == []
    assert "broken-by-the-test" not in said
    assert re.findall(r"[\w.]+@[\w.]+\.\w+", said) == []


def test_noOutputIsCommitted():
    tracked = subprocess.run(
        ["git", "ls-files", "notebooks"], cwd=ROOT, capture_output=True, text=True
    )
    if tracked.returncode:
        pytest.skip("not a git checkout")
    assert [file for file in tracked.stdout.split() if file.endswith(".ipynb")] == []
    for name in NAMES:
        notebook = jupytext.read(NOTEBOOKS / f"{name}.py")
        assert "parameters" in [
            tag for cell in notebook.cells for tag in cell.metadata.get("tags", [])
        ]
        assert json.dumps(notebook.metadata).find("python3") > 0
