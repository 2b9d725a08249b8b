"""All rates and times of one run of `make bench`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.library.benchmark_rows import COLUMNS, measured

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"file": "benchmarks_smoke.json", "options": ["--quick", "--no-peers", "--threads", "1", "2"]},
    "paper": {"file": "benchmarks.json", "options": ["--threads", "1", "2"]},
}
COMPARE = {"value": "magnitude", COLUMNS[:3] + COLUMNS[4:]: "kept"}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    return measured(settings, run)
