"""Examples by energy, and beside them what networks trained on such examples misclassify."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import style


def panels(levels: ArrayLike, states: ArrayLike, examples: ArrayLike, wrong: ArrayLike) -> Any:
    """Figure with two axes: examples by energy, mean of the sets, and the misclassified share of all states.

    Parameters
    ----------
    levels, states : array_like
        The energies in J, rising, and how many states have each.
    examples, wrong : array_like
        (set, level): examples of each energy, and misclassified states of each.
    """
    import matplotlib.pyplot as plt

    energies, share = np.asarray(levels), 100 * np.asarray(wrong) / np.asarray(states)
    ticks = np.linspace(energies[0], energies[-1], 5)
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2))
    left.bar(energies, np.asarray(examples).mean(axis=0), width=3, color=style.COLORS["sky"])
    left.set(xlabel="energy [J]", ylabel="training examples", xticks=ticks)
    right.bar(energies, share.mean(axis=0), width=3, color="0.75", label="mean")
    points: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 3, "color": style.COLORS["vermillion"]}
    for k, (values, shift) in enumerate(zip(share, np.linspace(-1.2, 1.2, len(share)), strict=True)):
        right.plot(energies + shift, values, **points, label="one network" if k == 0 else None)
    right.set(xlabel="energy [J]", ylabel="misclassified states [%]", xticks=ticks, ylim=(-5, 105))
    right.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)  # inside, its marks would look like results
    return figure
