"""The tests that need `device` run on a GPU, where there is one, and in Triton's interpreter, which has to be chosen
before triton is imported: `test_in_the_interpreter` of test_multispin_triton.py does so, in a process of its own."""

import numpy as np
import pytest
import torch
from scipy.stats import binomtest

from spinlib.models import Ising
from spinlib.samplers.multispin.flip_table import DYNAMICS
from spinlib.samplers.random import next_uint64, streams
from spinlib.samplers.single_spin.acceptance import PROPOSED
from spinlib.statistics import holm

triton = pytest.importorskip("triton", reason="triton is for Linux only")

from spinlib.samplers.multispin import gpu, gpu_kernel  # noqa: E402
from spinlib.samplers.multispin.gpu import PackedSpins, chains_per_block  # noqa: E402
from spinlib.samplers.multispin.gpu_kernel import INTERPRETED  # noqa: E402

CRITICAL = 2.269


@pytest.fixture
def device():
    if INTERPRETED:
        return "cpu"
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device: run by test_in_the_interpreter only")
    return "cuda"


def random_spins(n_chains, shape, seed=1):
    return np.random.default_rng(seed).choice(np.array([-1, 1], np.int8), (n_chains, *shape))


def packed(model, spins, device, temperatures, seed, dynamics):
    rng = streams(seed, "multispin", 0, len(spins))
    return PackedSpins(model, torch.from_numpy(spins).to(device), temperatures, rng, dynamics=dynamics)


def philox(key, counter, rounds=10):
    """Philox4x32 (J. Salmon et al., SC11): key of two, counter of four uint32 arrays; four uint32 arrays."""
    (k0, k1), (c0, c1, c2, c3) = ([np.asarray(part, np.uint64) for part in parts] for parts in (key, counter))
    low, half = np.uint64(2**32 - 1), np.uint64(32)
    for _ in range(rounds):
        even, odd = c0 * np.uint64(0xD2511F53), c2 * np.uint64(0xCD9E8D57)
        c0, c1, c2, c3 = (odd >> half) ^ c1 ^ k0, odd & low, (even >> half) ^ c3 ^ k1, even & low
        k0, k1 = (k0 + np.uint64(0x9E3779B9)) & low, (k1 + np.uint64(0xBB67AE85)) & low
    return c0, c1, c2, c3


