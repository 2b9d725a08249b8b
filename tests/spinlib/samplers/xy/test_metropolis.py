import numpy as np
import pytest
from scipy import stats

from spinlib.models import XY
from spinlib.samplers.random import streams
from spinlib.samplers.xy import metropolis
from spinlib.samplers.xy.components import Components

FREE = XY((2,), boundary="free")


def turns(before, after):
    return (after - before + np.pi) % (2 * np.pi) - np.pi


def test_proposals_are_turns_by_twice_an_arctangent():
    n_chains, hot = 40_000, 1e12
    spins = np.random.default_rng(0).uniform(-np.pi, np.pi, size=(n_chains, 2))
    before = spins.copy()
    metropolis.sweep(FREE, spins, np.full(n_chains, hot), streams(1, "hot", 0, n_chains), 1)
    (window,) = metropolis.window(Components(FREE, before[:1]), np.array([hot]))
    for site in range(2):
        t = np.tan(turns(before, spins)[:, site] / 2)
        assert stats.kstest(t / window, stats.uniform(-1, 2).cdf).pvalue > 0.001
    assert abs(np.cos(turns(before, spins)).mean()) < 4.0 / np.sqrt(2 * n_chains)


@pytest.mark.parametrize(("temperature", "angle"), [(0.3, 0.0), (0.3, 1.0), (2.0, 2.5)])
def test_density_of_one_turn(temperature, angle):
    # With one neighbour far too stiffly held to move, a spin's turn has density min(1, exp(-dE / T)) times that of the
    # proposal; what is left stays where it was.
    n_chains = 40_000
    spins = np.tile([0.0, angle], (n_chains, 1))
    metropolis.sweep(FREE, spins, np.full(n_chains, temperature), streams(2, "turn", 0, n_chains), 1)
    first = spins[:, 0]  # is updated first, in the field of the second at `angle`
    (window,) = metropolis.window(Components(FREE, spins[:1]), np.array([temperature]))
    t = window * (2.0 * (np.arange(200_000) + 0.5) / 200_000 - 1.0)
    cost = np.cos(angle) - np.cos(2 * np.arctan(t) - angle)
    accepted = np.exp(-np.maximum(cost, 0.0) / temperature)
    moved = np.abs(first) > 1e-12
    share = accepted.mean()
    assert abs(moved.mean() - share) < 4.0 * np.sqrt(share * (1 - share) / n_chains)
    cumulated = np.cumsum(accepted) / accepted.sum()
    found = np.tan(first[moved] / 2)
    assert stats.kstest(found, lambda x: np.interp(x, t, cumulated)).pvalue > 0.001


@pytest.mark.parametrize("temperature", [0.01, 0.3, 0.9])
def test_about_half_of_the_proposals_are_accepted(temperature):
    model = XY((16, 16))
    components, rng = Components(model, np.zeros((1, 16, 16))), streams(1, "acceptance", 0, 1)
    plan = metropolis.plan(components, np.array([temperature]))
    components.sweep(plan, rng, 500)
    before = components.spins.x.copy()
    components.sweep(plan, rng, 1)
    assert 0.4 < np.mean(components.spins.x != before) < 0.65


def test_chains_of_one_batch_have_their_own_temperatures():
    model = XY((8, 8))
    temperatures = np.array([0.1, 1.0, 10.0])
    together, alone = np.zeros((3, 8, 8)), np.zeros((3, 8, 8))
    metropolis.sweep(model, together, temperatures, streams(1, "batch", 0, 3), 50)
    for chain in range(3):
        own = slice(chain, chain + 1)
        metropolis.sweep(model, alone[own], temperatures[own], streams(1, "batch", 0, [chain]), 50)
    assert np.array_equal(together, alone)
    assert np.all(np.diff(model.energy(together)) > 0.0)


# Integration by parts gives <F_i^2> = T <dF_i/da_i> at every site of every lattice, with F_i = dE/da_i.
LATTICES = [
    (XY((6, 6)), 1.0),
    (XY((4, 6), -0.8, ("free", "antiperiodic")), 0.8),
    (XY((4, 4), np.random.default_rng(1).normal(size=(2, 4, 4))), 1.2),
    (XY((4, 6), neighborhood="triangular"), 2.0),
]


@pytest.mark.parametrize(("model", "temperature"), LATTICES, ids=repr)
def test_forces_have_the_temperature_that_was_asked_for(model, temperature, law):
    n_chains, temperatures, rng = 2_000, np.full(2_000, temperature), law.random_state(2_000, 3)
    angles = np.zeros((n_chains, *model.shape))
    metropolis.sweep(model, angles, temperatures, rng, 150)
    draws = []
    for _ in range(15):
        metropolis.sweep(model, angles, temperatures, rng, 10)
        draws.append(angles.copy())
    assert abs(law.configurational_temperature(model, np.stack(draws, axis=1), temperature)) < law.LARGEST_Z


@pytest.mark.parametrize("temperature", [0.3, 1.0])
def test_share_of_accepted_turns(temperature, law):
    """Of the first spin of a pair, its neighbour at 0.7: exactly, by integration over the proposal."""
    n = 1_000_000
    spins = np.tile([0.0, 0.7], (n, 1))
    metropolis.sweep(FREE, spins, np.full(n, temperature), law.random_state(n, 4), 1)
    (window,) = metropolis.window(Components(FREE, spins[:1]), np.array([temperature]))
    t = window * (2.0 * (np.arange(200_000) + 0.5) / 200_000 - 1.0)
    cost = np.cos(0.7) - np.cos(2 * np.arctan(t) - 0.7)
    accepted = np.exp(-np.maximum(cost, 0.0) / temperature).mean()
    moved = np.count_nonzero(np.abs(spins[:, 0]) > 1e-12)
    assert stats.binomtest(moved, n, accepted).pvalue > law.LEVEL
