import numpy as np
import pytest
import torch

from spinlib.exact import kaufman
from spinlib.models import Ising

TEMPERATURE, SHAPE, N_CHAINS, BURN_IN, N_DRAWS = 2.6, (8, 8), 64, 100, 150


@pytest.fixture
def baselines(load):
    return load("baselines")


def loops(baselines):
    spins, generator = np.ones((N_CHAINS, *SHAPE), np.int8), np.random.default_rng(1)

    def sweep(n):
        for lattice in spins:
            baselines.loop_sweep(lattice, TEMPERATURE, generator, n)
        return spins

    return sweep


def roll(baselines):
    spins, generator = torch.ones((N_CHAINS, *SHAPE)), torch.Generator().manual_seed(1)

    def sweep(n):
        baselines.roll_sweep(spins, TEMPERATURE, generator, n)
        return spins.numpy()

    return sweep


@pytest.mark.parametrize("make", [loops, roll])
def test_energy_is_kaufmans(baselines, make):
    model, sweep = Ising(SHAPE), make(baselines)
    sweep(BURN_IN)
    means = np.mean([model.energy(sweep(4)) for _ in range(N_DRAWS)], axis=0) / model.n_sites
    error = means.std(ddof=1) / np.sqrt(N_CHAINS)
    assert error < 5e-3
    assert abs(means.mean() - kaufman.energy(TEMPERATURE, SHAPE)) < 3.5 * error
