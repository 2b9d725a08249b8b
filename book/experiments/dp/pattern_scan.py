"""How far the patterns of Figure 8 come by the last picture of the paper, at the best scales of the record's scan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spinlib.statistics import Estimate, mean_of_independent

if TYPE_CHECKING:
    from spinbook import Record


def best_overlaps(formed: Record, temperature: float | None = None) -> list[Estimate]:
    """The overlap of each pattern at the scale that is best for it, by one half of the seeds, as the other half has it.

    Parameters
    ----------
    formed : Record
        The record `dp/exchange_patterns`.
    temperature : float, optional
        Of the scales to choose from; all of them unless told.

    Returns
    -------
    list of Estimate
        One per pattern; free of the bias of a choice.
    """
    allowed = np.flatnonzero(np.isin(formed["scan_T"], formed["scan_T"] if temperature is None else temperature))
    overlaps = np.moveaxis(formed["scan_overlap"], 1, 0)[:, allowed]  # pattern, scale, seed
    half = overlaps.shape[2] // 2
    best = overlaps[:, :, :half].mean(axis=2).argmax(axis=1)
    return [mean_of_independent(each[k, half:]) for each, k in zip(overlaps, best, strict=True)]


def slowest(patterns: list[Estimate]) -> Estimate:
    """The lowest of some estimates."""
    return min(patterns, key=lambda each: each.value)
