from dataclasses import replace

import numpy as np
import pytest

from spinlib.models import XY, Ising, Potts
from spinlib.samplers import chains
from spinlib.samplers.chains import Block

BLOCK = Block(
    model=Ising((6, 4)),
    method="metropolis",
    temperature=2.5,
    temperature_index=1,
    chains=range(4),
    start="random",
    n_samples=5,
    sweeps_between=2,
    burn_in=3,
    burn_in_method="metropolis",
    observables=("energy", "magnetization"),
    keep_spins=True,
    seed=7,
    device="cpu",
)


@pytest.mark.parametrize("method", ["metropolis", "heat_bath", "swendsen_wang", "wolff"])
def test_a_chain_does_not_depend_on_the_block_it_is_in(method):
    together = chains.run(replace(BLOCK, method=method))
    for chain in range(4):
        alone = chains.run(replace(BLOCK, method=method, chains=range(chain, chain + 1)))
        for name, values in alone.items():
            assert np.array_equal(values[0], together[name][chain])
    assert len({spins.tobytes() for spins in together["spins"]}) == 4


@pytest.mark.parametrize("method", ["metropolis", "multispin", "wolff", "convolution"])
@pytest.mark.parametrize("n_chains", [1, 3, 64, 200])
@pytest.mark.parametrize("model", [Ising((64, 64)), Ising((512, 512))], ids=repr)
def test_blocks_hold_every_chain_once(method, n_chains, model):
    if method == "convolution":
        pytest.importorskip("torch")
    blocks = list(chains.split(method, model, n_chains))
    assert [chain for block in blocks for chain in block] == list(range(n_chains))
    # Where a block begins does not depend on how many chains there are.
    if method != "convolution":
        longer = list(chains.split(method, model, 2 * n_chains))
        assert [block.start for block in blocks] == [block.start for block in longer][: len(blocks)]


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
    draws = chains.run(replace(BLOCK, keep_spins=False, observables=("energy",)), seen.append)
    assert set(draws) == {"energy"}
    assert seen == [4] * 5


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
