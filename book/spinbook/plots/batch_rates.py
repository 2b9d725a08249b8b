"""Rates against the size of a batch: median and range of repeats, and where a rate was measured up to a size only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from . import style

LOOKS = tuple(zip(("blue", "sky", "green", "vermillion"), "osD^", strict=True))


class Rates(NamedTuple):
    """values: (batch, repeat). up_to: the largest batch that was measured; larger ones go at the rate of that one."""

    values: np.ndarray
    up_to: float = np.inf


def draw(axes: Any, batches: ArrayLike, rates: Mapping[str, Rates]) -> dict[str, np.ndarray]:
    """Draw at most four rates by name; returns what was measured, `<name>_median`, `_min`, `_max`, nan elsewhere."""
    sizes = np.asarray(batches)
    columns: dict[str, np.ndarray] = {}
    for (name, (values, up_to)), (color, marker) in zip(rates.items(), LOOKS, strict=False):
        found = {what: getattr(np, what)(values, axis=1) for what in ("median", "min", "max")}
        seen, middle = sizes <= up_to, found["median"]
        bars = [(middle - found["min"])[seen], (found["max"] - middle)[seen]]
        looks = {**style.MEASURED, "marker": marker, "color": style.COLORS[color], "label": name}
        axes.plot(sizes[seen], middle[seen], linewidth=1, color=style.COLORS[color])
        if not seen.all():  # from the last size that was measured on
            beyond = max(int(np.count_nonzero(seen)) - 1, 0)
            axes.plot(sizes[beyond:], middle[beyond:], linestyle=":", linewidth=1, color=style.COLORS[color])
        axes.errorbar(sizes[seen], middle[seen], bars, **looks)
        columns |= {f"{name}_{what}": np.where(seen, one, np.nan) for what, one in found.items()}
    axes.set(xlabel="configurations per batch", ylabel="configurations per second", xscale="log", yscale="log")
    return columns
