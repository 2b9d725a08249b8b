"""The front door: the law of the function, the numbers of loops that are written out, and what is refused."""

import numpy as np
import pytest
from scipy.stats import chi2

from spinlib.models import Ising, LongRangeIsing, Potts
from spinlib.samplers import learned_energy
from spinlib.samplers.random import streams

SHAPE, T = (2, 3), [4.0, 6.0]
MODEL = Ising(SHAPE)
BIAS = np.random.default_rng(1).normal(scale=3.0, size=64)
STATES = learned_energy.states_of(np.arange(64), SHAPE)


def energy(spins):
    return MODEL.energy(spins) + BIAS[learned_energy.numbers_of(spins)]


def draws_of(n_samples=1, **changes):
    arguments = {"n_chains": 3000, "burn_in": 60, "seed": 2, "method": "corrected"}
    return learned_energy.sample(energy, MODEL, T, n_samples, **(arguments | changes))


@pytest.mark.parametrize("method", learned_energy.METHODS)
def test_draws_follow_the_functions_boltzmann_distribution(method):
    draws = draws_of(method=method)
    for temperature in T:
        expected = np.exp(-energy(STATES) / temperature)
        expected *= 3000 / expected.sum()
        numbers = learned_energy.numbers_of(draws.spins.sel(temperature=temperature).values[:, 0])
        counts = np.bincount(numbers, minlength=64)
        assert chi2.sf(((counts - expected) ** 2 / expected).sum(), 63) > 1e-3
    assert draws.attrs["method"] == method


@pytest.mark.parametrize("method", learned_energy.METHODS)
def test_what_is_measured_is_that_of_the_spins(method):
    def patterns(spins):
        return np.stack([spins[:, 0, 0], spins[:, 1, 2]], axis=1)

    draws = draws_of(5, method=method, n_chains=7, observables={"patterns": patterns})
    spins = draws.spins.values
    assert spins.dtype == np.int8
    np.testing.assert_allclose(draws.energy, energy(spins.reshape(-1, *SHAPE)).reshape(2, 7, 5) / 6, rtol=1e-12)
    np.testing.assert_allclose(draws.magnetization, spins.mean(axis=(3, 4)))
    np.testing.assert_array_equal(draws.patterns[..., 0], spins[..., 0, 0])
    np.testing.assert_array_equal(draws.patterns[..., 1], spins[..., 1, 2])
    assert draws.patterns.dims == ("temperature", "chain", "draw", "patterns_0")
    assert draws.energy.attrs["units"] == "J"
    assert draws.attrs["burn_in"] == 60
    np.testing.assert_array_equal(draws.temperature, T)


def test_acceptance_is_a_share_and_one_for_the_models_own_energy():
    draws = draws_of(20, n_chains=50)
    assert draws.acceptance.dims == ("temperature", "chain", "draw")
    assert 0.3 < float(draws.acceptance.mean()) < 0.9
    assert set(np.unique(draws.acceptance)) == {0.0, 1.0}
    halves = draws_of(20, n_chains=50, sweeps_between=2).acceptance
    assert set(np.unique(halves)) == {0.0, 0.5, 1.0}
    own = learned_energy.sample(MODEL.energy, MODEL, T, 20, method="corrected", burn_in=0)
    assert np.all(own.acceptance == 1.0)
    assert "acceptance" not in draws_of(2, n_chains=2, method="table")


def test_a_loop_that_is_written_out_has_the_same_numbers():
    """Whole sweeps proposed by the exact Hamiltonian, from ordered chains, with streams of their own."""
    n, rows, accepted = 20, [], []
    for i, temperature in enumerate(T):
        spins, rng = np.ones((n, *SHAPE), np.int8), streams(5, "loop", i, n)
        energies, each = np.asarray(energy(spins), np.float64), np.full(n, temperature)
        learned_energy.corrected_sweep(energy, MODEL, spins, energies, each, rng, 10)
        for _ in range(30):
            accepted.append(learned_energy.corrected_sweep(energy, MODEL, spins, energies, each, rng, 1))
            rows.append(energies.copy())
    given = np.stack([streams(5, "loop", i, n) for i in range(len(T))])
    before = given.copy()
    draws = draws_of(30, n_chains=n, burn_in=10, start="cold", streams=given)
    np.testing.assert_array_equal(given, before)
    expected = np.array(rows).reshape(len(T), 30, n).swapaxes(1, 2)
    np.testing.assert_array_equal(draws.energy, expected / 6)
    np.testing.assert_array_equal(draws.acceptance, np.array(accepted).reshape(len(T), 30, n).swapaxes(1, 2))


