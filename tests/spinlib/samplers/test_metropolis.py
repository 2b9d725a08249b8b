import numpy as np
import pytest
from scipy import stats

from spinlib.exact import enumeration
from spinlib.models import Ising, Potts
from spinlib.samplers import metropolis
from spinlib.samplers.random import streams
from spinlib.samplers.single_flip import PROPOSED, visiting_order


def after_one_sweep(model, temperature, start):
    """Probability of every state one sweep after the configuration `start`, from the definition of the algorithm."""
    all_states = enumeration.states(model)
    flat = all_states.reshape(len(all_states), -1)
    energy = model.energy(all_states)
    values, base = ([-1, 1], 2) if isinstance(model, Ising) else (range(model.q), model.q)
    probability = np.all(flat == start.ravel(), axis=1).astype(float)
    for site in visiting_order(model.lattice):
        following = np.zeros_like(probability)
        numbers = np.arange(len(flat))
        digit = numbers // base**site % base
        staying = np.ones_like(probability)
        for step in range(1, len(values)):
            other = numbers + ((digit + step) % base - digit) * base**site
            accepted = PROPOSED * np.exp(-np.maximum(energy[other] - energy, 0.0) / temperature) / (len(values) - 1)
            following[other] += probability * accepted
            staying -= accepted
        probability = following + probability * staying
    return probability


@pytest.mark.parametrize(
    ("model", "temperature"),
    [
        (Ising((3, 3), boundary="free", field=0.2), 3.0),
        (Ising((2, 4)), 4.0),
        (Ising((3, 2), coupling=[[[0.5, -1.0]] * 3, [[2.0, 0.3]] * 3], boundary=("free", "antiperiodic")), 2.0),
        (Potts((2, 2), q=3), 1.5),
        (Potts((2, 3), q=3, coupling=-1.0, boundary="free", neighborhood="triangular"), 1.0),
        (Potts((4,), q=5, boundary="free"), 0.8),
    ],
    ids=repr,
)
def test_transition_frequencies_of_one_sweep(model, temperature):
    n = 40_000
    start = enumeration.states(model)[enumeration.n_states(model) // 3]
    spins = np.tile(start, (n, *(1,) * start.ndim))
    rng = np.random.default_rng(8).integers(2**64, size=(n, 4), dtype=np.uint64)
    metropolis.sweep(model, spins, np.full(n, temperature), rng, 1)
    probability = after_one_sweep(model, temperature, start)
    assert probability.sum() == pytest.approx(1.0)
    states = {state.tobytes(): number for number, state in enumerate(enumeration.states(model))}
    observed = np.bincount([states[state.tobytes()] for state in spins], minlength=len(probability))
    assert not np.any(observed[probability == 0.0])
    often = probability * n >= 10.0
    observed = np.append(observed[often], observed[~often].sum())
    expected = np.append(probability[often], probability[~often].sum()) * n
    keep = expected > 0.0
    assert stats.chisquare(observed[keep], expected[keep]).pvalue > 0.001 / 6


def test_walls_of_a_ring_do_not_keep_their_places():
    # Without sites left out, the number of walls at even places minus that at odd places would stay zero.
    model, n_chains = Ising((16,)), 500
    spins = np.ones((n_chains, 16), dtype=np.int8)
    metropolis.sweep(model, spins, np.full(n_chains, 1.0), streams(2, "ring", 0, n_chains), 1_000)
    walls = spins != np.roll(spins, -1, axis=1)
    difference = walls[:, ::2].sum(axis=1) - walls[:, 1::2].sum(axis=1)
    # Walls are independent up to their even number: the variance is near 16 p (1 - p), p the share of broken bonds.
    p = walls.mean()
    assert difference.var() == pytest.approx(16 * p * (1 - p), rel=0.3)


def test_an_ordered_lattice_stays_frozen():
    # exp(-8 / T) = 4e-18 per site and sweep; 24-bit random numbers are zero once in 2e7 draws.
    spins = np.ones((1, 256, 256), dtype=np.int8)
    metropolis.sweep(Ising((256, 256)), spins, np.array([0.2]), streams(0, "frozen", 0, 1), 1_000)
    assert np.all(spins == 1)


def test_high_temperature_metropolis_alternates():
    spins = np.random.default_rng(0).choice(np.array([-1, 1], dtype=np.int8), size=(1, 128, 128))
    before = spins.copy()
    metropolis.sweep(Ising((128, 128)), spins, np.array([1e6]), streams(0, "hot", 0, 1), 1)
    assert (spins * before).mean() == pytest.approx(1.0 - 2.0 * PROPOSED, abs=0.01)
