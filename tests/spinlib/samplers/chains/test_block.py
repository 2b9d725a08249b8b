from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

from spinlib.models import XY, Ising, Potts
from spinlib.samplers import METHODS, XY_METHODS
from spinlib.samplers.chains import block as chains
from spinlib.samplers.chains.block import Block, Chain
from spinlib.samplers.chains.measurements import Measurement
from spinlib.samplers.chains.pace import Pace

BLOCK = Block(
    model=Ising((6, 4)),
    method="metropolis",
    chains=tuple(Chain(2.5, 0, number) for number in range(4)),
    start="random",
    n_samples=5,
    sweeps_between=2,
    burn_in=3,
    cluster_sweeps=0,
    observables=(Measurement("energy"), Measurement("magnetization")),
    keep_spins=True,
    seed=7,
    device="cpu",
)


@pytest.mark.parametrize("method", ["metropolis", "heat_bath", "swendsen_wang", "wolff"])
def test_a_chain_does_not_depend_on_the_block_it_is_in(method):
    together = chains.run(replace(BLOCK, method=method))
    for chain in range(4):
        alone = chains.run(replace(BLOCK, method=method, chains=BLOCK.chains[chain : chain + 1]))
        for name, values in alone.items():
            assert np.array_equal(values[0], together[name][chain])
    assert len({spins.tobytes() for spins in together["spins"]}) == 4


def test_draws_are_measured_on_the_spins():
    draws = chains.run(BLOCK)
    assert draws["spins"].shape == (4, 5, 6, 4)
    assert np.allclose(draws["energy"], BLOCK.model.energy(draws["spins"]) / 24)
    assert np.allclose(draws["magnetization"], draws["spins"].mean(axis=(2, 3)))


def test_burn_in_and_thinning_drop_draws_of_one_series():
    every = chains.run(replace(BLOCK, n_samples=13, burn_in=0, sweeps_between=1))
    assert np.array_equal(chains.run(BLOCK)["energy"], every["energy"][:, 4::2])


def test_only_what_is_asked_for():
    seen = []
    draws = chains.run(replace(BLOCK, keep_spins=False, observables=(Measurement("energy"),)), seen.append)
    assert set(draws) == {"energy"}
    # Sweeps of all chains: three of burn-in, and two for each draw.
    assert sum(seen) == 4 * (3 + 5 * 2)


MANY = tuple(Chain(temperature, 0, number) for temperature in (1.0, 2.0, 4.0) for number in range(20))
RESUMED = [
    *(replace(BLOCK, method=method) for method in METHODS if method != "convolution"),
    replace(BLOCK, method="multispin", cluster_sweeps=2, chains=MANY),
    replace(BLOCK, model=Ising((128, 4)), method="multispin"),
    replace(BLOCK, model=Potts((6, 4)), method="wolff", start=np.zeros((4, 6, 4), np.int8)),
    *(replace(BLOCK, model=XY((6, 4)), method=method) for method in XY_METHODS),
]
if find_spec("torch"):
    RESUMED += [replace(BLOCK, model=model, method="convolution") for model in (Ising((6, 4)), Potts((6, 4)))]


@pytest.mark.parametrize("block", RESUMED, ids=lambda block: f"{block.model!r}-{block.cluster_sweeps}-{block.method}")
def test_slices_and_states_change_no_draw(block, monkeypatch):
    """One sweep a call, a new run from the state after each of them, and numbers of calls in between."""
    expected = chains.run(block)
    assert np.any(expected["spins"][:, 0] != expected["spins"][:, -1])
    sweeps, state = [], None
    draws = chains.empty_draws(block, block.n_samples)
    monkeypatch.setattr(Pace, "sweep", lambda self, call, n, multiple=1: call(multiple) or multiple)
    monkeypatch.setattr(Pace, "allows", lambda self, n: n == 1)
    while not sweeps or sweeps[-1] < block.n_sweeps:
        run = chains.Run(block, state)
        run.advance(draws, seconds=-1.0)
        sweeps.append(run.sweeps)
        state = run.state()
        assert not any(array.dtype.hasobject for array in state.values())
    assert sweeps == list(range(1, 14))
    for name, values in expected.items():
        assert np.array_equal(draws[name], values)


