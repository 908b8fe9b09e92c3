"""An Airflow of the tests' own, below target/airflow-test, as airflow/env.sh describes it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "target/airflow-test"
DAGS = ROOT / "airflow/dags"

os.environ.update(
    {
        "AIRFLOW_HOME": str(WORK / "airflow"),
        "AIRFLOW_CONN_SPARK_DEFAULT": '{"conn_type": "spark", "host": "local[2]", "extra": {"deploy-mode": "client"}}',
        "NIGHTFEED_CONFIG": str(WORK / "nightfeed.conf"),
        "NIGHTFEED_SPARK_PROPERTIES": str(ROOT / "conf/spark/demo.properties"),
        # For commands of some seconds: compiling thoroughly costs more than it brings.
        "NIGHTFEED_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1",
        "NIGHTFEED_FIRST_RETRY_SECONDS": "1",
    }
)
_set = subprocess.run(
    ["bash", "-c", f"source {ROOT}/airflow/env.sh && env -0"],
    capture_output=True,
    check=True,
    text=True,
).stdout
os.environ.update(line.split("=", 1) for line in _set.split("\0") if "=" in line)
sys.path.insert(0, str(DAGS))


def airflow(*arguments: str) -> str:
    """What an airflow command prints; it must succeed."""
    done = subprocess.run(
        ["airflow", *arguments], capture_output=True, text=True, cwd=ROOT, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def home() -> Path:
    """An empty metadata database, with the pool."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    airflow("db", "migrate")
    airflow("pools", "import", str(ROOT / "airflow/pools.json"))
    airflow("dags", "reserialize")
    return WORK / "airflow"


@pytest.fixture(scope="session")
def dags(home):
    """Every DAG, as the scheduler's parser reads it."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(DAGS)
    assert bag.import_errors == {}
    return bag
