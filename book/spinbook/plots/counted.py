"""Quantities against a few whole numbers, such as sites of a lattice or latent variables, on a logarithmic axis."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import learned


def against_numbers(axes: Any, numbers: ArrayLike, series: learned.Over, *, what: str, label: str) -> dict[str, Any]:
    """Draw means over seeds of name -> (number, seed) with their errors; returns what is drawn, by label.

    The numbers themselves, which `what` names, are the ticks.
    """
    places = np.asarray(numbers)
    drawn = learned.against_temperature(axes, places, series, label=label, spread=0.0)
    axes.set(xlabel=what, xscale="log")
    axes.set_xticks(places, [f"{n:g}" for n in places])
    axes.set_xticks([], minor=True)
    return {f"{label}, {name}": values for name, values in drawn.items()}
