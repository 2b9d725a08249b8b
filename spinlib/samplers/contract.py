"""The interface of a sampler: a module, or any object, with the names of `Sampler`; and defaults for optional parts.

A sampler defines all that `spinlib.sample` needs to know about it; no other file holds anything about a method. It has
the names of `Sampler`. It may also have:

    plan(model, temperatures)
        A NamedTuple with the input of its kernel at temperatures (chain,). `chains.draws.kernel_of` registers the
        kernel. Sweeps, draws and measurements of Ising and Potts then run in one compiled call. Without a plan, `sweep`
        is called for each draw, and the model measures.
    working_bytes(model), table_bytes(model)
        Memory of a sweep of one chain beside its spins, and memory of the tables of a model (`chains.memory`).
    ensemble(model, spins, temperatures, seed, keys, device)
        The chains in the format of its kernel (`chains.ensemble.Ensemble`). The default is arrays: `chains.arrays` with
        a plan, `chains.model_arrays` without one.
    chains_together(model, n_chains)
        The number of chains, of so many, that share a block, a task for one worker. The default fills a block.
    chains_per_word(model)
        The number of chains that share a word of random bits, where they do. Then temperatures share blocks, too.
    cost_row(model)
        The row of the cost table with the time of a sweep; only methods that "auto" compares need it.
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

# Chains of small lattices share a block, because one call of a kernel costs as much as updating thousands of sites.
SITES_PER_BLOCK = 2**16


class Sampler(Protocol):
    """The names that every sampler has.

    Attributes
    ----------
    BURN_IN : int
        Sweeps before the first draw, unless the call gives a number.

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
    """A sampler with its name, and with defaults for the parts that it lacks.

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
        """Sweeps before the first draw, unless the call gives a number."""
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
        """The number of chains that share words of random bits; None where each chain has its own stream."""
        own = getattr(self.sampler, "chains_per_word", None)
        return own(model) if own else None

    def chains_together(self, model: Any, n_chains: int) -> int:
        """The number of chains, of so many, that share a block."""
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
            One per chain (`spinlib.samplers.chains.contents.digest`). Chains that share a stream (64 of one word, or
            all of a convolution's batch) use the digest of their keys.
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
