"""Draws in one compiled call are those of separate calls."""

from dataclasses import replace

import numpy as np
import pytest

from spinlib.models import Ising
from spinlib.samplers.chains import block as chains
from spinlib.samplers.chains.block import Block, Chain
from spinlib.samplers.chains.measurements import Measurement
from spinlib.samplers.chains.pace import Pace
from spinlib.samplers.multispin.cpu import PackedSpins
from spinlib.samplers.random import streams

SIGNS = np.random.default_rng(2).choice([-0.5, 0.5], size=(2, 6, 8))
MODELS = [
    Ising((6, 8)),
    Ising((4, 22), coupling=-1.5, boundary=("free", "periodic")),
    Ising((6, 8), coupling=SIGNS),
    Ising((128, 6), coupling=-1.0),
]


@pytest.mark.parametrize("model", MODELS, ids=str)
@pytest.mark.parametrize("wanted", [(True, True), (True, False), (False, True)])
def test_packed_draws_are_those_of_separate_calls(model, wanted):
    n_chains = 3 if model.shape[0] == 128 else 67
    spins = np.random.default_rng(1).choice(np.array([-1, 1], np.int8), (n_chains, *model.shape))
    temperatures = np.linspace(1.0, 4.0, n_chains)
    one, other = (PackedSpins(model, spins, temperatures, streams(1, "draws", 0, n_chains)) for _ in range(2))
    energies, magnetizations = one.draw(4, 3, *wanted)
    for number in range(4):
        other.sweep(3)
        if wanted[0]:
            np.testing.assert_array_equal(energies[:, number], other.energy())
        if wanted[1]:
            np.testing.assert_array_equal(magnetizations[:, number], other.magnetization())
    assert (energies is not None, magnetizations is not None) == wanted
    np.testing.assert_array_equal(one.unpack(), other.unpack())


def test_bad_numbers_are_refused():
    packed = PackedSpins(MODELS[0], np.ones((1, 6, 8), np.int8), np.ones(1), streams(1, "draws", 0, 1))
    for arguments in ((-1, 1), (1, -1)):
        with pytest.raises(ValueError, match="cannot be negative"):
            packed.draw(*arguments)
    with pytest.raises(ValueError, match="nothing would be measured"):
        packed.draw(1, 1, False, False)


BLOCK = Block(
    model=MODELS[0],
    method="multispin",
    chains=tuple(Chain(temperature, 0, 0) for temperature in (1.0, 2.0, 3.0)),
    start="random",
    n_samples=60,
    sweeps_between=3,
    burn_in=5,
    cluster_sweeps=3,
    observables=(Measurement("energy"), Measurement("magnetization")),
    keep_spins=False,
    seed=1,
    device="cpu",
)


@pytest.mark.parametrize("n_observables", [1, 2])
def test_a_run_makes_the_draws_that_it_makes_one_by_one(monkeypatch, n_observables):
    block = replace(BLOCK, observables=BLOCK.observables[:n_observables])
    numbers, draw = [], PackedSpins.draw

    def counted(self, n, *arguments, **settings):
        numbers.append(n)
        return draw(self, n, *arguments, **settings)

    monkeypatch.setattr(PackedSpins, "draw", counted)
    monkeypatch.setattr(chains, "_DRAWS_PER_CALL", 7)
    together, one_by_one = chains.run(block), chains.run(replace(block, keep_spins=True))
    assert max(numbers) > 1
    assert max(numbers) <= 7
    assert len(together) == n_observables
    for name, values in together.items():
        np.testing.assert_array_equal(values, one_by_one[name])


def test_a_run_that_stops_after_every_slice_continues_bit_for_bit():
    expected, draws = chains.run(BLOCK), chains.empty_draws(BLOCK, BLOCK.n_samples)
    run, n_parts = chains.Run(BLOCK), 0
    while run.n_draws < BLOCK.n_samples:
        run.advance(draws, seconds=-1.0)
        run, n_parts = chains.Run(BLOCK, run.state()), n_parts + 1
    assert n_parts > 1
    for name, values in draws.items():
        np.testing.assert_array_equal(values, expected[name])


def test_the_pace_grows_in_multiples(monkeypatch):
    monkeypatch.setattr("spinlib.samplers.chains.pace.time.perf_counter", lambda: 0.0)
    pace, sizes = Pace(), []
    assert pace.sweep(sizes.append, 1) == 1
    assert pace.allows(4)
    assert not pace.allows(5)
    left = 300
    while left:
        left -= pace.sweep(sizes.append, left, 3)
    assert sizes[:4] == [1, 3, 15, 63]
    assert all(size % 3 == 0 for size in sizes[1:])
    assert sum(sizes[1:]) == 300
