"""Measured curves with their exact ones, and below each the distance between them in error bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from . import style

X_LABEL = "temperature T [$J/k_B$]"


class Quantity(NamedTuple):
    """One column of panels.

    label: of the axis, with its unit. fine: (x, exact values) of a smooth curve. exact: exact values at the measured
    points. measured: name -> (values, errors) at those points.
    """

    label: str
    fine: tuple[ArrayLike, ArrayLike]
    exact: ArrayLike
    measured: Mapping[str, tuple[ArrayLike, ArrayLike]]


def panels(x: ArrayLike, quantities: Sequence[Quantity], *, spread: float = 0.06) -> Any:
    """Figure with two rows of axes: quantities against `x` with error bars and exact curve, and deviations / errors.

    Points of different names in the lower row stand apart over a width of `spread`, in units of x. Points without a
    valid error (nan) have no bar and no deviation.
    """
    import matplotlib.pyplot as plt

    size = (4.6 * len(quantities), 4.8)
    figure, axes = plt.subplots(2, len(quantities), figsize=size, height_ratios=(2, 1), sharex=True, squeeze=False)
    for (upper, lower), quantity in zip(axes.T, quantities, strict=True):
        upper.plot(*quantity.fine, **style.EXACT)
        shifts = np.linspace(-spread / 2, spread / 2, len(quantity.measured))
        for k, (name, (values, errors)) in enumerate(quantity.measured.items()):
            color = list(style.COLORS)[k]
            look = {**style.MEASURED, "color": style.COLORS[color], "marker": style.MARKERS[color]}
            # Series on one curve hide each other: the first is open and larger, so that it is seen around the next.
            first = {"markersize": 6, "fillstyle": "none"} if k == 0 and len(quantity.measured) > 1 else {}
            upper.errorbar(x, values, errors, label=name, **{**look, **first})
            deviation = (np.asarray(values) - np.asarray(quantity.exact)) / np.asarray(errors)
            lower.errorbar(np.asarray(x) + shifts[k], deviation, **look)
        upper.set(ylabel=quantity.label)
        upper.legend(fontsize=8)
        lower.axhspan(-2, 2, color="0.9", zorder=0)
        lower.axhline(0, color="black", linewidth=1)
        lower.set(xlabel=X_LABEL, ylabel="deviation / error")
    return figure