@pytest.mark.parametrize(
    ("key", "counter", "words"),
    [
        ([0] * 2, [0] * 4, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
        ([0xFFFFFFFF] * 2, [0xFFFFFFFF] * 4, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
        (
            [0xA4093822, 0x299F31D0],
            [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
            [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
        ),
    ],
)
def test_the_reference_generator_has_the_published_values(key, counter, words):
    """The known answers that come with the authors' Random123."""
    assert [int(word) for word in philox(key, counter)] == words


class SiteBySite:
    """The same sweeps without any packing: energy changes from the model, one decision per site."""

    def __init__(self, model, spins, temperatures, seed, dynamics):
        self.model, self.spins, self.dynamics, self.half_sweeps = model, spins.copy(), dynamics, 0
        self.temperatures = np.broadcast_to(temperatures, len(spins))[:, None, None]
        (n_rows, width), size, (chain, i, j) = model.shape, chains_per_block(model), np.indices(spins.shape)
        self.color = (i + j) % 2
        if size == 1:
            self.block, self.bit, row = chain, i // (n_rows // 32), i % (n_rows // 32)
        else:
            self.block, self.bit, row = chain // 32, chain % 32, i
        self.word = row * (width // 2) + j // 2
        rng = streams(seed, "multispin", 0, len(spins))
        self.keys = np.array([next_uint64(rng[first]) for first in range(0, len(spins), size)], np.uint64)

    def sweep(self):
        for color in (0, 1):
            flip = self.decisions() & (self.color == color)
            self.spins[flip] *= -1
            self.half_sweeps += 1

    def decisions(self):
        """The digit of p at the first plane whose bit is set, for every site."""
        x = self.model.energy_change(self.spins) / self.temperatures
        inverted = np.zeros(x.shape, bool)
        if self.dynamics == "metropolis":
            p = PROPOSED * np.exp(-np.maximum(x, 0.0))
        else:
            inverted = x < 0.0
            boltzmann = np.exp(-np.abs(x))
            p = boltzmann / (1.0 + boltzmann)
        digits = np.minimum(p * 2.0**64, np.nextafter(2.0**64, 0.0)).astype(np.uint64)
        key = self.keys & np.uint64(2**32 - 1), self.keys >> np.uint64(32)
        words = np.arange(self.word.max() + 1)
        decided, accepted = np.zeros(x.shape, bool), np.zeros(x.shape, bool)
        for group in range(16):
            counter = words, group, self.half_sweeps % 2**32, self.half_sweeps // 2**32
            planes = philox([half[:, None] for half in key], counter)
            for k, plane in enumerate(planes, start=4 * group):
                bits = (plane[self.block, self.word] >> self.bit.astype(np.uint64)) & np.uint64(1) != 0
                digit = (digits >> np.uint64(63 - k)) & np.uint64(1) != 0
                accepted |= bits & digit & ~decided
                decided |= bits
        return accepted ^ inverted


@pytest.mark.parametrize("dynamics", DYNAMICS)
@pytest.mark.parametrize(
    ("shape", "n_chains", "boundary", "coupling", "groups"),
    [
        ((2, 2), 3, "antiperiodic", 1.0, 2),
        ((4, 6), 70, ("antiperiodic", "periodic"), -0.7, 3),
        ((48, 40), 40, ("periodic", "antiperiodic"), 1.0, 2),
        ((64, 6), 5, "antiperiodic", 1.3, 2),
        ((128, 20), 1, "periodic", 1.0, 3),
    ],
)
def test_every_decision_is_that_of_the_unpacked_sites(
    device, monkeypatch, dynamics, shape, n_chains, boundary, coupling, groups
):
    """Also those that are left to further planes: a site in 256 after two groups of four, a dozen after two more."""
    monkeypatch.setattr(gpu, "_GROUPS", groups)
    model, spins = Ising(shape, coupling, boundary=boundary), random_spins(n_chains, shape)
    temperatures = np.resize([0.4, 1.0, CRITICAL, 5.0, 1e17], n_chains)
    chains = packed(model, spins, device, temperatures, 2, dynamics)
    reference = SiteBySite(model, spins, temperatures, 2, dynamics)
    for _ in range(2):
        chains.sweep(1)
        reference.sweep()
        np.testing.assert_array_equal(chains.unpack().cpu().numpy(), reference.spins)


@pytest.mark.parametrize("dynamics", DYNAMICS)
def test_transition_frequencies(device, dynamics):
    """Flips in one sweep for each number of unlike neighbours, from T where p = 1e-4 to where p = 1: binomial, Holm."""
    temperatures, per_temperature = np.array([0.87, 1.5, CRITICAL, 5.0, 1e6]), 320
    model, spins = Ising((16, 16)), random_spins(5 * 320, (16, 16), seed=3)
    each = np.repeat(temperatures, per_temperature)
    chains = packed(model, spins, device, each, 4, dynamics)
    chains.sweep(1)
    after = chains.unpack().cpu().numpy()
    first = np.indices(model.shape).sum(axis=0) % 2 == 0
    # What a site of the second colour met.
    met = [model.energy_change(spins), model.energy_change(np.where(first, after, spins))]
    change = np.where(first, *met).reshape(len(temperatures), -1)
    flipped = (after != spins).reshape(len(temperatures), -1)
    p_values = []
    for k, temperature in enumerate(temperatures):
        for cost in (8.0, 4.0, 0.0, -4.0, -8.0):
            p = 1 / (1 + np.exp(cost / temperature))
            if dynamics == "metropolis":
                p = PROPOSED * np.exp(-max(cost, 0.0) / temperature)
            here = change[k] == cost
            assert here.sum() > 3000
            p_values.append(binomtest(int(flipped[k][here].sum()), int(here.sum()), p).pvalue)
    assert not holm(p_values).any()


@pytest.mark.parametrize(("in_strips", "is_one"), [(True, "n_blocks"), (False, "n_parts")])
def test_the_kernels_compile_for_an_h200(monkeypatch, tmp_path, in_strips, is_one):
    """Triton's compiler needs no GPU. An argument of 1 becomes a constant when a kernel is launched."""
    if INTERPRETED:
        pytest.skip("the interpreter does not compile")
    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    layout = {"N_ROWS": 96, "N_COLUMNS": 40, "UPPER": 1, "LOWER": -(2**31), "SIDE": -1, "IN_STRIPS": in_strips}
    layout |= {"BLOCKS": 1, "WORDS": 32, is_one: 1}
    choice = {"COLOR": 1, "HEAT_BATH": not in_strips, "GROUPS": 3}
    pointers = {"words": "*i32", "keys": "*i64", "digits": "*i32", "clock": "*i64", "counts": "*i64"}
    for kernel, constants in (
        (gpu_kernel.update, layout | choice),
        (gpu_kernel.count, layout),
    ):
        signature = {name: "constexpr" if name in constants else pointers.get(name, "i32") for name in kernel.arg_names}
        source = triton.compiler.ASTSource(kernel, signature, constants)
        compute_capability_9 = triton.backends.compiler.GPUTarget("cuda", 90, 32)
        compiled = triton.compile(source, target=compute_capability_9, options={"num_warps": 1})
        assert compiled.asm["cubin"]
        # A thread keeps its word to itself: otherwise words would be handed round through shared memory.
        assert kernel is gpu_kernel.count or compiled.metadata.shared == 0
