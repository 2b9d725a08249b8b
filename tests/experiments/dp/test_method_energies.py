import numpy as np
import pytest

from experiments.dp import method_energies
from spinlib.statistics import chi_square


def test_relaxation_times_are_those_of_the_shorter_length():
    """xi(3.0) = 1 / (ln coth K - 2 K) with K = 1/3, well below L; at T_c the lattice limits it."""
    coupling = 1 / 3.0
    length = 1 / (np.log(1 / np.tanh(coupling)) - 2 * coupling)
    assert method_energies.relaxation_time(3.0, 64) == pytest.approx(length**2.1667, rel=1e-9)
    assert method_energies.relaxation_time(2.269185, 16) == pytest.approx(16**2.1667)
    assert method_energies.relaxation_time(2.28, 16) == pytest.approx(16**2.1667)


def test_only_points_that_can_be_equilibrated_are_run():
    settings = {"T": [2.0, 2.269185, 2.3, 3.0], "plans": {"convolution": [(16, 4, 500), (64, 4, 100)]}}
    assert method_energies.plan(settings) == [
        *(("convolution", 16, 4, t) for t in (2.0, 2.269185, 2.3, 3.0)),
        *(("convolution", 64, 4, t) for t in (2.0, 3.0)),
    ]


def test_three_ways_of_one_dynamics_give_the_exact_energy(compute):
    ways = {name: [(8, 16, 20)] for name in ("convolution", "Algorithm 1", "multispin")}
    found = compute("dp/method_energies", {"T": [2.0, 3.0], "draws": 200, "plans": ways})
    assert found["method"].tolist() == [name for name in ways for _ in range(2)]
    assert chi_square(found["energy"], found["energy_error"], found["exact"])[2] > 1e-3
    assert (found["energy_error"] < 0.01).all()
    assert len(set(found["energy"])) == 6  # no two share their noise