def test_states_of_other_blocks_are_refused():
    run = chains.Run(BLOCK)
    state = run.state()
    for wrong in (
        {"spins": state["spins"]},
        state | {"spins": state["spins"][:1]},
        state | {"rng": state["rng"].astype(np.int64)},
        state | {"more": state["rng"]},
        state | {"sweeps": np.array(-2)},
    ):
        with pytest.raises(ValueError, match="state"):
            chains.Run(BLOCK, wrong)


def test_keys_tell_apart_what_makes_two_calls():
    coupling = np.random.default_rng(1).normal(size=(2, 6, 4))
    other = coupling.copy()
    other[1, 5, 3] = np.nextafter(other[1, 5, 3], 9.0)
    start = np.ones((4, 6, 4), np.int8)
    changed = start.copy()
    changed[3, 5, 3] = -1
    base = replace(BLOCK, model=Ising((6, 4), coupling=coupling), start=start)
    blocks = [
        base,
        replace(base, model=Ising((6, 4), coupling=other)),
        replace(base, method="heat_bath"),
        replace(base, cluster_sweeps=1),
        replace(base, chains=tuple(chain._replace(temperature=np.nextafter(2.5, 3.0)) for chain in base.chains)),
        replace(base, chains=tuple(chain._replace(repetition=1) for chain in base.chains)),
        replace(base, start="cold"),
        replace(base, start="random"),
    ]
    keys = [key for block in blocks for purpose in ("start", "burn-in", "draws") for key in chains.keys(block, purpose)]
    assert len(set(keys)) == len(keys) == 8 * 3 * 4
    # Of given starts those of a chain count for this chain alone.
    before, after = (chains.keys(replace(base, start=spins), "draws") for spins in (start, changed))
    assert before[:3] == after[:3]
    assert before[3] != after[3]
    # What only says which draws of a series are taken changes no key; nor does what shares the block.
    same = replace(base, n_samples=9, burn_in=1, sweeps_between=3, keep_spins=False, observables=())
    assert chains.keys(same, "draws") == chains.keys(base, "draws")
    assert (
        chains.keys(replace(base, chains=base.chains[3:], start=start[3:]), "draws") == chains.keys(base, "draws")[3:]
    )


def test_starts():
    cold = chains.first_configurations(replace(BLOCK, start="cold"))
    assert np.all(cold == 1)
    assert np.all(chains.first_configurations(replace(BLOCK, model=Potts((6, 4)), start="cold")) == 0)
    assert np.all(chains.first_configurations(replace(BLOCK, model=Ising((6, 4), field=-0.1), start="cold")) == -1)
    assert np.all(chains.first_configurations(replace(BLOCK, model=Potts((6, 4), field=-0.1), start="cold")) == 1)
    random = chains.first_configurations(replace(BLOCK, model=Ising((64, 64))))
    assert abs(random.mean()) < 4.0 / 128
    states = np.bincount(chains.first_configurations(replace(BLOCK, model=Potts((64, 64), q=5))).ravel())
    assert np.all(np.abs(states / (4 * 4096) - 0.2) < 4.0 * 0.4 / 128)
    angles = chains.first_configurations(replace(BLOCK, model=XY((64, 64))))
    assert angles.min() >= -np.pi
    assert angles.max() < np.pi
    assert abs(np.exp(1j * angles).mean()) < 4.0 / 128
    assert np.all(chains.first_configurations(replace(BLOCK, model=XY((6, 4)), start="cold")) == 0.0)
    given = np.where(np.arange(24).reshape(6, 4) % 3, 1, -1)
    assert np.array_equal(chains.first_configurations(replace(BLOCK, start=given[None]))[0], given)
