import re
from types import SimpleNamespace

import pytest

from spinlib import sample
from spinlib.models import XY, Ising
from spinlib.samplers import METHODS
from spinlib.samplers.chains import memory
from spinlib.samplers.chains.memory import check_memory
from spinlib.samplers.multispin import cpu as multispin

GIB = 2**30
MODEL = Ising((1024, 1024))


def checked(module=METHODS["metropolis"], **numbers):
    check_memory(MODEL, module, **({"n_values": 0, "n_kept": 0, "n_chains": 1, "chains_at_a_time": 1} | numbers))


def test_what_a_method_says_of_itself_counts():
    module = SimpleNamespace(working_bytes=lambda model: 3 * model.n_sites, table_bytes=lambda model: 5 * model.n_sites)
    # 1 GiB of spins, 3 GiB of work: 512 chains are 0.5 + 1.5 GiB, and the tables are too much.
    with pytest.raises(ValueError, match=re.escape("2 GiB would be needed, allowed are 2 GiB: 0 GiB for kept spins")):
        checked(module, n_chains=512, chains_at_a_time=512)
    checked(module, n_chains=510, chains_at_a_time=510)
    assert memory.working_bytes(MODEL, SimpleNamespace()) == 16 * MODEL.n_sites
    assert memory.table_bytes(MODEL, SimpleNamespace()) == 20 * MODEL.n_sites


def test_all_that_is_held_counts():
    checked(n_kept=2_000)
    for numbers, words in (
        ({"n_kept": 2_048}, "2 GiB for kept spins"),
        ({"n_values": 2**28}, "2 GiB for observables"),
        ({"n_kept": 1_024, "n_values": 2**27}, "1 GiB for kept spins, 1 GiB for observables"),
        ({"n_chains": 2_100, "chains_at_a_time": 2_100}, "2.1 GiB for the chains that are swept"),
    ):
        with pytest.raises(ValueError, match=re.escape(words)):
            checked(**numbers)


@pytest.mark.parametrize(
    "changes",
    [
        {"model": Ising((2**13, 2**13)), "n_samples": 32, "n_chains": 1},
        {"model": XY((2**14, 2**14)), "n_samples": 1, "keep_spins": False},
        {"model": Ising((4, 4)), "n_samples": 2**28, "keep_spins": False},
        {"model": Ising((512, 512)), "n_samples": 1, "n_chains": 2**13, "method": "convolution", "keep_spins": False},
    ],
)
def test_a_call_that_needs_too_much_is_refused_before_anything_is_made(changes):
    if changes.get("method") == "convolution":
        pytest.importorskip("torch")
    with pytest.raises(ValueError, match="allowed are 2 GiB"):
        sample(temperatures=2.0, **changes)


@pytest.mark.parametrize("model", [Ising((128, 128)), Ising((126, 130))])
def test_packed_spins_take_what_they_say(model):
    import numpy as np

    for n_chains in (1, 64):
        packed = multispin.PackedSpins(
            model, np.ones((n_chains, *model.shape), np.int8), np.full(n_chains, 2.0), np.ones((n_chains, 4), np.uint64)
        )
        words = sum(array.nbytes for name, array in packed.arrays().items() if name.startswith("words"))
        n_blocks = -(-n_chains // multispin.chains_per_block(model))
        assert words == multispin.working_bytes(model) * multispin.chains_per_block(model) * n_blocks
