import numpy as np
import pytest

from spinlib.models import XY, Ising
from spinlib.samplers.chains import partition


@pytest.mark.parametrize("n_chains", [1, 3, 64, 200])
@pytest.mark.parametrize("model", [Ising((64, 64)), Ising((512, 512)), XY((8, 8))], ids=repr)
def test_blocks_hold_every_chain_once(n_chains, model):
    pytest.importorskip("torch")
    planar = isinstance(model, XY)
    chosen = ["over_relaxation"] * 5 if planar else ["multispin", "multispin", "wolff", "convolution", "multispin"]
    temperatures = np.array([1.0, 2.0, 3.0, 2.0, 4.0])
    parts = list(partition.split(chosen, model, temperatures, n_chains))
    assert [number for _, part in parts for number in part] == list(range(5 * n_chains))
    for method, part in parts:
        assert {chosen[number // n_chains] for number in part} == {method}
        assert len(part) <= (5 * n_chains if method == "multispin" else n_chains)
        if method != "multispin":
            assert len(part) <= partition.most_chains(method, model, 5, n_chains)
    # Temperatures share words of packed spins, and blocks of nothing else.
    shared = {method for method, part in parts if len({number // n_chains for number in part}) > 1}
    assert shared <= {"multispin"}
    if model.shape == (64, 64) and n_chains == 3:
        assert shared == {"multispin"}


def test_chains_know_how_often_their_temperature_stood_before():
    chains = partition.chains(np.array([2.0, 3.0, 2.0]), 2, range(1, 6))
    assert chains == ((2.0, 0, 1), (3.0, 0, 0), (3.0, 0, 1), (2.0, 1, 0), (2.0, 1, 1))


@pytest.mark.parametrize("method", ["metropolis", "wolff"])
def test_where_a_block_begins_does_not_depend_on_how_many_chains_or_temperatures_there_are(method):
    model = Ising((64, 64))
    first = [part.start for _, part in partition.split([method], model, np.ones(1), 100)]
    longer = [part.start for _, part in partition.split([method], model, np.ones(1), 300)]
    assert longer[: len(first)] == first
    both = [part.start for _, part in partition.split([method] * 2, model, np.ones(2), 100)]
    assert both[: len(first)] == first
