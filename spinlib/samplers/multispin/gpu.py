"""Checkerboard Metropolis and heat bath for the square Ising model on a GPU, with 32 spins per word.

It does on torch tensors what `spinlib.samplers.multispin.cpu` does on arrays: the same distribution, with other
samples. Two layouts, one kernel (`spinlib.samplers.multispin.gpu_kernel`):

- strips: the bits of a word are the sites (i, j), (i + R, j), (i + 2 R, j), ... of one configuration of 32 R rows,
  R even. A block is one configuration.
- replicas: the bits of a word are the same site of 32 configurations, each with random bits of its own and, if need be,
  its own temperature. A block is 32 configurations. The last block is filled up with copies of its last configuration,
  which are updated but never returned.

For J < 0 the spins of one colour are stored inverted, which turns the model into the ferromagnet.

Without a GPU the same kernel runs, slowly, in Triton's interpreter: TRITON_INTERPRET=1, set before triton is imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
import torch

from spinlib.models import Ising
from spinlib.samplers.bits.binary_digits import binary_digits, bits_of_word
from spinlib.samplers.multispin import cpu as multispin
from spinlib.samplers.multispin import gpu_kernel as kernel
from spinlib.samplers.multispin.flip_table import DYNAMICS, flip_probabilities
from spinlib.samplers.random import next_uint64
from spinlib.samplers.single_spin.acceptance import PROPOSED

# Words that a program updates at a time: one for each thread of a warp. The threads wait for each other while a site is
# undecided, so there should be few. In the interpreter an operation costs the same for any number.
_TILE = 2**13 if kernel.INTERPRETED else 32
# With twelve planes at once, about one tile in five has an undecided site.
_GROUPS = 3
# The programs that run at a time; they loop over the words.
_PROGRAMS_PER_MULTIPROCESSOR = 32
_SWEEPS_PER_RECORDING = 32
_ALL_BITS, _FIRST_BIT, _LAST_BIT = -1, 1, -(2**31)


def refuse(model: Any) -> None:
    """Raise as `multispin.cpu.refuse`, and ValueError for free boundaries and one coupling per bond."""
    multispin.refuse(model)
    if "free" in model.lattice.boundary:
        raise ValueError(
            f"boundary {model.lattice.boundary}: packed spins on a GPU are for 'periodic' and 'antiperiodic'"
        )
    if not model.is_uniform:
        raise ValueError("one coupling per bond: packed spins on a GPU are for a uniform coupling")


def chains_per_block(model: Ising) -> int:
    """1 (strips) where the number of rows is a multiple of 64, else 32 (replicas)."""
    return 1 if model.shape[0] % 64 == 0 else 32


def sweep(
    model: Ising,
    spins: torch.Tensor,
    temperatures: np.ndarray,
    rng: np.ndarray,
    n: int,
    *,
    dynamics: str = "metropolis",
) -> None:
    """`n` sweeps of a batch of chains, in place: packs, sweeps and unpacks. See `PackedSpins`, which stays packed.

    spins: int8 (chain, H, W). temperatures: float64 (chain,), in J/k_B. rng: uint64 (chain, 4); the stream of each
    block's first chain is advanced. Raises where `PackedSpins` does.
    """
    packed = PackedSpins(model, spins, temperatures, rng, dynamics=dynamics)
    packed.sweep(n)
    packed.unpack(spins)


class PackedSpins:
    """A batch of chains in packed form on their device: packed once, then swept and measured; unpacked when wanted.

    spins: int8 tensor (chain, H, W) of -1 and +1 on a CUDA device, copied. temperatures: float64 (chain,), in J/k_B.
    rng: uint64 (chain, 4), as `spinlib.samplers.random.streams` makes it. dynamics: "metropolis", or "heat_bath", which
    unlike the other does not alternate between two states as T grows.

    Consecutive chains form blocks of `chains_per_block(model)`. A block's key for the counter-based generator is the
    next word of the stream of its first chain, which is advanced by that; the streams of the other chains are left
    alone. So the samples of a block depend on its own spins, temperatures and stream only: not on other blocks, on the
    device, or on how sweeps are split into calls.

    Raises where `refuse` does; TypeError for arrays of another kind or dtype; ValueError for other shapes, spins that
    are not -1 or +1, temperatures that are not positive and finite, and other dynamics; RuntimeError for spins on a
    device that Triton does not serve.
    """

    def __init__(
        self,
        model: Ising,
        spins: torch.Tensor,
        temperatures: np.ndarray,
        rng: np.ndarray,
        *,
        dynamics: str = "metropolis",
    ) -> None:
        refuse(model)
        _check_batch(model, spins, temperatures, rng)
        if dynamics not in DYNAMICS:
            raise ValueError(f"dynamics {dynamics!r}: allowed are {', '.join(map(repr, DYNAMICS))}")
        if not (spins.is_cuda or kernel.INTERPRETED):
            raise RuntimeError(
                f"spins on {spins.device}: Triton runs on 'cuda', and on a CPU only in its interpreter "
                "(TRITON_INTERPRET=1, set before triton is imported)"
            )
        self.model, self.dynamics, self.n_chains = model, dynamics, len(spins)
        self._in_strips = chains_per_block(model) == 1
        self._inverted = (False, model.coupling < 0)
        chains = self._chains_of_bits()
        self._n_blocks = len(chains)
        n_rows, n_columns = model.shape[0] // (32 if self._in_strips else 1), model.shape[1] // 2
        self._words = torch.empty((2, self._n_blocks, n_rows, n_columns), dtype=torch.int32, device=spins.device)
        configurations = chains[:, 0] if self._in_strips else chains.ravel()
        self._pack(spins[torch.from_numpy(configurations).to(spins.device)])

        keys = np.array([next_uint64(rng[first]) for first in chains[:, 0]], np.uint64)
        probabilities = flip_probabilities(abs(model.coupling) / np.asarray(temperatures)[chains], dynamics)
        if dynamics == "metropolis":
            probabilities *= PROPOSED
        self._keys = torch.from_numpy(keys.view(np.int64)).to(spins.device)
        self._digits = torch.from_numpy(_digits_of_bits(probabilities)).to(spins.device)
        self._clock = torch.zeros(1, dtype=torch.int64, device=spins.device)

    def _chains_of_bits(self) -> np.ndarray:
        """The chain that each bit of each block belongs to, int64 (n_blocks, 32)."""
        if self._in_strips:
            return np.repeat(np.arange(self.n_chains)[:, None], 32, axis=1)
        n_blocks = -(-self.n_chains // 32)
        return np.minimum(np.arange(32 * n_blocks), self.n_chains - 1).reshape(n_blocks, 32)

    @cached_property
    def _layout(self) -> dict[str, Any]:
        """The kernels' compile-time constants: the lattice, and the share of one program."""
        n_rows, n_columns = self._words.shape[2:]
        vertical, horizontal = (name == "antiperiodic" for name in self.model.lattice.boundary)
        # Only the first strip ends at the upper boundary, and only the last one at the lower.
        upper, lower = (_FIRST_BIT, _LAST_BIT) if self._in_strips else (_ALL_BITS, _ALL_BITS)
        words = min(_power_of_2(n_rows * n_columns), _TILE)
        return {
            "N_ROWS": n_rows,
            "N_COLUMNS": n_columns,
            "UPPER": upper * vertical,
            "LOWER": lower * vertical,
            "SIDE": _ALL_BITS * horizontal,
            "IN_STRIPS": self._in_strips,
            "BLOCKS": min(_power_of_2(self._n_blocks), _TILE // words),
            "WORDS": words,
        }

    @cached_property
    def _grid(self) -> tuple[int, int]:
        """Programs, and how many of them share the same blocks."""
        n_groups = -(-self._n_blocks // self._layout["BLOCKS"])
        n_tiles = -(-self._layout["N_ROWS"] * self._layout["N_COLUMNS"] // self._layout["WORDS"])
        n_programs = 1
        if self._words.is_cuda:
            device = torch.cuda.get_device_properties(self._words.device)
            n_programs = _PROGRAMS_PER_MULTIPROCESSOR * device.multi_processor_count
        n_parts = min(n_tiles, max(1, n_programs // n_groups))
        return n_groups * n_parts, n_parts

    def sweep(self, n: int) -> None:
        """`n` sweeps of all chains. On a GPU this returns at once; reading from the device waits."""
        if n < 0:
            raise ValueError(f"n = {n} sweeps: it cannot be negative")
        if self._words.is_cuda and n > _SWEEPS_PER_RECORDING:
            # The first launch compiles and loads the kernels, which a recording cannot contain.
            self._launch(1)
            n -= 1
            for _ in range(n // _SWEEPS_PER_RECORDING):
                self._recording.replay()
            n %= _SWEEPS_PER_RECORDING
        self._launch(n)

    def _launch(self, n: int) -> None:
        n_programs, n_parts = self._grid
        with torch.cuda.device_of(self._words):
            for sweep in range(n):
                for color in (0, 1):
                    kernel.update[(n_programs,)](
                        self._words,
                        self._keys,
                        self._digits,
                        self._clock,
                        sweep,
                        self._n_blocks,
                        n_parts,
                        COLOR=color,
                        HEAT_BATH=self.dynamics == "heat_bath",
                        GROUPS=_GROUPS,
                        num_warps=1,
                        **self._layout,
                    )
            self._clock += n

    @cached_property
    def _recording(self) -> torch.cuda.CUDAGraph:
        """A recording of `_SWEEPS_PER_RECORDING` sweeps, because launches dominate the time of small lattices."""
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.device_of(self._words), torch.cuda.graph(graph):
            self._launch(_SWEEPS_PER_RECORDING)
        return graph

    def energy(self) -> torch.Tensor:
        """Total energy of every chain, float64 (chain,)."""
        unlike = self._counts()[2].double()
        # Two bonds per site, also where an axis of length 2 doubles them.
        return -abs(self.model.coupling) * (2.0 * self.model.n_sites - 2.0 * unlike)

    def magnetization(self) -> torch.Tensor:
        """Sum of the spins of every chain, int64 (chain,)."""
        first, second, _ = 2 * self._counts() - self.model.n_sites // 2
        return first - second if self._inverted[1] else first + second

    def _counts(self) -> torch.Tensor:
        """The set sites of colours 0 and 1 and the unlike bonds of every chain, int64 (3, chain)."""
        n_programs, n_parts = self._grid
        counts = torch.zeros((3, self._n_blocks, 32), dtype=torch.int64, device=self._words.device)
        with torch.cuda.device_of(counts):
            kernel.count[(n_programs,)](self._words, counts, self._n_blocks, n_parts, num_warps=1, **self._layout)
        return counts.sum(dim=2) if self._in_strips else counts.flatten(1)[:, : self.n_chains]

    def unpack(self, out: torch.Tensor | None = None) -> torch.Tensor:
        """The spins, int8 (chain, H, W) on their device; written to `out`, a tensor of that kind, where given."""
        shape, device = (self.n_chains, *self.model.shape), self._words.device
        if out is not None and (tuple(out.shape) != shape or out.dtype != torch.int8 or out.device != device):
            raise ValueError(f"out: an int8 tensor of shape {shape} on {device} is needed")
        n_configurations = self._n_blocks * chains_per_block(self.model)
        spins = torch.empty((n_configurations, *self.model.shape), dtype=torch.int8, device=device)
        for words, sites, inverted in self._quarters(spins):
            for bit in range(32):
                is_set = ((words >> bit) & 1).to(torch.int8)
                sites[:, bit] = 1 - 2 * is_set if inverted else 2 * is_set - 1
        spins = spins[: self.n_chains]
        return spins if out is None else out.copy_(spins)

    def _pack(self, spins: torch.Tensor) -> None:
        """Fill the words from int8 spins of whole blocks; a set bit is an up spin, or a down spin where inverted."""
        self._words.zero_()
        for words, sites, inverted in self._quarters(spins):
            for bit in range(32):
                words |= ((sites[:, bit] > 0) != inverted).to(torch.int32) << bit

    def _quarters(self, spins: torch.Tensor) -> Iterator[tuple[torch.Tensor, torch.Tensor, bool]]:
        """For each colour, the words (block, row, column) of every other row and their sites (block, bit, row, column).

        Both are views; spins: int8, contiguous, of whole blocks. And whether the colour is inverted.
        """
        _, n_blocks, n_rows, n_columns = self._words.shape
        sites = spins.view(n_blocks, 32, n_rows, n_columns, 2)
        for color, inverted in enumerate(self._inverted):
            for parity in (0, 1):
                rows = slice(parity, None, 2)
                yield self._words[color, :, rows], sites[:, :, rows, :, (color + parity) % 2], inverted


def _digits_of_bits(probabilities: np.ndarray) -> np.ndarray:
    """The first 64 binary digits after the point, int32 (n_blocks, 2, 64), a bit for each of a word's 32 bits.

    probabilities: float64 (2, n_blocks, 32), below 1.
    """
    digits, _ = binary_digits(probabilities, kernel.DIGITS.value)
    words = bits_of_word(digits.swapaxes(-1, -2)).astype(np.uint32)
    return words.swapaxes(0, 1).copy().view(np.int32)


def _power_of_2(least: int) -> int:
    """The lowest power of 2 that is no less."""
    return 1 << (least - 1).bit_length()


def _check_batch(model: Ising, spins: torch.Tensor, temperatures: np.ndarray, rng: np.ndarray) -> None:
    """The checks of `spinlib.samplers.chains.batch.rows` for a tensor of spins, and a check of their values."""
    for name, array, kind, dtype in (
        ("spins", spins, torch.Tensor, torch.int8),
        ("rng", rng, np.ndarray, np.dtype(np.uint64)),
    ):
        if not isinstance(array, kind) or array.dtype != dtype:
            raise TypeError(f"{name} {getattr(array, 'dtype', type(array))}: has to be a {kind.__name__} of {dtype}")
    n_chains = len(spins) if spins.ndim else 0
    if not n_chains or tuple(spins.shape) != (n_chains, *model.shape):
        raise ValueError(f"spins of shape {tuple(spins.shape)}: have to be (chain, {str(model.shape)[1:]}")
    if np.shape(temperatures) != (n_chains,) or rng.shape != (n_chains, 4):
        raise ValueError(
            f"temperatures of shape {np.shape(temperatures)} and rng of shape {rng.shape}: "
            f"have to be ({n_chains},) and ({n_chains}, 4), one row per chain"
        )
    if not np.all((temperatures > 0) & np.isfinite(temperatures)):
        raise ValueError(f"temperatures {temperatures}: every temperature has to be positive and finite")
    model.check(spins)
