"""Figure 3b of paper dp: attempted flips per nanosecond of the convolution method on a GPU.

Lattices and batches are the paper's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.dp.convolution_rates import convolution_grid

if TYPE_CHECKING:
    from spinbook import Run


SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"L": [128, 256], "batches": [1, 4], "sweeps": 2, "repeats": 3},
    "paper": {"L": [640, 1280, 1920, 2560], "batches": [1, 2, 4, 8, 16], "sweeps": 20, "repeats": 5},
}
REQUIRES = "cuda"
COMPARE = {"L": "exact", "batches": "exact", "rates": "magnitude"}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    return convolution_grid(settings, run, run.device)
