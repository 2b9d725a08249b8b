"""Checkerboard Metropolis and heat bath for the square Ising model with 64 spins per word.

Two layouts, one kernel (`spinlib.samplers.multispin_kernel`, which says how a word of spins is updated):

- strips: the bits of a word are the sites (i, j), (i + R, j), (i + 2 R, j), ... of one configuration of 64 R rows,
  R even. A block is one configuration.
- replicas: the bits of a word are the same site of 64 configurations, each with random bits and, if need be, a
  temperature of its own. A block is 64 configurations; what the last block lacks is filled up with copies of its
  last one, which are updated too but never seen.

Of a word's bits, those that end at a free boundary have flip probabilities of their own in that row. Spins of one
colour are stored inverted where J < 0: with two colours that makes it the ferromagnet. Where the sign of the bonds
differs from place to place, words of signs say so, which all replicas share.

Metropolis has the law of `spinlib.samplers.metropolis`, which leaves out a site now and then.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from spinlib.compilation import njit
from spinlib.models import Ising
from spinlib.models.hamiltonian import require_own_hamiltonian
from spinlib.samplers import batch
from spinlib.samplers import multispin_kernel as kernel
from spinlib.samplers.bit_counts import count_unsatisfied, count_up
from spinlib.samplers.bit_packing import pack, unpack
from spinlib.samplers.flip_digits import DYNAMICS, FlipTable, flip_table
from spinlib.samplers.flip_tables import FlipTables
from spinlib.samplers.multispin_draws import draw
from spinlib.samplers.multispin_layout import Boundary, bond_signs, empty_words
from spinlib.samplers.random import next_uint64, scramble
from spinlib.samplers.word_vectors import WIDTH, aligned

# A band of rows has a random stream of its own, so that a thread can have it. Fewer sites than this, of all 64
# configurations or strips, are updated sooner than two threads have met.
_SITES_PER_BAND = 2**18
_MOST_BANDS = 64
_ALL_BITS, _FIRST_BIT, _LAST_BIT = (np.uint64(bits) for bits in (2**64 - 1, 1, 2**63))


def refuse(model: Any) -> None:
    """Raise TypeError for a model other than Ising, ValueError with the reason for one that cannot be packed.

    Allowed is the square lattice with an even number of rows and of columns, any boundaries and no field, whose
    bonds have one strength |J|, each with a sign of its own.
    """
    if not isinstance(model, Ising):
        raise TypeError(f"{type(model).__name__}: packed spins are for Ising")
    require_own_hamiltonian(model)
    lattice = model.lattice
    if lattice.ndim != 2 or lattice.neighborhood != "nearest":
        raise ValueError(
            f"{lattice.ndim} axes with neighborhood {lattice.neighborhood!r}: packed spins are for two axes with "
            "'nearest'"
        )
    if model.field != 0:
        raise ValueError(f"field {model.field}: packed spins are for zero field")
    if any(length % 2 for length in model.shape):
        nearest = [f"{length - 1} or {length + 1}" if length % 2 else f"{length}" for length in model.shape]
        raise ValueError(
            f"shape {model.shape}: packed spins need an even number of rows and of columns; "
            f"nearest: {' by '.join(nearest)}"
        )
    if not model.is_uniform:
        strengths = np.abs(model.bond_strengths)
        if strengths.min() != strengths.max():
            raise ValueError(
                f"bonds of strength {strengths.min()} to {strengths.max()}: packed spins need the same |J| everywhere"
            )


def chains_per_block(model: Ising) -> int:
    """1 (strips) where the coupling is uniform and the number of rows a multiple of 128, else 64 (replicas)."""
    return 1 if model.is_uniform and model.shape[0] % 128 == 0 else 64


def working_bytes(model: Ising) -> int:
    """Of one chain, beside its int8 spins: its share of the words of a block, which hold 64 chains or are its own."""
    n_rows = model.shape[0] // 64 if chains_per_block(model) == 1 else model.shape[0]
    words = empty_words(n_rows, model.shape[1] // 2)
    return -(-words.nbytes // chains_per_block(model))


def table_bytes(model: Ising) -> int:
    """What chains share: nothing that counts, or where bonds differ their signs, and couplings to make these from."""
    return 0 if model.is_uniform else 96 * model.n_sites


def sweep(
    model: Ising,
    spins: np.ndarray,
    temperatures: np.ndarray,
    rng: np.ndarray,
    n: int,
    *,
    dynamics: str = "metropolis",
    threads: int = 1,
) -> None:
    """`n` sweeps of a batch of chains, in place: packs, sweeps and unpacks. See `PackedSpins`, which stays packed.

    spins: int8 (chain, H, W), C-contiguous. temperatures: float64 (chain,), in J/k_B. rng: uint64 (chain, 4); the
    stream of each block's first chain is advanced. Raises where `PackedSpins` does.
    """
    packed = PackedSpins(model, spins, temperatures, rng, dynamics=dynamics)
    packed.sweep(n, threads)
    packed.unpack(spins)


class PackedSpins:
    """A batch of chains in packed form: packed once, then swept and measured; unpacked when spins are wanted.

    spins: int8 (chain, H, W) of -1 and +1, C-contiguous, copied. temperatures: float64 (chain,), in J/k_B. rng:
    uint64 (chain, 4), as `spinlib.samplers.random.streams` makes it. dynamics: "metropolis", or "heat_bath", which
    unlike the other does not alternate between two states as T grows.

    Consecutive chains form blocks of `chains_per_block(model)`. A block's random numbers come from the stream of
    its first chain, which seeds the generators of its bands of rows (their number follows from the shape) and is
    advanced by that; the streams of the other chains are left alone. So a block's future depends on nothing but
    its own spins, temperatures and stream: not on other blocks, on threads, or on how sweeps are split into calls.

    Raises where `refuse` does and as `spinlib.samplers.batch.rows`; ValueError for spins that are not -1 or +1 and
    for other dynamics.
    """

    def __init__(
        self,
        model: Ising,
        spins: np.ndarray,
        temperatures: np.ndarray,
        rng: np.ndarray,
        *,
        dynamics: str = "metropolis",
    ) -> None:
        refuse(model)
        batch.rows(model, spins, temperatures, rng, 0)
        model.check(spins)
        if dynamics not in DYNAMICS:
            raise ValueError(f"dynamics {dynamics!r}: allowed are {', '.join(map(repr, DYNAMICS))}")
        self.model, self.dynamics, self.n_chains = model, dynamics, len(spins)
        self._in_strips = chains_per_block(model) == 1
        self._strength = abs(model.coupling) if model.is_uniform else float(np.abs(model.bond_strengths).max())
        self._inverted = np.array([False, model.is_uniform and model.coupling < 0])
        self._boundary = _boundary(model)
        self._tables = FlipTables(lambda temperature: self._flips(np.array([temperature]), model.shape[1] // 2))
        self._signs = _signs(model)
        size = chains_per_block(model)
        self._blocks = [
            self._block(spins[first : first + size], temperatures[first : first + size], rng[first])
            for first in range(0, self.n_chains, size)
        ]

    def _block(self, spins: np.ndarray, temperatures: np.ndarray, stream: np.ndarray) -> kernel.Block:
        if self._in_strips:
            spins = spins.reshape(64, -1, self.model.shape[1])
        _, n_rows, n_columns = spins.shape
        n_bands = max(1, min(64 * n_rows * n_columns // _SITES_PER_BAND, n_rows // 2, _MOST_BANDS))
        block = kernel.Block(
            words=empty_words(n_rows, n_columns // 2),
            n_columns=n_columns // 2,
            boundary=self._boundary,
            signs=self._signs,
            bands=1 + np.arange(n_bands + 1) * n_rows // n_bands,
            lanes=aligned(np.zeros((n_bands, 4, kernel.LANES), np.uint64)),
            states=aligned(np.zeros((n_bands, WIDTH), np.uint64)),
            heat_bath=self.dynamics == "heat_bath",
            flips=self._flips(temperatures, n_columns // 2),
        )
        pack(spins, block.words, self._inverted, block.boundary)
        _seed(stream, block.lanes, block.states)
        return block

    def _flips(self, temperatures: np.ndarray, n_columns: int) -> FlipTable:
        """The table for the temperatures of one block; what it lacks is filled up as in `_block`."""
        configurations = np.minimum(np.arange(chains_per_block(self.model)), len(temperatures) - 1)
        couplings = self._strength / np.asarray(temperatures)[configurations]
        return flip_table(couplings, self.dynamics, self._boundary.cuts, n_columns)

    def set_temperatures(self, temperatures: np.ndarray) -> None:
        """From now on chain k is at temperatures[k], in J/k_B. Raises ValueError unless (chain,), all positive."""
        if np.shape(temperatures) != (self.n_chains,) or not np.all((temperatures > 0) & np.isfinite(temperatures)):
            raise ValueError(f"temperatures {temperatures}: needed are {self.n_chains} positive, finite numbers")
        levels, size = self._tables.levels(temperatures), chains_per_block(self.model)
        for index, block in enumerate(self._blocks):
            self._tables.fill(block.flips, levels[index * size : (index + 1) * size])

    def sweep(self, n: int, threads: int = 1) -> None:
        """`n` sweeps of all chains on at most `threads` threads; the result is the same for any number.

        Blocks are shared out among the threads. Of a single block, the bands of rows are; the threads then wait
        for each other after every colour, so that there should not be more of them than idle cores.
        """
        if n < 0:
            raise ValueError(f"n = {n} sweeps: it cannot be negative")
        if threads < 1:
            raise ValueError(f"{threads} threads: there has to be at least one")
        per_block = min(threads, len(self._blocks[0].states)) if len(self._blocks) == 1 else 1
        arrivals = np.zeros(1, np.int64)
        tasks: list[Any] = [
            (block, n, thread, per_block, arrivals) for block in self._blocks for thread in range(per_block)
        ]
        if threads == 1 or len(tasks) == 1:
            for task in tasks:
                kernel.sweep(*task)
            return
        with ThreadPoolExecutor(threads) as executor:
            for done in [executor.submit(kernel.sweep, *task) for task in tasks]:
                done.result()

    def energy(self) -> np.ndarray:
        """Total energy of every chain, float64 (chain,)."""
        counts = [count_unsatisfied(block.words, block.signs, block.n_columns) for block in self._blocks]
        return self._energies(self._per_chain(counts))

    def magnetization(self) -> np.ndarray:
        """Sum of the spins of every chain, int64 (chain,)."""
        up = [[count_up(block.words, block.n_columns, color) for block in self._blocks] for color in range(2)]
        return self._magnetizations([self._per_chain(counts) for counts in up])

    def draw(
        self, n: int, sweeps_between: int, energy: bool = True, magnetization: bool = True
    ) -> tuple[np.ndarray | None, np.ndarray | None]:
        """`n` times `sweeps_between` sweeps on one thread, and what is measured after each: that is what `sweep`,
        `energy` and `magnetization` would do and return.

        Returns total energies, float64 (chain, n), and sums of spins, int64 (chain, n); None for what is not wanted.
        Raises ValueError for negative numbers, and if nothing is wanted.
        """
        if n < 0 or sweeps_between < 0:
            raise ValueError(f"n {n} and sweeps_between {sweeps_between}: they cannot be negative")
        if not (energy or magnetization):
            raise ValueError("energy False and magnetization False: nothing would be measured")
        arrivals = np.zeros(1, np.int64)
        unsatisfied = np.zeros((len(self._blocks), n if energy else 0, 64), np.int64)
        up = np.zeros((2, len(self._blocks), n if magnetization else 0, 64), np.int64)
        for index, block in enumerate(self._blocks):
            draw(block, sweeps_between, arrivals, unsatisfied[index], up[:, index])
        return (
            self._energies(self._per_chain(unsatisfied)) if energy else None,
            self._magnetizations([self._per_chain(counts) for counts in up]) if magnetization else None,
        )

    def _energies(self, unsatisfied: np.ndarray) -> np.ndarray:
        n_sites, lattice = self.model.n_sites, self.model.lattice
        ends = zip(lattice.shape, lattice.boundary, strict=True)
        n_bonds = sum(n_sites - (n_sites // length if name == "free" else 0) for length, name in ends)
        return -self._strength * (n_bonds - 2.0 * unsatisfied)

    def _magnetizations(self, up: list[np.ndarray]) -> np.ndarray:
        """up: set bits of each colour."""
        signs = np.where(self._inverted, -1, 1)
        return sum(sign * (2 * counts - self.model.n_sites // 2) for sign, counts in zip(signs, up, strict=True))

    def _per_chain(self, counts: Any) -> np.ndarray:
        """Counts (block, ..., 64) of each block's bits, as counts of each chain, int64 (chain, ...)."""
        bits = np.asarray(counts, np.int64)
        if self._in_strips:
            return bits.sum(axis=-1)
        return np.moveaxis(bits, -1, 1).reshape(-1, *bits.shape[1:-1])[: self.n_chains]

    def arrays(self) -> dict[str, np.ndarray]:
        """What the chains' future follows from: the blocks' words with their margins, and the states of the generators.

        The arrays themselves: what is written to them is what the next sweep begins with.
        """
        return {
            f"{name}_{index}": getattr(block, name)
            for index, block in enumerate(self._blocks)
            for name in ("words", "lanes", "states")
        }

    @property
    def nbytes(self) -> int:
        """Bytes of the packed spins, their margins and the states of the generators."""
        return sum(array.nbytes for array in self.arrays().values())

    def unpack(self, out: np.ndarray | None = None) -> np.ndarray:
        """The spins, int8 (chain, H, W); written to `out`, a C-contiguous array of that kind, where given."""
        shape = (self.n_chains, *self.model.shape)
        if out is None:
            out = np.empty(shape, np.int8)
        elif out.shape != shape or out.dtype != np.int8 or not out.flags.c_contiguous:
            raise ValueError(f"out: a C-contiguous int8 array of shape {shape} is needed")
        size = chains_per_block(self.model)
        for index, block in enumerate(self._blocks):
            chains = out[index * size : (index + 1) * size]
            unpack(block.words, chains.reshape(-1, len(block.words[0]) - 2, 2 * block.n_columns), self._inverted)
        return out


