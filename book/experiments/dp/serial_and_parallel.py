"""How far the boundary lengths of the parallel and of the ordered dynamics differ from those of the serial one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from experiments.dp.cell_sorting import NAMES, PAIRS
from spinlib.statistics import TimeFactor, at_times, chi_square_of_mean, time_factor

if TYPE_CHECKING:
    from spinbook import Record

MEDIUM_DARK, MEDIUM_LIGHT, DARK_LIGHT = (PAIRS.index(pair) for pair in ("medium-dark", "medium-light", "dark-light"))


class Comparison(NamedTuple):
    """One dynamics beside the serial one, in runs that are paired.

    Attributes
    ----------
    steps : tuple of float and int
        Chi-square of equal lengths after equal numbers of steps, and its degrees of freedom.
    rescaled : TimeFactor
        The same after time is multiplied by the factor that fits best.
    end : tuple of float and int
        Chi-square of equal lengths in the second half of the runs, all five pairs of types, and its degrees of freedom.
    largest : float
        Largest relative difference of a mean length there, without light and medium, whose boundary vanishes.
    """

    steps: tuple[float, int]
    rescaled: TimeFactor
    end: tuple[float, int]
    largest: float


def late_lengths(cells: Record) -> dict[str, np.ndarray]:
    """Mean lengths in the second half of the runs, by dynamics, each of shape (run, pair), in contacts."""
    late = cells["time"] >= cells.settings["sweeps"] // 2
    return {name: lengths[:, late].mean(1) for name, lengths in zip(NAMES, cells["length"].astype(float), strict=True)}


def compared_with_serial(cells: Record) -> dict[str, Comparison]:
    """Comparison of each other dynamics with the serial one.

    Parameters
    ----------
    cells : Record
        The record `dp/cell_sorting`.

    Returns
    -------
    dict of str to Comparison
        By the name of the dynamics.
    """
    time, compared = cells["time"][1:], np.array(cells.settings["compared"])
    followed = cells["length"][:, :, 1:, [MEDIUM_DARK, MEDIUM_LIGHT, DARK_LIGHT]].astype(float)
    curves = dict(zip(NAMES, followed, strict=True))
    late = late_lengths(cells)
    lasting = [pair for pair in range(len(PAIRS)) if pair != MEDIUM_LIGHT]
    found = {}
    for name in NAMES[1:]:
        serial, other = curves["serial"], curves[name]
        differences = at_times(other, time, compared) - at_times(serial, time, compared)
        relative = (late[name] / late["serial"].mean(0)).mean(0) - 1
        found[name] = Comparison(
            chi_square_of_mean(differences.reshape(len(differences), -1)),
            time_factor(serial, other, time, compared, np.arange(1, 2.5, 0.01)),
            chi_square_of_mean(late[name] - late["serial"]),
            float(np.abs(relative)[lasting].max()),
        )
    return found


class Ends(NamedTuple):
    """How long the serial boundaries are at the end, in contacts, each of shape (run, pair).

    Attributes
    ----------
    late : ndarray
        Mean lengths in the second half of the runs.
    grown : ndarray
        The same minus the lengths at the start.
    change : ndarray
        Mean lengths in the fourth quarter of the runs minus those in the third.
    """

    late: np.ndarray
    grown: np.ndarray
    change: np.ndarray


def serial_ends(cells: Record) -> Ends:
    """What the serial dynamics of the record `dp/cell_sorting` come to."""
    time, quarter = cells["time"], cells["time"][-1] // 4
    serial, late = cells["length"][NAMES.index("serial")].astype(float), late_lengths(cells)["serial"]
    third, fourth = (time >= 2 * quarter) & (time < 3 * quarter), time >= 3 * quarter
    return Ends(late, late - serial[:, 0], serial[:, fourth].mean(1) - serial[:, third].mean(1))
