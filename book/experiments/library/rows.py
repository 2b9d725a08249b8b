"""The rows of the benchmarks as one table, and the rows of one benchmark of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def table(benchmarks: Mapping[str, Any], other_models: Mapping[str, Any]) -> Any:
    """All rows as a pandas DataFrame, with the lattice's size `L` and the number of `lattices` read from the work.

    The rows of other models come from the second record, which is made again more often than the first.
    """
    import pandas as pd

    first = pd.DataFrame(dict(benchmarks))
    rows = pd.concat([first[first["benchmark"] != "other models"], pd.DataFrame(dict(other_models))], ignore_index=True)
    size = rows["work"].str.extract(r"L=(?P<L>\d+)(?: x(?P<lattices>\d+))?").astype(float)
    rows["L"], rows["lattices"] = size["L"], size["lattices"].fillna(1)
    return rows


def of(rows: Any, benchmark: str, **columns: Any) -> Any:
    """The rows of one benchmark with the given entries."""
    chosen = rows["benchmark"] == benchmark
    for name, entry in columns.items():
        chosen &= rows[name] == entry
    return rows[chosen]


def columns(rows: Any, *names: str) -> dict[str, Any]:
    """Columns of rows, as the data of a figure."""
    return {name: np.array(rows[name].tolist()) for name in names}
