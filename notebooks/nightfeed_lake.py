"""The tables of a lake in DuckDB, read from Delta by `deltalake`: no JVM, no copy."""

import re
from pathlib import Path

import duckdb
import numpy as np
from deltalake import DeltaTable

# The order of arrays of emotions.
EMOTIONS = ("anger", "disgust", "fear", "joy", "sadness", "surprise", "neutral")

# Of fewer people nothing is told.
LEAST_PEOPLE = 20

# Input as it came, with the ids of real people; and who asked to be left out.
NOT_FOR_ANALYSTS = {"silver.quarantine", "silver.opt_outs", "silver.erased_ids"}


def connect(lake: str) -> duckdb.DuckDBPyConnection:
    """Every table as a view, such as gold.recommendations; rows and columns are read when asked for."""
    folders = sorted(log.parent for log in Path(lake).glob("*/*/_delta_log"))
    if not folders:
        raise FileNotFoundError(
            f"There is no table below {lake}. Run the jobs first, such as by `make demo`."
        )
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for folder in folders:
        layer, table = folder.parent.name, folder.name
        if f"{layer}.{table}" in NOT_FOR_ANALYSTS or not re.fullmatch(r"[a-z_]+", layer + table):
            continue
        rows = f"{layer}_{table}_rows"
        connection.register(rows, DeltaTable(folder).to_pyarrow_dataset())
        connection.execute(f"create schema if not exists {layer}")
        connection.execute(f"create view {layer}.{table} as select * from {rows}")
    # A text is read once by each version of the models: the latest counts.
    connection.execute(
        """
        create view readings as select * from silver.text_annotations
        qualify row_number() over (partition by text_hash order by run_date desc, model_digest) = 1"""
    )
    return connection


def night(connection: duckdb.DuckDBPyConnection, run_date: str = "") -> str:
    """The run date, or the last night that has lists."""
    if run_date:
        return run_date
    return str(
        connection.execute("select max(run_date) from gold.recommendations").fetchall()[0][0]
    )


def figure(name: str, value: float | int | str) -> None:
    """One line a figure, for people and for tests."""
    print(f"{name}={value}")


def stability_index(before: np.ndarray, after: np.ndarray) -> float:
    """Σ (p − q) ln(p / q) over the tenths of `before`, of which each counts at least half a value."""
    edges = np.unique(np.quantile(before, np.linspace(0, 1, 11)[1:-1]))
    shares = []
    for values in (before, after):
        counts = np.bincount(np.searchsorted(edges, values), minlength=len(edges) + 1)
        counts = np.maximum(counts, 0.5)
        shares.append(counts / counts.sum())
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())
