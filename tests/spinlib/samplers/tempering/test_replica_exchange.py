import numpy as np
import pytest
from scipy import stats

from spinlib.exact import enumeration
from spinlib.models import Ising
from spinlib.samplers.random import streams
from spinlib.samplers.tempering.replica_exchange import Ladders

TEMPERATURES = np.array([1.0, 1.5, 2.5, 4.0])


def ladders(n, temperatures=TEMPERATURES):
    return Ladders(temperatures, np.random.default_rng(1).integers(2**64, size=(n, 4), dtype=np.uint64))


@pytest.mark.parametrize(("cold", "hot"), [(-9.0, -7.0), (-7.0, -7.5), (-3.0, -3.0), (5.0, -5.0), (-1e5, 1e5)])
def test_probability_of_an_exchange(cold, hot):
    # Detailed balance: the ratio of both ways is that of the weights of both states.
    n, temperatures = 40_000, np.array([2.0, 3.0])

    def frequency(energies):
        pairs = ladders(n, temperatures)
        pairs.exchange(np.tile(energies, (n, 1)))
        return pairs.accepted[:, 0].mean()

    forwards, backwards = frequency([cold, hot]), frequency([hot, cold])
    exponent = (1 / 2 - 1 / 3) * (cold - hot)
    for found, expected in ((forwards, np.exp(min(0.0, exponent))), (backwards, np.exp(min(0.0, -exponent)))):
        assert abs(found - expected) <= 4.0 * np.sqrt(expected * (1.0 - expected) / n)


def test_exchanges_alone_keep_every_temperature_in_equilibrium():
    # Exact samples of independent energies at each temperature; no spin is flipped, only temperatures are exchanged.
    model, n = Ising((3, 3), boundary="free"), 20_000
    rng, energy = np.random.default_rng(2), model.energy(enumeration.states(model))
    weights = [enumeration.boltzmann(model, t) for t in TEMPERATURES]
    energies = np.stack([energy[rng.choice(len(energy), size=n, p=p)] for p in weights], axis=1)
    many = ladders(n)
    for _ in range(7):
        many.exchange(energies)
    assert np.mean(many.replica_at != np.arange(4)) > 0.4
    for k, p in enumerate(weights):
        levels, cell = np.unique(np.round(energy), return_inverse=True)
        expected = np.bincount(cell, weights=p) * n
        found = np.searchsorted(levels, np.round(energies[np.arange(n), many.replica_at[:, k]]))
        observed = np.bincount(found, minlength=len(levels))
        often = expected >= 10.0
        expected = np.append(expected[often], expected[~often].sum())
        observed = np.append(observed[often], observed[~often].sum())
        assert stats.chisquare(observed[expected > 0], expected[expected > 0]).pvalue > 0.001 / 4


def test_pairs_are_tried_in_turn_and_every_replica_keeps_one_temperature():
    some = ladders(50)
    energies = np.random.default_rng(0).normal(size=(50, 4))
    for tries in ([1, 0, 1], [1, 1, 1], [2, 1, 2], [2, 2, 2]):
        before = some.replica_at.copy()
        some.exchange(energies)
        assert some.attempted.tolist() == tries
        assert np.array_equal(np.sort(some.replica_at), np.tile(np.arange(4), (50, 1)))
        assert np.any(some.replica_at != before)
        assert np.array_equal(np.take_along_axis(some.temperatures, some.replica_at, 1), np.tile(TEMPERATURES, (50, 1)))
    assert np.all(some.accepted <= some.attempted)
    some.restart()
    assert not some.accepted.any()
    assert not some.attempted.any()


def test_round_trips_of_replicas_that_always_change_places():
    # With equal energies every exchange happens: a replica goes up three steps, waits for one, comes down, waits: 8.
    one = ladders(1)
    trips = []
    for _ in range(40):
        one.exchange(np.zeros((1, 4)))
        trips.append(one.round_trips.copy())
    assert np.all(trips[-1] - trips[-9] == 1)


def test_no_round_trip_without_the_other_end():
    one = ladders(1)
    # Energies that rise with the temperature by so much that nothing is exchanged.
    for _ in range(20):
        one.exchange(np.array([[-1e6, 0.0, 1e6, 2e6]]))
    assert not one.accepted.any()
    assert not one.round_trips.any()
    assert np.array_equal(one.replica_at, [[0, 1, 2, 3]])


def test_ladders_do_not_depend_on_each_other():
    energies = np.random.default_rng(0).normal(size=(6, 4))
    together, alone = (Ladders(TEMPERATURES, streams(1, "exchange", 0, which)) for which in (6, [4]))
    for _ in range(10):
        together.exchange(energies)
        alone.exchange(energies[4:5])
    assert np.array_equal(together.replica_at[4:5], alone.replica_at)
    assert len(np.unique(together.replica_at, axis=0)) > 1
