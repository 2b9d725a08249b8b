"""Curves of dynamics beside the serial ones, on lengths whose differences are known."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.dp.cell_sorting import NAMES, PAIRS
from experiments.dp.serial_and_parallel import (
    DARK_LIGHT,
    MEDIUM_DARK,
    MEDIUM_LIGHT,
    compared_with_serial,
    late_lengths,
    serial_ends,
)

TIME = np.array([0, *np.unique(np.geomspace(1, 400, 60).astype(int))])


class Cells(dict):
    """A record of 400 steps."""

    @property
    def settings(self):
        return {"sweeps": 400, "compared": [10, 40]}


def cells(factor, shift=0.0):
    """Serial lengths 1000 + 100 log(time) and slower ones, with the noise of 40 runs; others are `factor` as fast."""
    rng = np.random.default_rng(2)
    lengths = []
    for name in NAMES:
        fast, more = (1.0, 0.0) if name == "serial" else (factor, shift)
        mean = 1000 + more + 100 * np.log(fast * np.maximum(TIME, 0.5))[:, None] * np.linspace(0.5, 1, len(PAIRS))
        lengths.append(mean + rng.normal(scale=5, size=(40, len(TIME), len(PAIRS))))
    return Cells(time=TIME, length=np.array(lengths))


def test_the_pairs_are_those_of_the_model():
    assert [PAIRS[k] for k in (MEDIUM_DARK, MEDIUM_LIGHT, DARK_LIGHT)] == ["medium-dark", "medium-light", "dark-light"]


def test_faster_dynamics_differ_at_equal_steps_and_agree_after_rescaling():
    for found in compared_with_serial(cells(1.5)).values():
        assert found.steps[0] > 100 > found.steps[1] == 6
        assert found.rescaled.factor == pytest.approx(1.5, abs=0.05)
        assert found.rescaled.chi2 < 25


def test_equal_dynamics_agree_at_the_end_and_shifted_ones_differ_by_the_shift():
    same = compared_with_serial(cells(1.0))["parallel"]
    assert same.end[0] < 20
    assert same.end[1] == len(PAIRS)
    assert same.largest < 0.005
    other = compared_with_serial(cells(1.0, shift=100.0))["parallel"]
    assert other.end[0] > 1000
    late = late_lengths(cells(1.0))["serial"].mean(0)
    lasting = np.delete(late, MEDIUM_LIGHT)
    assert other.largest == pytest.approx(100 / lasting.min(), rel=0.05)


def test_the_ends_of_lengths_that_rise_by_one_contact_a_step():
    rising = Cells(time=np.arange(401), length=np.ones((3, 40, 401, len(PAIRS))) * np.arange(401)[:, None])
    ends = serial_ends(rising)
    assert ends.late == pytest.approx(np.full((40, len(PAIRS)), 300))
    assert ends.grown == pytest.approx(ends.late)
    assert ends.change == pytest.approx(np.full((40, len(PAIRS)), 100.5))
