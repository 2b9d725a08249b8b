"""Parallel tempering against exact enumeration at every temperature of a ladder, and its bookkeeping."""

import re
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from scipy import stats

from spinlib import sample
from spinlib.exact import enumeration
from spinlib.models import XY, CellularPotts, Ising, Potts
from spinlib.samplers import METHODS
from spinlib.samplers.tempering import parallel_tempering
from spinlib.samplers.tempering.temperature_ladder import geometric
from spinlib.statistics import mean_and_error

RNG = np.random.default_rng(7)
GLASS = Ising((2, 4), coupling=RNG.choice([-1.0, 1.0], size=(2, 2, 4)))
FREE_GLASS = Ising((3, 3), coupling=RNG.choice([-1.0, 1.0], size=(2, 3, 3)), boundary="free")
LADDER = geometric(0.3, 2.4, 4)

CASES = [
    (GLASS, "multispin"),
    (GLASS, "metropolis"),
    (GLASS, "swendsen_wang"),
    (FREE_GLASS, "heat_bath"),
    (FREE_GLASS, "wolff"),
    (Potts((2, 3), q=3, boundary="free"), "metropolis"),
]


def number_of(model, spins):
    """The number of each configuration in the order of enumeration.states."""
    digits, base = ((spins + 1) // 2, 2) if isinstance(model, Ising) else (spins, model.q)
    return digits.reshape(len(spins), -1).astype(np.int64) @ base ** np.arange(model.n_sites)


@pytest.mark.parametrize(("model", "method"), CASES, ids=[f"{method}-{model!r}" for model, method in CASES])
def test_every_temperature_has_its_boltzmann_distribution(model, method):
    # The last of many rounds of independent ladders, which start from random configurations.
    n = 2_000
    draws = parallel_tempering.sample(model, LADDER, 1, method=method, n_chains=n, burn_in=100, seed=1)
    for temperature, spins in zip(LADDER, draws.spins.values[:, :, 0], strict=True):
        expected = enumeration.boltzmann(model, temperature) * n
        observed = np.bincount(number_of(model, spins), minlength=len(expected))
        often = expected >= 10.0
        expected = np.append(expected[often], expected[~often].sum())
        observed = np.append(observed[often], observed[~often].sum())
        if expected[-1] < 5.0:
            expected, observed = expected[:-1] * observed[:-1].sum() / expected[:-1].sum(), observed[:-1]
        assert stats.chisquare(observed, expected).pvalue > 0.001 / (len(CASES) * len(LADDER))


def test_planar_spins_agree_with_chains_without_exchange():
    model, temperatures = XY((4, 4)), [0.6, 0.9, 1.4]
    settings = {"n_chains": 16, "burn_in": 100, "keep_spins": False, "seed": 2}
    ladder, alone = (draw(model, temperatures, 500, **settings) for draw in (parallel_tempering.sample, sample))
    for k in range(3):
        one, other = mean_and_error(ladder.energy[k]), mean_and_error(alone.energy[k])
        assert one.valid
        assert abs(one.value - other.value) < 4.0 * np.hypot(one.error, other.error)
        assert one.error < 0.01


@pytest.mark.parametrize(
    ("model", "method"),
    [(Ising((6, 4), field=0.1), "heat_bath"), (Potts((4, 4)), "wolff"), (XY((6, 4)), "metropolis")],
)
def test_draws_are_measured_on_the_spins(model, method):
    draws = parallel_tempering.sample(model, LADDER, 5, method=method, n_chains=3, burn_in=5, exchanges_between=2)
    assert draws.spins.dims == ("temperature", "chain", "draw", "x0", "x1")
    assert draws.spins.shape == (4, 3, 5, *model.shape)
    assert draws.spins.dtype == model.spin_dtype
    energy = model.energy(draws.spins.values) / model.n_sites
    np.testing.assert_allclose(draws.energy, energy, rtol=0, atol=1e-12)
    assert draws.attrs["method"] == method
    assert draws.attrs["exchanges_between"] == 2


def test_diagnostics_follow_from_the_replicas():
    # With one round from draw to draw the series of replicas says it all.
    draws = parallel_tempering.sample(GLASS, LADDER, 600, n_chains=4, burn_in=20, keep_spins=False, seed=3)
    replica = draws.replica.values
    assert np.array_equal(np.sort(replica, axis=0), np.broadcast_to(np.arange(4)[:, None, None], replica.shape))
    # The first draw's exchange began in the last state of the burn-in, which is not kept.
    exchanged = (replica[:-1, :, 1:] == replica[1:, :, :-1]) & (replica[1:, :, 1:] == replica[:-1, :, :-1])
    np.testing.assert_allclose(draws.exchange_acceptance, exchanged.sum(axis=2) / 300, rtol=0, atol=1.1 / 300)
    for chain in range(4):
        trips = 0
        for walker in range(4):
            place = np.argmax(replica[:, chain] == walker, axis=0)
            ends = place[(place == 0) | (place == 3)]
            turns = ends[np.flatnonzero(np.diff(ends, prepend=-1))]
            trips += np.count_nonzero((turns[:-1] == 3) & (turns[1:] == 0))
            # Not before it was first at the lowest temperature.
            trips -= bool(turns.size and turns[0] == 3 and 0 in turns)
        assert draws.round_trips[chain] == trips
    assert draws.round_trips.min() > 10


def test_hot_replicas_free_cold_ones():
    # Two ground states of a ferromagnet, at a temperature at which single flips never get from one to the other.
    model, ladder = Ising((6, 6)), geometric(0.8, 5.0, 10)
    settings = {"method": "metropolis", "start": "cold", "n_chains": 8, "burn_in": 200, "keep_spins": False, "seed": 4}
    tempered = parallel_tempering.sample(model, ladder, 800, **settings).magnetization[0]
    assert np.all(sample(model, 0.8, 800, **settings).magnetization > 0.0)
    up = (tempered > 0.0).mean("draw")
    assert np.all((up > 0.1) & (up < 0.9))


@pytest.mark.parametrize("method", ["metropolis", "multispin"])
def test_workers_change_no_sample(method):
    settings = {"method": method, "n_samples": 4, "burn_in": 3, "n_chains": 70, "seed": 5}
    alone = parallel_tempering.sample(GLASS, LADDER, **settings)
    with ThreadPoolExecutor(3) as three:
        assert alone.identical(parallel_tempering.sample(GLASS, LADDER, executor=three, **settings))
    assert not alone.equals(parallel_tempering.sample(GLASS, LADDER, **(settings | {"seed": 6})))
    ladders = alone.spins.values.transpose(1, 0, 2, 3, 4).reshape(70, -1)
    assert len(np.unique(ladders, axis=0)) == 70


def test_two_spawned_workers_change_no_sample():
    model, ladder = XY((96, 96), boundary="antiperiodic"), [0.5, 0.6, 0.7]
    settings = {"n_samples": 2, "burn_in": 2, "n_chains": 4, "seed": 5}
    alone = parallel_tempering.sample(model, ladder, **settings)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as two:
        assert alone.identical(parallel_tempering.sample(model, ladder, executor=two, **settings))


@pytest.mark.parametrize("method", ["metropolis", "multispin", "swendsen_wang"])
def test_calls_with_one_seed_are_independent(method):
    """What differs in a temperature, a coupling, the sweeps of a round or the start only."""
    model, settings = Ising((6, 6)), {"method": method, "burn_in": 50, "exchanges_between": 4, "seed": 3}
    calls = [
        parallel_tempering.sample(model, [2.8, 3.0], 400, **settings),
        parallel_tempering.sample(model, [2.8, 3.0 + 1e-12], 400, **settings),
        parallel_tempering.sample(Ising((6, 6), coupling=1.0 + 1e-12), [2.8, 3.0], 400, **settings),
        parallel_tempering.sample(model, [2.8, 3.0], 400, sweeps_per_exchange=2, **settings),
        parallel_tempering.sample(model, [2.8, 3.0], 400, start="cold", **settings),
    ]
    last = calls[0].spins.values[:, :, -1]
    calls.append(parallel_tempering.sample(model, [2.8, 3.0], 400, start=last, **(settings | {"burn_in": 0})))
    pairs = np.corrcoef([draws.energy.values[0, 0] for draws in calls])[np.triu_indices(len(calls), k=1)]
    assert np.abs(pairs).max() < 5.0 / np.sqrt(400)


def test_a_ladder_does_not_depend_on_how_many_there_are():
    settings = {"method": "metropolis", "burn_in": 5, "seed": 1}
    few, many = (parallel_tempering.sample(FREE_GLASS, LADDER, 3, n_chains=n, **settings) for n in (2, 5))
    assert few.identical(many.isel(chain=slice(2)))


@pytest.mark.parametrize("leading", [(), (3,), (4, 3)])
def test_given_starts(leading):
    start = RNG.choice([-1, 1], size=(*leading, 3, 3))
    draws = parallel_tempering.sample(
        FREE_GLASS, LADDER * 1e-3, 1, method="metropolis", start=start, burn_in=0, n_chains=3
    )
    assert draws.attrs["start"] == "given"
    replica = draws.replica.values[:, :, 0]
    before = np.broadcast_to(start, (4, 3, 3, 3))[replica, np.arange(3)]
    assert np.all(FREE_GLASS.energy(draws.spins.values[:, :, 0]) <= FREE_GLASS.energy(before))


@pytest.mark.parametrize("method", ["metropolis", "multispin"])
@pytest.mark.parametrize("n_temperatures", [2, 20, 33, 64, 100])
def test_tasks_hold_every_ladder_once_and_fill_their_words(method, n_temperatures):
    tasks = list(parallel_tempering._split(method, Ising((64, 64)), n_temperatures, 150))
    assert [chain for task in tasks for chain in task] == list(range(150))
    if method == "multispin":
        bits = len(tasks[0]) * n_temperatures
        assert bits >= 0.9 * 64 * np.ceil(bits / 64)


def test_progress_bar_counts_rounds_of_ladders_and_those_of_the_burn_in(capsys):
    parallel_tempering.sample(FREE_GLASS, LADDER, 7, n_chains=3, burn_in=1, progress=True)
    assert "24/24" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"temperatures": 1.0}, ValueError, "at least two"),
        ({"temperatures": [2.0, 1.0]}, ValueError, "each above the one before"),
        ({"temperatures": [1.0, 1.0]}, ValueError, "each above the one before"),
        ({"temperatures": [0.0, 1.0]}, ValueError, "temperature 0.0"),
        ({"n_samples": 0}, ValueError, "n_samples 0"),
        ({"n_chains": 1.5}, TypeError, "n_chains 1.5"),
        ({"sweeps_per_exchange": 0}, ValueError, "sweeps_per_exchange 0"),
        ({"exchanges_between": 0}, ValueError, "exchanges_between 0"),
        ({"burn_in": -1}, ValueError, "burn_in -1"),
        ({"seed": -1}, ValueError, "seed -1"),
        ({"method": "convolution"}, ValueError, "method 'convolution'"),
        ({"method": "tempering"}, ValueError, "method 'tempering'"),
        ({"method": "wolff", "model": Potts((4, 4), coupling=-1.0)}, ValueError, "coupling -1.0"),
        ({"start": "hot"}, ValueError, "start 'hot'"),
        ({"start": np.ones((2, 4, 4))}, ValueError, "start of shape (2, 4, 4)"),
        ({"observables": "mass"}, ValueError, "observable 'mass'"),
        ({"observables": (), "keep_spins": False}, ValueError, "nothing would be returned"),
        ({"n_samples": 2**28}, ValueError, "2 GiB"),
        (
            {"model": CellularPotts((8, 8), [0, 1], np.ones((2, 2)))},
            TypeError,
            "allowed are Ising, Potts, XY",
        ),
    ],
)
def test_bad_input_is_named(changes, error, words):
    arguments = {"model": Ising((4, 4)), "temperatures": [1.0, 2.0], "n_samples": 3} | changes
    with pytest.raises(error, match=re.escape(words)):
        parallel_tempering.sample(**arguments)


def test_every_method_but_convolution_is_offered():
    for method in set(METHODS) - {"convolution"}:
        draws = parallel_tempering.sample(Ising((4, 4)), [1.0, 2.0], 1, method=method, burn_in=1)
        assert draws.attrs["method"] == method
