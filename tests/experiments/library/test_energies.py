"""The energies of the fast samplers, on a lattice whose exact energy follows from its density of states."""

import numpy as np
import pytest

from spinlib.exact import density_of_states


def test_every_case_agrees_with_the_density_of_states_and_keeps_one_deviation_a_chain(compute):
    cases = [("multispin", 2.5, 4, 200, 400, 5), ("swendsen_wang", 2.0, 5, 20, 200, 1), ("wolff", 3.0, 6, 50, 300, 2)]
    found = compute("library/energies", {"L": 8, "cases": cases})
    assert found["kernel"].tolist() == [kernel for kernel, *_ in cases]
    assert found["z"].shape == (4 + 5 + 6,)
    energies, counts = density_of_states.ising_torus((8, 8))
    energies, log_counts = np.array(energies, float), np.log(np.array(counts, float))
    for T, exact, e, error in zip(found["T"], found["exact"], found["e"], found["e_error"], strict=True):
        weights = np.exp(log_counts - energies / T - np.max(log_counts - energies / T))
        assert exact == pytest.approx(weights @ energies / weights.sum() / 64, rel=1e-10)
        assert abs(e - exact) < 4 * error
