"""Recorded networks are asked through stand-ins whose errors are known."""

import re

import numpy as np
import pytest

from experiments.dnn import fresh_eight_by_eight, fresh_long_range, loop_comparison
from experiments.dnn.eight_by_eight_data import model
from experiments.dnn.long_range_model import COULOMB, model_of
from experiments.dnn.long_range_training import SETTINGS


class Kept(dict):
    settings = SETTINGS["smoke"]


def test_errors_on_fresh_8_by_8_spins_are_those_of_the_network(monkeypatch):
    monkeypatch.setattr(fresh_eight_by_eight, "recorded_classifier", lambda record: model.energy)
    values = {"energy": lambda spins: model.energy(spins) + 0.75, "m": lambda spins: spins.mean(axis=(1, 2)) - 0.25}
    monkeypatch.setattr(fresh_eight_by_eight, "recorded_value", values.__getitem__)
    found = fresh_eight_by_eight.answers(None, "energy", "m")
    right, of = map(int, re.findall(r"\d+", found["classifier"]))
    assert right == of > 600
    assert "0.75 J" in found["regression"]
    assert "0.25 per spin" in found["magnetisation"]


def test_errors_on_fresh_long_range_spins_are_those_of_the_network(monkeypatch):
    coulomb = model_of(COULOMB, Kept.settings)
    monkeypatch.setattr(fresh_long_range, "kept_network", lambda *arguments: ())
    monkeypatch.setattr(
        fresh_long_range.energy_networks, "regressed_value", lambda: lambda spins: coulomb.energy(spins) - 0.5
    )
    assert fresh_long_range.error_on_random_spins(Kept(), COULOMB, n=30) == pytest.approx(0.5)
    off, different = fresh_long_range.error_on_thermal_spins(Kept(T=np.array([0.05, 50.0])), 0, n=20)
    assert off == pytest.approx(0.5)
    assert different == 1  # nothing but the checkerboard, where the chains start
    assert fresh_long_range.error_on_thermal_spins(Kept(T=np.array([0.05, 50.0])), 1, n=20)[1] == 20


def test_loops_are_compared_where_their_chains_have_a_spread():
    loop = {
        "exact_m": np.array([0.5, 0.5, 1.0]), "exact_m_error": np.array([0.3, 0.0, np.nan]),
        "network_m": np.array([1.0, 0.7, 1.0]), "network_m_error": np.array([0.4, 0.1, np.nan]),
    }  # fmt: skip
    np.testing.assert_allclose(loop_comparison.in_errors(loop, "m"), [1.0, 2.0, np.nan])
    assert loop_comparison.chi_square_of(loop, "m") == pytest.approx({"chi2": 5.0, "dof": 2})
    loop["network_m"] = np.array([1.0, 0.7, 0.9])
    with pytest.raises(ValueError, match="disagree"):
        loop_comparison.chi_square_of(loop, "m")
