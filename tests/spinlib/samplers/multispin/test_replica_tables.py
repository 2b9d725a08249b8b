import numpy as np
import pytest

from spinlib.models import Ising
from spinlib.samplers.multispin.cpu import PackedSpins
from spinlib.samplers.multispin.flip_table import flip_table
from spinlib.samplers.multispin.replica_tables import FlipTables
from spinlib.samplers.random import streams

RNG = np.random.default_rng(1)
CUTS = np.array([2**64 - 1, 2**64 - 1, 0], dtype=np.uint64)


def table(temperatures, dynamics="metropolis"):
    return flip_table(np.broadcast_to(1.0 / np.asarray(temperatures), (64,)), dynamics, CUTS, 12)


@pytest.mark.parametrize("dynamics", ["metropolis", "heat_bath"])
def test_put_together_as_if_made_for_these_temperatures(dynamics):
    tables, own = FlipTables(lambda temperature: table(temperature, dynamics)), table(1.0, dynamics)
    ladder = np.linspace(0.5, 3.0, 10)
    for _ in range(3):
        temperatures = RNG.choice(ladder, size=64)
        tables.fill(own, tables.levels(temperatures))
        expected = table(temperatures, dynamics)
        assert np.array_equal(own.digits, expected.digits)
        assert np.array_equal(own.tails, expected.tails)
        assert np.array_equal(own.lacking, expected.lacking)
    few = tables.levels(np.array([2.0, 0.7]))
    tables.fill(own, few)
    assert np.array_equal(own.digits, table([2.0] + [0.7] * 63, dynamics).digits)


def test_tables_are_made_once():
    made = []

    def counted(temperature):
        made.append(float(temperature))
        return table(temperature)

    tables = FlipTables(counted)
    for temperatures in ([1.0, 2.0, 1.0], [2.0, 2.0, 1.0], [1.0, 1.0, 1.0]):
        tables.levels(np.array(temperatures))
    assert made == [1.0, 2.0]
    tables.levels(np.array([3.0, 0.5]))
    assert made == [1.0, 2.0, 0.5, 3.0]


@pytest.mark.parametrize(
    "model",
    [
        Ising((4, 6), boundary=("free", "antiperiodic")),
        Ising((6, 4), coupling=RNG.choice([-0.5, 0.5], size=(2, 6, 4))),
        Ising((128, 4)),
    ],
    ids=repr,
)
def test_replicas_go_on_at_the_temperatures_that_they_are_set_to(model):
    n = 3 if model.shape[0] == 128 else 70
    spins = RNG.choice(np.array([-1, 1], dtype=np.int8), size=(n, *model.shape))
    before, after = RNG.choice(np.linspace(0.5, 4.0, 9), size=(2, n))
    changed = PackedSpins(model, spins, before, streams(3, "set", 0, n))
    changed.set_temperatures(after)
    made = PackedSpins(model, spins, after, streams(3, "set", 0, n))
    for chains in (changed, made):
        chains.sweep(3)
    assert np.array_equal(changed.unpack(), made.unpack())


@pytest.mark.parametrize("temperatures", [[1.0, 2.0], [1.0, 2.0, 0.0], [1.0, np.nan, 2.0]])
def test_bad_temperatures_are_named(temperatures):
    packed = PackedSpins(Ising((4, 4)), np.ones((3, 4, 4), dtype=np.int8), np.ones(3), streams(3, "set", 0, 3))
    with pytest.raises(ValueError, match="3 positive, finite numbers"):
        packed.set_temperatures(np.array(temperatures))
