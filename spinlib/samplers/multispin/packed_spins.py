"""Square Ising lattices packed with 64 spins per word, and their sweeps by Metropolis and heat bath.

The 64 bits of a word are S strips of each of R replicas, R S = 64, both powers of two: bit s R + r is the site
(i + s n, j) of replica r, where a strip has n rows, an even number. One kernel
(`spinlib.samplers.multispin.cpu_kernel`, which says how a word of spins is updated) serves all layouts:

- one replica: 64 strips of one configuration.
- 64 replicas: the same site of 64 configurations.
- between the two: fewer replicas of small lattices, so that no bit is idle (`replicas_for`).

A block is R configurations, each with random bits of its own and, if need be, its own temperature. The last block is
filled up with copies of its last configuration, which are updated but never returned.

Bits whose strip ends at a free boundary have their own flip probabilities in that row. For J < 0 the spins of one
colour are stored inverted, which turns the model into the ferromagnet. Where bonds differ in sign, words of signs hold
this; all replicas share them.

Where a boundary fixes spins, words of bits hold which ones; these are never flipped.

Metropolis has the transition probabilities of `spinlib.samplers.single_spin.metropolis`, which leaves out a site with
probability 1 / 256.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np

from spinlib.models import Ising
from spinlib.samplers.bits.word_vectors import WIDTH, aligned
from spinlib.samplers.chains import batch
from spinlib.samplers.multispin import cpu_kernel as kernel
from spinlib.samplers.multispin.draws import NO_SPINS, Memory, draw, empty_memory, places
from spinlib.samplers.multispin.flip_table import DYNAMICS, FlipTable, flip_table
from spinlib.samplers.multispin.layout import bond_signs, empty_words
from spinlib.samplers.multispin.packing import pack
from spinlib.samplers.multispin.replica_tables import FlipTables
from spinlib.samplers.multispin.replicas import boundary_of, checked_replicas
from spinlib.samplers.random import outputs, scramble

__all__ = ["PackedSpins", "refuse"]

# A band of rows has its own random stream, so that threads can share a block. With fewer sites than this in all 64
# configurations or strips, an update takes less time than two threads need to synchronise.
_SITES_PER_BAND = 2**18
_MOST_BANDS = 64


def refuse(model: Any) -> None:
    """Refuse a model whose spins cannot be packed.

    The model must be Ising without field on a square lattice with even numbers of rows and columns, with any
    boundaries. All bonds have one strength |J|; each may have its own sign.

    Parameters
    ----------
    model : object
        What is to be sampled.

    Raises
    ------
    TypeError
        For a model other than Ising, and for a subclass with a Hamiltonian of its own.
    ValueError
        For another lattice, field or couplings, with the reason.

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import multispin
    >>> multispin.refuse(Ising((8, 8), field=0.5))
    Traceback (most recent call last):
    ValueError: field 0.5: packed spins are for zero field
    """
    batch.require_kind(model, ("Ising",), "multispin", fixed_spins=True)
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


class PackedSpins:
    """A batch of chains in packed form: packed once, swept and measured, and unpacked on request.

    R consecutive chains form a block, the last ones a smaller one. A block's random numbers come from the stream of its
    first chain, which seeds the generators of its bands of rows (their number follows from the shape) and is advanced
    by that; the streams of the other chains are left alone. So the samples of a block depend on its own spins,
    temperatures and stream only: not on other blocks, on threads, or on how sweeps are split into calls.

    Parameters
    ----------
    model : Ising
        A model that `refuse` lets pass.
    spins : numpy.ndarray
        int8 (chain, H, W) of -1 and +1, C-contiguous, copied.
    temperatures : numpy.ndarray
        float64 (chain,), in J / k_B.
    rng : numpy.ndarray
        uint64 (chain, 4), as `spinlib.samplers.random.streams` makes it.
    dynamics : {"metropolis", "heat_bath"}
        The acceptance rule. Heat bath, unlike Metropolis, does not alternate between two states as T grows.
    replicas : int, optional
        R, configurations of a block, by default `chains_per_block(model)`. Each number has samples of its own.

    Raises
    ------
    TypeError
        Where `refuse` does, and for arrays of another dtype.
    ValueError
        Where `refuse` does; for arrays of other shapes, temperatures that are not positive and finite, spins that are
        not -1 or +1, other dynamics, and a number of replicas other than `allowed_replicas(model)`.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers.multispin import PackedSpins
    >>> from spinlib.samplers.random import streams
    >>> spins = np.ones((64, 8, 8), np.int8)
    >>> packed = PackedSpins(Ising((8, 8)), spins, np.full(64, 0.1), streams(0, "example", 0, 64))
    >>> packed.sweep(10)
    >>> packed.energy()[0], packed.magnetization()[0], packed.unpack().shape
    (np.float64(-128.0), np.int64(64), (64, 8, 8))
    """

    def __init__(
        self,
        model: Ising,
        spins: np.ndarray,
        temperatures: np.ndarray,
        rng: np.ndarray,
        *,
        dynamics: str = "metropolis",
        replicas: int | None = None,
    ) -> None:
        refuse(model)
        batch.rows(model, spins, temperatures, rng, 0)
        model.check(spins)
        if dynamics not in DYNAMICS:
            raise ValueError(f"dynamics {dynamics!r}: allowed are {', '.join(map(repr, DYNAMICS))}")
        self.model, self.dynamics, self.n_chains = model, dynamics, len(spins)
        self.replicas = checked_replicas(model, replicas)
        self._strength = abs(model.coupling) if model.is_uniform else float(np.abs(model.bond_strengths).max())
        self._inverted = np.array([False, model.is_uniform and model.coupling < 0])
        self._boundary = boundary_of(model, self.replicas)
        self._tables = FlipTables(lambda temperature: self._flips(np.array([temperature])))
        self._signs = _signs(model)
        self._n_rows, self._n_columns = model.shape[0] * self.replicas // 64, model.shape[1] // 2
        self._held = self._fixed_spins()
        self._memory: list[Memory] = []
        size = self.replicas
        self._blocks = [
            self._block(spins[first : first + size], temperatures[first : first + size], rng[first])
            for first in range(0, self.n_chains, size)
        ]

    def _block(self, spins: np.ndarray, temperatures: np.ndarray, stream: np.ndarray) -> kernel.Block:
        n_rows, n_sites = self._n_rows, 64 * self._n_rows * self.model.shape[1]
        n_bands = max(1, min(n_sites // _SITES_PER_BAND, n_rows // 2, _MOST_BANDS))
        block = kernel.Block(
            words=empty_words(n_rows, self._n_columns),
            n_columns=self._n_columns,
            boundary=self._boundary,
            signs=self._signs,
            held=self._held,
            bands=1 + np.arange(n_bands + 1) * n_rows // n_bands,
            lanes=aligned(np.zeros((n_bands, 4, kernel.LANES), np.uint64)),
            states=aligned(np.zeros((n_bands, WIDTH), np.uint64)),
            heat_bath=self.dynamics == "heat_bath",
            flips=self._flips(temperatures),
        )
        pack(spins, block.words, self._inverted, block.boundary)
        _seed(stream, block.lanes, block.states)
        return block

    def _fixed_spins(self) -> np.ndarray:
        """Words, bits set where spins are fixed, uint64 (2, rows + 2, columns); (2, 0, 0) where none are."""
        if self.model.fixed is None:
            return np.empty((2, 0, 0), np.uint64)
        held = empty_words(self._n_rows, self._n_columns)
        pack(np.abs(self.model.fixed)[None], held, np.zeros(2, bool), self._boundary)
        return held

    def _chain_of_bit(self, n_chains: int) -> np.ndarray:
        """The chain of each bit, int64 (64,), in a block of so many chains; spare bits belong to the last chain."""
        return np.minimum(np.arange(64) % self.replicas, n_chains - 1)

    def _flips(self, temperatures: np.ndarray) -> FlipTable:
        """The table for the temperatures of one block."""
        couplings = self._strength / np.asarray(temperatures)[self._chain_of_bit(len(temperatures))]
        return flip_table(couplings, self.dynamics, self._boundary.cuts, self._n_columns)

    def set_temperatures(self, temperatures: np.ndarray) -> None:
        """Give the chains other temperatures from now on.

        Parameters
        ----------
        temperatures : numpy.ndarray
            float64 (chain,), in J / k_B.

        Raises
        ------
        ValueError
            For another shape, and for temperatures that are not positive and finite.
        """
        if np.shape(temperatures) != (self.n_chains,) or not np.all((temperatures > 0) & np.isfinite(temperatures)):
            raise ValueError(f"temperatures {temperatures}: needed are {self.n_chains} positive, finite numbers")
        levels = self._tables.levels(temperatures)
        for index, block in enumerate(self._blocks):
            own = levels[index * self.replicas : (index + 1) * self.replicas]
            self._tables.fill(block.flips, own[self._chain_of_bit(len(own))])

    def sweep(self, n: int, threads: int = 1) -> None:
        """Sweep all chains `n` times; the result is the same for any number of threads.

        The threads share the blocks. A single block is divided into bands of rows; the threads then wait for each other
        after every colour, so there should be no more threads than idle cores.

        Parameters
        ----------
        n : int
            Number of sweeps.
        threads : int
            At most so many threads.

        Raises
        ------
        ValueError
            For n < 0 and for threads < 1.
        """
        if n < 0:
            raise ValueError(f"n = {n} sweeps: it cannot be negative")
        if threads < 1:
            raise ValueError(f"{threads} threads: there has to be at least one")
        together = len(self._blocks) == 1 and min(threads, len(self._blocks[0].states)) > 1
        tasks = self._shared(n, threads) if together else self._swept(n, threads)
        if len(tasks) == 1:
            tasks[0]()
            return
        with ThreadPoolExecutor(len(tasks)) as executor:
            for done in [executor.submit(task) for task in tasks]:
                done.result()

    def _shared(self, n: int, threads: int) -> list[Callable[[], None]]:
        """Tasks, for a thread each, that sweep the bands of a single block together."""
        (block,), arrivals = self._blocks, np.zeros(1, np.int64)
        n_threads = min(threads, len(block.states))
        return [
            partial(kernel.sweep, block, n, thread, n_threads, arrivals, self._memory_of(thread).undecided)
            for thread in range(n_threads)
        ]

    def _swept(self, n: int, threads: int) -> list[Callable[[], None]]:
        """Tasks, for a thread each, that sweep some of the blocks."""
        n_tasks = min(threads, max(len(self._blocks), 1))
        shares = [range(thread, len(self._blocks), n_tasks) for thread in range(n_tasks)]
        memory = [self._memory_of(thread) for thread in range(n_tasks)]

        def sweep_all(thread: int) -> None:
            nothing = np.empty((0, self.replicas), np.int64)
            for index in shares[thread]:
                draw(self._blocks[index], self._inverted, 1, n, nothing, nothing, NO_SPINS, memory[thread])

        return [partial(sweep_all, thread) for thread in range(n_tasks)]

    def _memory_of(self, thread: int) -> Memory:
        """The scratch memory of one thread, allocated at first use."""
        while len(self._memory) <= thread:
            self._memory.append(empty_memory(self._n_rows, self._n_columns))
        return self._memory[thread]

    def energy(self) -> np.ndarray:
        """Total energy of every chain, in the units of the couplings, float64 (chain,)."""
        (energies, _) = self._draw(1, 0, True, False, None)
        assert energies is not None
        return energies[:, 0]

    def magnetization(self) -> np.ndarray:
        """Sum of the spins of every chain, int64 (chain,)."""
        (_, magnetizations) = self._draw(1, 0, False, True, None)
        assert magnetizations is not None
        return magnetizations[:, 0]

    def draw(
        self,
        n: int,
        sweeps_between: int,
        energy: bool = True,
        magnetization: bool = True,
        *,
        spins: np.ndarray | None = None,
    ) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Make `n` draws, each after `sweeps_between` sweeps on one thread.

        The result is what `sweep`, `energy`, `magnetization` and `unpack` would do and return.

        Parameters
        ----------
        n : int
            Number of draws.
        sweeps_between : int
            Sweeps before each draw.
        energy, magnetization : bool
            What is measured.
        spins : numpy.ndarray, optional
            int8 (chain, n, H, W), of which every spins[k] is C-contiguous; filled with the configurations.

        Returns
        -------
        tuple
            Total energies in units of J, float64 (chain, n), and sums of spins, int64 (chain, n); None if not wanted.

        Raises
        ------
        ValueError
            For negative numbers, for another array of spins, and if nothing is wanted.
        """
        if n < 0 or sweeps_between < 0:
            raise ValueError(f"n {n} and sweeps_between {sweeps_between}: they cannot be negative")
        if not (energy or magnetization or spins is not None):
            raise ValueError("energy False, magnetization False and spins None: nothing would be measured")
        return self._draw(n, sweeps_between, energy, magnetization, spins)

    def _draw(
        self, n: int, sweeps_between: int, energy: bool, magnetization: bool, spins: np.ndarray | None
    ) -> tuple[np.ndarray | None, np.ndarray | None]:
        unsatisfied = np.empty((len(self._blocks), n if energy else 0, self.replicas), np.int64)
        up = np.empty((len(self._blocks), n if magnetization else 0, self.replicas), np.int64)
        shape, memory = (self.n_chains, n, *self.model.shape), self._memory_of(0)
        of_blocks = [NO_SPINS] * len(self._blocks) if spins is None else places(spins, shape, self.replicas)
        for block, place, *counts in zip(self._blocks, of_blocks, unsatisfied, up, strict=True):
            draw(block, self._inverted, n, sweeps_between, *counts, place, memory)
        return (
            self._energies(self._per_chain(unsatisfied)) if energy else None,
            2 * self._per_chain(up) - self.model.n_sites if magnetization else None,
        )

    def _energies(self, unsatisfied: np.ndarray) -> np.ndarray:
        n_sites, lattice = self.model.n_sites, self.model.lattice
        ends = zip(lattice.shape, lattice.boundary, strict=True)
        n_bonds = sum(n_sites - (n_sites // length if name == "free" else 0) for length, name in ends)
        return -self._strength * (n_bonds - 2.0 * unsatisfied)

    def _per_chain(self, counts: np.ndarray) -> np.ndarray:
        """Counts (block, n, R) of each block's replicas, as counts of each chain, int64 (chain, n)."""
        return np.moveaxis(counts, -1, 1).reshape(-1, counts.shape[1])[: self.n_chains]

    def arrays(self) -> dict[str, np.ndarray]:
        """The arrays that determine the chains' future: the blocks' words with margins, and the generators' states.

        These are the arrays themselves, not copies: the next sweep starts from whatever is written to them.
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
        """Unpack the spins.

        Parameters
        ----------
        out : numpy.ndarray, optional
            int8 (chain, H, W), C-contiguous; where given, the spins are written to it.

        Returns
        -------
        numpy.ndarray
            int8 (chain, H, W) of -1 and +1.

        Raises
        ------
        ValueError
            For another array `out`.
        """
        shape = (self.n_chains, *self.model.shape)
        if out is None:
            out = np.empty(shape, np.int8)
        elif out.shape != shape or out.dtype != np.int8 or not out.flags.c_contiguous:
            raise ValueError(f"out: a C-contiguous int8 array of shape {shape} is needed")
        self._draw(1, 0, False, False, out[:, None])
        return out


def _signs(model: Ising) -> np.ndarray:
    if model.is_uniform:
        return np.empty((2, 4, 0, 0), np.uint64)
    return bond_signs(model.neighbor_couplings.reshape(*model.shape, 4) < 0.0)


def _seed(stream: np.ndarray, lanes: np.ndarray, states: np.ndarray) -> None:
    """Fill the generators' states. They are scrambled, because the generator that seeds them is of the same kind."""
    n_bands, _, n_lanes = lanes.shape
    keys = np.array(outputs(stream, n_bands * 4 * (n_lanes + 1)), np.uint64).reshape(n_bands, 4, n_lanes + 1)
    # Python runs this, which takes less time than its compilation.
    scrambled = getattr(scramble, "py_func", scramble)(keys, 0)
    lanes[:] = scrambled[..., :n_lanes]
    states[:, :4] = scrambled[..., n_lanes]
