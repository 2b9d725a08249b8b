"""Interpolated exact curves, and what is called out of equilibrium."""

from types import SimpleNamespace

import numpy as np
import pytest

from experiments.vit import exact_curves
from spinlib.exact import kaufman, plus_minus

SIDE = 6


class Curves(dict):
    def __init__(self, found):
        super().__init__(found)
        self.settings = {"side": SIDE}


@pytest.fixture(scope="module")
def curves():
    run = SimpleNamespace(part=lambda key, function, *args: function(*args), progress=lambda values: values)
    return Curves(exact_curves.compute({"side": SIDE}, run))


def test_curves_are_exact_between_their_temperatures(curves):
    T, N = np.array([0.81, 1.99, 2.271, 3.33]), SIDE**2
    for system, exact in (
        ("ferromagnet", lambda of: getattr(kaufman, of)(T, (SIDE, SIDE))),
        ("antiferromagnet", lambda of: getattr(kaufman, of)(T, (SIDE, SIDE))),
        ("antiperiodic", lambda of: getattr(kaufman, of)(T, (SIDE, SIDE), "antiperiodic")),
        ("skewed", lambda of: getattr(plus_minus, of)(T, (SIDE, SIDE))),
    ):
        mean, deviation = exact_curves.energy_and_deviation(curves, system, T)
        np.testing.assert_allclose(mean, N * exact("energy"), atol=1e-3 * deviation.min())
        np.testing.assert_allclose(deviation, T * np.sqrt(N * exact("specific_heat")), rtol=2e-3)
        np.testing.assert_allclose(exact_curves.log_partition(curves, system, T), exact("log_partition"), atol=1e-4)


def test_two_flipped_spins_are_no_sign_of_a_quench(curves):
    ground, T = -2 * SIDE**2, np.full(3, 0.2)
    energies = ground + np.array([0.0, 16.0, 24.0])
    assert exact_curves.out_of_equilibrium(energies, curves, "ferromagnet", T).tolist() == [False, False, True]
    mean, deviation = exact_curves.energy_and_deviation(curves, "ferromagnet", 3.0)
    hot = mean + 16.0 + deviation * np.array([4.9, 5.1])
    assert exact_curves.out_of_equilibrium(hot, curves, "ferromagnet", [3.0, 3.0]).tolist() == [False, True]