def _boundary(model: Ising) -> Boundary:
    vertical, horizontal = model.lattice.boundary
    # Only the first strip ends at the upper boundary, and only the last one at the lower.
    in_strips = chains_per_block(model) == 1
    upper, lower = (_FIRST_BIT, _LAST_BIT) if in_strips else (_ALL_BITS, _ALL_BITS)
    seams, cuts = (
        np.array([upper * (vertical == name), lower * (vertical == name), _ALL_BITS * (horizontal == name)], np.uint64)
        for name in ("antiperiodic", "free")
    )
    # Signs of bonds, where there are any, include those of the seams.
    return Boundary(seams if model.is_uniform else 0 * seams, cuts, int(in_strips))


def _signs(model: Ising) -> np.ndarray:
    if model.is_uniform:
        return np.empty((2, 4, 0, 0), np.uint64)
    return bond_signs(model.neighbor_couplings.reshape(*model.shape, 4) < 0.0)


@njit(cache=True, nogil=True, error_model="numpy")
def _seed(stream, lanes, states):
    """Fill the generators' states; scrambled, since they are of the same kind as the one that they come from."""
    for band in range(len(lanes)):
        for k in range(4):
            for lane in range(lanes.shape[2]):
                lanes[band, k, lane] = scramble(next_uint64(stream), 0)
            states[band, k] = scramble(next_uint64(stream), 0)
