import numpy as np
import pytest


@pytest.fixture
def independent(load):
    return load("independent")


def autoregressive(tau, shape, seed):
    """Series with rho(t) = a^t, whose tau_int is (1 + a) / (1 - a) / 2."""
    a = (2 * tau - 1) / (2 * tau + 1)
    noise = np.random.default_rng(seed).normal(size=shape)
    x = np.empty(shape)
    x[:, 0] = noise[:, 0]
    for t in range(1, shape[1]):
        x[:, t] = a * x[:, t - 1] + np.sqrt(1 - a**2) * noise[:, t]
    return x


def test_tau_and_its_error_are_those_of_a_known_series(independent):
    found = [independent.time_and_error(autoregressive(5.0, (4, 2000), seed), interval=10) for seed in range(24)]
    values, errors = np.array(found).T
    assert abs(values.mean() - 50.0) < 3.5 * values.std(ddof=1) / np.sqrt(24)
    # The spread of 24 values is known to some 15 %.
    assert values.std(ddof=1) == pytest.approx(errors.mean(), rel=0.45)


def test_a_short_chain_has_no_valid_error(independent):
    value, error = independent.time_and_error(autoregressive(20.0, (4, 500), 0), interval=1)
    assert value > 5
    assert error is None


@pytest.mark.parametrize("length", [16, 32, 64, 128, 256])
@pytest.mark.parametrize("dynamics", ["metropolis", "heat_bath", "swendsen_wang", "wolff"])
def test_draws_are_denser_than_the_energy_forgets(independent, dynamics, length):
    runs = independent.plan(dynamics, length, quick=False)
    # Metropolis has tau_int = 86 sweeps for the energy of 64 x 64 sites, growing as L^2.1; the others are slower.
    assert runs.interval == 1 if "_w" in dynamics else runs.interval <= 86 * (length / 64) ** 2.1 / 4
    assert runs.n_chains * runs.n_draws >= 8000


def test_all_dynamics_draw_the_energy_of_one_law(independent):
    from spinlib.exact import kaufman

    exact = kaufman.energy(independent.TEMPERATURE, (8, 8))
    for dynamics in independent.SUBJECTS:
        energies, squares = independent.series(dynamics, 8, independent.Plan(16, 600, 2))
        assert energies.shape == squares.shape == (16, 600)
        means = energies.mean(axis=1)
        assert abs(means.mean() - exact) < 4 * means.std(ddof=1) / 4
        assert 0 < squares.mean() < 1


def test_a_sweep_of_wolff_is_counted_in_spins_flipped(independent):
    from spinlib.models import Ising
    from spinlib.samplers import wolff

    _, squares = independent.series("wolff", 16, independent.Plan(4, 500, 1))
    measured = independent.flips_per_site("wolff", 16, float(squares.mean()))
    # The pilot run that fixes the number of clusters is short, and the number is a whole one.
    assert measured == pytest.approx(1.0, abs=0.5)
    clusters = wolff.clusters_per_sweep(Ising((16, 16)), independent.TEMPERATURE)
    assert measured == pytest.approx(clusters * squares.mean())
    assert independent.flips_per_site("metropolis", 16, 0.3) == 1.0