def test_a_loop_with_a_table_has_the_same_numbers():
    table, n, starts, seen = learned_energy.table_of(energy, SHAPE), 20, [], []
    for i, temperature in enumerate(T):
        rng, states = streams(5, "table", i, n), np.random.default_rng(7 + i).integers(64, size=n)
        starts.append(learned_energy.states_of(states, SHAPE))
        learned_energy.sweep_table(table, states, np.full(n, temperature), rng, 10)
        for _ in range(30):
            learned_energy.sweep_table(table, states, np.full(n, temperature), rng, 1)
            seen.append(states.copy())
    given = np.stack([streams(5, "table", i, n) for i in range(len(T))])
    draws = draws_of(30, n_chains=n, burn_in=10, start=np.array(starts), streams=given, method="table")
    expected = np.array(seen).reshape(len(T), 30, n).swapaxes(1, 2)
    np.testing.assert_array_equal(draws.energy, table[expected] / 6)
    np.testing.assert_array_equal(learned_energy.numbers_of(draws.spins.values.reshape(-1, *SHAPE)), expected.ravel())


def test_chains_of_a_long_range_model_from_given_spins():
    model = LongRangeIsing((4, 4), coupling=5.0, cutoff=8.0)
    checkerboard = (1 - 2 * (np.indices((4, 4)).sum(axis=0) % 2)).astype(np.int8)
    draws = learned_energy.sample(
        model.energy, model, 0.01, 3, method="corrected", start=checkerboard, burn_in=0, n_chains=4
    )
    np.testing.assert_array_equal(draws.spins, np.broadcast_to(checkerboard, (1, 4, 3, 4, 4)))
    np.testing.assert_allclose(draws.energy, model.energy(checkerboard) / 16)


def test_the_same_call_gives_the_same_draws_and_another_one_others():
    first = draws_of(3, n_chains=40)
    assert first.identical(draws_of(3, n_chains=40))
    for change in ({"seed": 3}, {"start": "cold"}, {"method": "single_flip"}):
        assert not np.array_equal(first.energy, draws_of(3, n_chains=40, **change).energy)
    # A chain depends neither on the other chains, nor on the other temperatures, nor on how many draws are taken.
    np.testing.assert_array_equal(draws_of(2, n_chains=5).spins, first.spins[:, :5, :2])
    alone = learned_energy.sample(energy, MODEL, T[1], 3, n_chains=40, burn_in=60, seed=2, method="corrected")
    np.testing.assert_array_equal(alone.spins[0], first.spins[1])
    twice = learned_energy.sample(energy, MODEL, [T[1], T[1]], 3, n_chains=40, burn_in=60, seed=2, method="corrected")
    np.testing.assert_array_equal(twice.spins[0], first.spins[1])
    assert not np.array_equal(twice.spins[0], twice.spins[1])


def test_random_starts_are_fair_coins():
    draws = learned_energy.sample(energy, MODEL, 1e12, 1, method="table", burn_in=0, n_chains=4000, seed=3)
    assert abs(float(draws.spins.mean())) < 5 / np.sqrt(24_000)
    given = np.random.default_rng(1).integers(2**63, size=(1, 4000, 4)).astype(np.uint64)
    coins = learned_energy.sample(energy, MODEL, 1e12, 1, method="corrected", burn_in=0, n_chains=4000, streams=given)
    counts = np.bincount(learned_energy.numbers_of(coins.spins.values[0, :, 0]), minlength=64)
    assert chi2.sf(((counts - 62.5) ** 2 / 62.5).sum(), 63) > 1e-3


def test_auto_looks_small_lattices_up():
    assert draws_of(1, n_chains=2, method="auto").attrs["method"] == "table"
    model = Ising((4, 5))
    draws = learned_energy.sample(model.energy, model, 2.0, 1, burn_in=1, keep_spins=False)
    assert draws.attrs["method"] == "corrected"
    assert "spins" not in draws


BAD = [
    ({"method": "cluster"}, "method 'cluster': allowed are 'auto', 'table', 'corrected', 'single_flip'"),
    ({"start": "hot"}, "start 'hot': allowed are"),
    ({"n_samples": 0}, "n_samples 0"),
    ({"n_chains": 0}, "n_chains 0"),
    ({"sweeps_between": 0}, "sweeps_between 0"),
    ({"burn_in": -1}, "burn_in -1"),
    ({"temperatures": [0.0]}, r"temperature 0\.0"),
    ({"streams": np.zeros((1, 2, 4), np.uint64)}, r"streams uint64 of shape \(1, 2, 4\): uint64 \(2, 5, 4\) is needed"),
    ({"observables": {"energy": len}}, "observable 'energy': a function needs a name of its own"),
    ({"observables": {"m": lambda spins: 1.0}}, r"observable 'm': shape \(\) for 2 chains"),
    ({"energy": lambda spins: np.full(len(spins), np.nan)}, "finite numbers"),
    ({"n_samples": 10**9}, "GiB would be needed"),
    ({"model": Ising((5, 5)), "method": "table"}, "at most 20"),
]


@pytest.mark.parametrize(("change", "message"), BAD)
def test_bad_input_is_refused(change, message):
    arguments = {"energy": energy, "model": MODEL, "temperatures": T, "n_samples": 1, "n_chains": 5} | change
    with pytest.raises(ValueError, match=message):
        learned_energy.sample(**arguments)


def test_other_models_are_refused():
    with pytest.raises(TypeError, match="allowed are Ising and LongRangeIsing"):
        learned_energy.sample(energy, Potts(SHAPE), T, 1)
    with pytest.raises(TypeError, match="observable 'm': 3 is no function"):
        draws_of(observables={"m": 3})
