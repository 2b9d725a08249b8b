"""Many predicted against true values, counted in hexagons: a picture of all of them, and a short table."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import style


def hexagons(axes: Any, true: ArrayLike, predicted: ArrayLike, title: str) -> dict[str, np.ndarray]:
    """Draw how many pairs fall in each hexagon, on a logarithmic colour scale, and the line of exact predictions.

    Returns the middles and counts of the hexagons that hold any, as `<title>_true`, `_predicted`, `_count`.
    """
    x, y = np.asarray(true, np.float64), np.asarray(predicted, np.float64)
    drawn = axes.hexbin(x, y, gridsize=60, bins="log", mincnt=1, cmap="viridis_r", linewidths=0.1)
    axes.figure.colorbar(drawn, ax=axes, label="configurations", shrink=0.8)
    ends = [x.min(), x.max()]
    axes.plot(ends, ends, **{**style.EXACT, "zorder": 3, "label": "predicted = true"})
    axes.set(xlabel="true energy [J]", ylabel="predicted energy [J]", title=title)
    axes.legend(fontsize=8)
    middles, counts = drawn.get_offsets(), drawn.get_array()
    columns = (np.round(middles[:, 0], 4), np.round(middles[:, 1], 4), np.asarray(counts, np.int64))
    return {f"{title}_{name}": column for name, column in zip(("true", "predicted", "count"), columns, strict=True)}
