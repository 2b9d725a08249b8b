"""Two Metropolis loops of `dnn/long_range_loop` against each other: the exact sum and the network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from spinlib.statistics import chi_square


def both_errors(loop: Mapping[str, Any], key: str) -> np.ndarray:
    """Combined errors of an observable. Where all chains agree, their spread says nothing, and the other's remains.

    Parameters
    ----------
    loop : mapping
        With `exact_<key>_error` and `network_<key>_error`, (T,).
    key : str
        "m" or "staggered".
    """
    return np.hypot(*(np.nan_to_num(loop[f"{name}_{key}_error"]) for name in ("exact", "network")))


def in_errors(loop: Mapping[str, Any], key: str) -> np.ndarray:
    """Network less exact sum in combined errors at every temperature, nan where all chains of both loops agree."""
    errors = both_errors(loop, key)
    return (loop[f"network_{key}"] - loop[f"exact_{key}"]) / np.where(errors > 0, errors, np.nan)


def chi_square_of(loop: Mapping[str, Any], key: str) -> dict[str, float]:
    """`chi2` and `dof` of the temperatures at which the chains do not all agree.

    Raises
    ------
    ValueError
        Where frozen chains of the two loops do not agree with each other.
    """
    seen = both_errors(loop, key) > 0
    network, exact = loop[f"network_{key}"], loop[f"exact_{key}"]
    if not np.array_equal(network[~seen], exact[~seen]):
        raise ValueError(f"chains without spread of {key} disagree: {network[~seen]} and {exact[~seen]}")
    chi2, dof, _ = chi_square(network[seen], both_errors(loop, key)[seen], exact[seen])
    return {"chi2": chi2, "dof": dof}
