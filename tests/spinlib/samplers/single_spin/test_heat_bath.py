import numpy as np
import pytest
from scipy import stats

from spinlib.exact import enumeration
from spinlib.models import Ising, Potts
from spinlib.samplers.random import streams
from spinlib.samplers.single_spin import heat_bath


def states_of_last_site(model, temperature, start, n):
    """The last site visited after one sweep, with what stood around it then."""
    spins = np.tile(np.array(start, dtype=np.int8), (n, 1))
    rng = np.random.default_rng(4).integers(2**64, size=(n, 4), dtype=np.uint64)
    heat_bath.sweep(model, spins, np.full(n, temperature), rng, 1)
    return spins


@pytest.mark.parametrize(("coupling", "temperature"), [(1.0, 0.7), (-1.0, 0.5), (2.0, 3.0)])
def test_potts_spin_is_drawn_from_its_distribution_given_the_neighbours(coupling, temperature):
    # Sites 0 and 2 of an open chain of three are updated first; then site 1 sees these two.
    model = Potts((3,), q=4, coupling=coupling, boundary="free")
    spins = states_of_last_site(model, temperature, [0, 1, 2], 60_000)
    p_values = []
    for left in range(4):
        for right in range(4):
            middle = spins[(spins[:, 0] == left) & (spins[:, 2] == right), 1]
            if len(middle) < 1_000:
                continue
            weights = np.exp(coupling * ((np.arange(4) == left) + (np.arange(4) == right) * 1.0) / temperature)
            expected = len(middle) * weights / weights.sum()
            if expected.min() >= 10.0:
                p_values.append(stats.chisquare(np.bincount(middle, minlength=4), expected).pvalue)
    assert len(p_values) >= 8
    assert min(p_values) > 0.001 / len(p_values)


def test_ising_spin_does_not_remember_itself():
    model = Ising((3,), field=0.3, boundary="free")
    up = []
    for middle in (-1, 1):
        spins = states_of_last_site(model, 1.5, [1, middle, 1], 40_000)
        both_up = (spins[:, 0] == 1) & (spins[:, 2] == 1)
        up.append((spins[both_up, 1] == 1).mean())
        # h = 2 J + B
        expected = 1.0 / (1.0 + np.exp(-2.0 * 2.3 / 1.5))
        error = np.sqrt(expected * (1.0 - expected) / both_up.sum())
        assert abs(up[-1] - expected) < 4.0 * error


def test_low_temperature_potts_weights_do_not_vanish():
    # exp(-4 J / T) underflows; a site between four different states must still take one of these.
    model = Potts((3, 3), q=6, boundary="free")
    spins = np.tile(np.array([[5, 0, 5], [1, 5, 2], [5, 3, 5]], dtype=np.int8), (200, 1, 1))
    heat_bath.sweep(model, spins, np.full(200, 1e-3), streams(0, "cold", 0, 200), 30)
    assert np.all(np.isin(spins, [0, 1, 2, 3, 5]))
    assert np.all(model.energy(spins) <= -6.0)


def test_infinite_temperature_mixes_in_one_sweep():
    spins = np.ones((1, 128, 128), dtype=np.int8)
    heat_bath.sweep(Ising((128, 128)), spins, np.array([1e9]), streams(0, "hot", 0, 1), 1)
    assert abs(spins.mean()) < 4.0 / 128


# The first two are updated by vector instructions, the others site by site, the last three bond by bond.
ONE_SWEEP = [
    (Ising((2, 4)), 3.0),
    (Ising((4, 2), coupling=-0.8), 2.0),
    (Ising((3, 3), boundary="free", field=0.2), 3.0),
    (Ising((3, 3), boundary=("antiperiodic", "free")), 2.0),
    (Ising((3, 2), boundary="free", neighborhood="triangular"), 3.0),
    (Ising((2, 2, 2)), 5.0),
    (Ising((3, 2), coupling=[[[0.5, -1.0]] * 3, [[2.0, 0.3]] * 3], boundary=("free", "antiperiodic")), 2.0),
    (Ising((2, 4), coupling=np.random.default_rng(4).normal(size=(2, 2, 4))), 1.5),
    (Ising((8,), coupling=np.linspace(0.5, 1.5, 8)[None], field=-0.3), 2.0),
]


@pytest.mark.parametrize(("model", "temperature"), ONE_SWEEP, ids=repr)
def test_transition_frequencies_of_one_sweep(model, temperature, law):
    n, start = 300_000, enumeration.states(model)[enumeration.n_states(model) // 3]
    spins = np.tile(start, (n, *(1,) * start.ndim))
    heat_bath.sweep(model, spins, np.full(n, temperature), law.random_state(n, 8), 1)
    assert law.p_value(model, spins, law.after_single_site_sweep(model, temperature, start, "heat_bath")) > law.LEVEL


# All 65,536 states of 4 x 4 sites, drawn exactly: whatever the number of sweeps, their averages stay.
SQUARE = [
    (Ising((4, 4)), 2.3),
    (Ising((4, 4), coupling=-1.0, boundary=("antiperiodic", "periodic")), 2.0),
    (Ising((4, 4), boundary="free", field=0.1), 1.8),
    (Ising((4, 4), coupling=np.random.default_rng(5).choice([-1.0, 1.0], (2, 4, 4))), 1.5),
]


@pytest.mark.parametrize(("model", "temperature"), SQUARE, ids=repr)
def test_averages_of_exact_samples_stay_exact(model, temperature, law):
    n = 100_000
    spins = law.exact_samples(model, temperature, n, seed=4)
    before = spins.copy()
    heat_bath.sweep(model, spins, np.full(n, temperature), law.random_state(n, 9), 10)
    assert np.mean(spins != before) > 0.1
    assert law.largest_deviation(model, temperature, spins) < law.LARGEST_Z
