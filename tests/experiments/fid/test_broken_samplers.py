"""The right ones of the samplers are right, and the broken ones are broken where they say so."""

import numpy as np
import pytest

from experiments.fid import broken_samplers
from experiments.fid.fidelity_report import METRICS
from experiments.fid.monte_carlo import PAPER
from spinlib.exact import enumeration
from spinlib.models import Ising


@pytest.mark.parametrize(("shared_noise", "T"), [(False, 2.6), (True, 2.6)])
def test_the_batch_update_has_the_exact_energy_on_average_with_own_and_with_shared_noise(shared_noise, T):
    """Each chain alone is right; shared noise only makes them alike, so that the mean of a batch varies more."""
    exact = enumeration.thermodynamics(Ising((4, 4)), T).energy
    batches = [
        Ising((4, 4)).energy(broken_samplers.batch_update(4, T, 400, seed, shared_noise=shared_noise)).mean() / 16
        for seed in range(12)
    ]
    assert abs(np.mean(batches) - exact) < 4 * np.std(batches, ddof=1) / np.sqrt(12)


def test_rounded_acceptance_of_few_bits_loses_the_rare_flips():
    """With three binary digits exp(-8 / 2.3) becomes 0, so that no spin leaves an ordered lattice."""
    spins = broken_samplers.batch_update(4, 2.3, 400, seed=1, bits=3)
    assert (np.abs(spins[:, -1].sum(axis=(1, 2))) == 16).mean() > 0.9


def test_every_kind_gives_configurations_of_the_lattice_and_names_a_metric_that_exists():
    for kind in broken_samplers.KINDS:
        spins = broken_samplers.configurations(kind, 8, 2.3, 200, 1, PAPER | {"configurations": 200, "burn_in": 50})
        assert spins.ndim == 4
        assert spins.shape[2:] == (8, 8)
        assert np.isin(spins, (-1, 1)).all()
    assert set(broken_samplers.BROKEN.values()) <= set(METRICS)
    with pytest.raises(ValueError, match="choose from"):
        broken_samplers.configurations("nothing", 8, 2.3, 200, 1, PAPER)


def test_one_sign_and_fifty_configurations_are_what_they_are_called():
    def of(kind):
        return broken_samplers.configurations(kind, 8, 2.3, 400, 1, PAPER)[0]

    assert (of("one sign only").sum(axis=(1, 2)) >= 0).all()
    assert len(np.unique(of("50 configurations again and again"), axis=0)) <= 50
