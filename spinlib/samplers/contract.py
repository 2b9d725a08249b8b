"""What a sampler is: a module, or any object, with the names of `Sampler`; and what stands in for what it leaves out.

A sampler says all that `spinlib.sample` needs to know about it: nothing about a method stands in another file. It has
the names of `Sampler`. It may have, besides:

    plan(model, temperatures)
        A NamedTuple of what its kernel needs at temperatures (chain,). `chains.draws.kernel_of` says which kernel that
        is. Sweeps, draws and measurements of Ising and Potts then run in one compiled call. Without a plan, `sweep` is
        called for each draw, and the model measures.
    working_bytes(model), table_bytes(model)
        Memory of a sweep of one chain beside its spins, and of what is kept for a model (`chains.memory`).
    ensemble(model, spins, temperatures, seed, keys, device)
        The chains in the format of its kernel (`chains.ensemble.Ensemble`). By default arrays: `chains.arrays` with a
        plan, `chains.model_arrays` without one.
    chains_together(model, n_chains)
        How many of so many chains share a block, a task for one worker. By default as many as fill it.
    chains_per_word(model)
        Only where chains share words of random bits: how many do. Then temperatures share blocks, too.
    cost_row(model)
        The row of the table of costs that tells what a sweep takes; needed only by what "auto" compares.
    TAKES_DEVICE
        True where it runs on a torch device, with one random stream for all chains of a temperature.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from spinlib.samplers import methods
from spinlib.samplers.chains.arrays import Arrays
from spinlib.samplers.chains.ensemble import Ensemble
from spinlib.samplers.chains.model_arrays import ModelArrays
from spinlib.samplers.random import keyed_streams

__all__ = ["SITES_PER_BLOCK", "Method", "Sampler", "method"]

# Small lattices share a block, because one call of a kernel costs as much as updating thousands of sites.
SITES_PER_BLOCK = 2**16


class Sampler(Protocol):
    """The names that every sampler has.

    Attributes
    ----------
    BURN_IN : int
        Sweeps before the first draw, where the call does not say.

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import METHODS
    >>> from spinlib.samplers.contract import Sampler
    >>> metropolis: Sampler = METHODS["metropolis"]  # a module that has these names
    >>> metropolis.BURN_IN
    10000
    >>> metropolis.refuse(Ising((8, 8)))
    """

    BURN_IN: int

    def refuse(self, model: Any) -> None:
        """Raise TypeError or ValueError for a model that the algorithm does not apply to."""

    def sweep(self, model: Any, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int) -> None:
        """Sweep spins in place.

        Parameters
        ----------
        model : LatticeModel
            A model that the method does not refuse.
        spins : ndarray, shape (chain, *shape)
            Changed in place.
        temperatures : ndarray, float64 (chain,)
            In J / k_B.
        rng : ndarray, uint64 (chain, 4)
            Streams of random numbers, advanced in place.
        n : int
            Number of sweeps.
        """


class Method(NamedTuple):
    """A sampler under its name, with what stands in for the parts that it leaves out.

    Parameters
    ----------
    name : str
        The name that `spinlib.sample` takes.
    sampler : module or object
        As the module's docstring describes it.

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers.contract import method
    >>> wolff = method("wolff", Ising((8, 8)))
    >>> wolff.name, wolff.burn_in, wolff.is_cluster, wolff.takes_device
    ('wolff', 200, True, False)
    """

    name: str
    sampler: Any

    @property
    def burn_in(self) -> int:
        """Sweeps before the first draw, where the call does not say."""
        return self.sampler.BURN_IN

    @property
    def takes_device(self) -> bool:
        """Whether it runs on a torch device, with one random stream for all chains of a temperature."""
        return getattr(self.sampler, "TAKES_DEVICE", False)

    @property
    def is_cluster(self) -> bool:
        """Whether a sweep changes whole clusters, so that it forgets any start within tens of sweeps."""
        return hasattr(self.sampler, "CLUSTER_AMPLITUDE")

    def chains_per_word(self, model: Any) -> int | None:
        """How many chains share words of random bits, or None: each chain has a stream of its own."""
        own = getattr(self.sampler, "chains_per_word", None)
        return own(model) if own else None

    def chains_together(self, model: Any, n_chains: int) -> int:
        """How many of so many chains share a block."""
        own = getattr(self.sampler, "chains_together", None)
        return own(model, n_chains) if own else max(1, SITES_PER_BLOCK // model.n_sites)

    def ensemble(
        self,
        model: Any,
        spins: np.ndarray,
        temperatures: np.ndarray,
        seed: int,
        keys: Sequence[bytes],
        device: str = "cpu",
    ) -> Ensemble:
        """The chains of this method, from given spins.

        Parameters
        ----------
        model : LatticeModel
            A model that the method does not refuse.
        spins : ndarray, shape (chain, *shape)
            C-contiguous, of the model's dtype and in its values. They may be taken over and overwritten.
        temperatures : ndarray, float64 (chain,)
            In J / k_B.
        seed : int
            The seed of the call.
        keys : sequence of bytes
            One per chain (`spinlib.samplers.chains.contents.digest`); chains that share a stream, 64 of one word or all
            of a convolution's batch, have that of a digest over their keys.
        device : str
            A torch device, for a method that takes one.

        Returns
        -------
        spinlib.samplers.chains.ensemble.Ensemble

        Raises
        ------
        TypeError, ValueError
            As the method's `refuse`, and for arrays that do not belong together.
        """
        self.sampler.refuse(model)
        own = getattr(self.sampler, "ensemble", None)
        if own:
            return own(model, spins, temperatures, seed, keys, device)
        rng, plan = keyed_streams(seed, keys), getattr(self.sampler, "plan", None)
        if plan:
            return Arrays(plan, model, spins, temperatures, rng)
        return ModelArrays(self.sampler.sweep, model, spins, temperatures, rng)


def method(name: str, model: Any) -> Method:
    """The method of this name for models of this kind.

    Parameters
    ----------
    name : str
        The name that `spinlib.sample` takes.
    model : LatticeModel
        A model of the kind.

    Returns
    -------
    Method

    Raises
    ------
    KeyError
        There is no such method.
    TypeError
        There are no methods for this kind of model.

    Examples
    --------
    >>> from spinlib.models import Potts
    >>> from spinlib.samplers.contract import method
    >>> method("heat_bath", Potts((8, 8))).burn_in
    10000
    """
    return Method(name, methods(model)[name])
