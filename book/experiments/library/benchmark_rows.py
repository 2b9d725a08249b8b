"""The rows that `benchmarks/run.py` writes, as columns."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from spinbook import Run


COLUMNS = ("benchmark", "subject", "work", "value", "unit", "threads", "device", "spread")


def measured(settings: Mapping[str, Any], run: Run) -> Any:
    """The rows of the program of `make bench`, as columns; no valid error is nan."""
    root = Path(__file__).resolve().parents[3]
    output, program = root / "build" / settings["file"], root / "benchmarks" / "run.py"
    subprocess.run([sys.executable, str(program), str(output), *settings["options"]], cwd=root, check=True)
    rows = json.loads(output.read_text())
    columns = {name: [row[name] for row in rows] for name in COLUMNS}
    columns["spread"] = [np.nan if spread is None else spread for spread in columns["spread"]]
    return {name: np.array(values) for name, values in columns.items()}
