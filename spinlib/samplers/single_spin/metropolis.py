"""Metropolis: propose a change of one spin, accept it with probability min(1, exp(-dE / T)).

Paper dp, Algorithm 1, without tensors. Ising proposes the flip; Potts one of the q - 1 other states, each equally
likely (paper dp, Sec. II B). The rule stands in `spinlib.samplers.single_spin.acceptance`, the loop over the sites in
`spinlib.samplers.single_spin.ising` and `spinlib.samplers.single_spin.potts`. Sites are visited colour by colour where
the lattice has a valid colouring, else in typewriter order.

A site is left out with probability 1 / 256. Otherwise the chain would not be ergodic: in a fixed order, with every
proposal of dE = 0 accepted, some states follow each other deterministically. On a ring the difference between the
numbers of domain walls at even and at odd places would never change. From the ordered state of 16 sites at T = 1, a
third of the Boltzmann weight could not be reached; on 4 x 4 sites at T = 4 it would be 2e-4. At high temperature nearly
all spins still flip in every sweep, because every proposal with dE <= 0 is accepted: use heat bath there.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from spinlib.models import Ising, Potts
from spinlib.samplers.chains import batch, draws
from spinlib.samplers.chains.measure import bond_table_bytes, meter
from spinlib.samplers.single_spin import checkerboard, ising, potts

__all__ = ["BURN_IN", "HOT", "refuse", "sweep"]

# Near the critical temperature single flips need about L^2 sweeps; this number is a compromise.
BURN_IN = 10_000

# In units of |J|. Above, Metropolis flips nearly all spins in every sweep, and heat bath is the better choice.
HOT = 5.0


def refuse(model: Any) -> None:
    """Refuse a model that this method does not sample.

    Parameters
    ----------
    model : object
        What is to be sampled.

    Raises
    ------
    TypeError
        For a model other than Ising and Potts, and for a subclass with a Hamiltonian of its own.

    Examples
    --------
    >>> from spinlib.models import XY
    >>> from spinlib.samplers import metropolis
    >>> metropolis.refuse(XY((4, 4)))
    Traceback (most recent call last):
    TypeError: XY: metropolis is for Ising and Potts
    """
    batch.require_spin_model(model, "metropolis", fixed_spins=True)


def plan(model: Ising | Potts, temperatures: np.ndarray) -> Any:
    """The plan of the kernel at temperatures (chain,): see `spinlib.samplers.chains.draws`."""
    return loops_of(model).plan(model, temperatures, heat_bath=False)


def sweep(model: Ising | Potts, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int) -> None:
    """Sweep a batch of chains `n` times in place; one sweep visits every site once.

    Parameters
    ----------
    model : Ising or Potts
        A model that `refuse` lets pass.
    spins : numpy.ndarray
        int8 (chain, *shape), C-contiguous, in the model's values; changed in place.
    temperatures : numpy.ndarray
        float64 (chain,), in J / k_B.
    rng : numpy.ndarray
        uint64 (chain, 4), one stream per chain (`spinlib.samplers.random.streams`), advanced in place.
    n : int
        Number of sweeps.

    Raises
    ------
    TypeError
        For another kind of model, and for arrays of another dtype.
    ValueError
        For arrays of other shapes or memory orders, for temperatures that are not positive and finite, and for n < 0.

    References
    ----------
    N. Metropolis et al., J. Chem. Phys. 21, 1087 (1953).

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import metropolis
    >>> from spinlib.samplers.random import streams
    >>> model, spins = Ising((8, 8)), np.ones((1, 8, 8), np.int8)
    >>> metropolis.sweep(model, spins, np.array([0.1]), streams(0, "example", 0, 1), 10)
    >>> bool(np.all(spins == 1))  # far below the critical temperature no flip is accepted
    True
    """
    refuse(model)
    draws.sweep(batch.rows(model, spins, temperatures, rng, n), plan(model, temperatures), rng, n, meter(model))


def loops_of(model: Ising | Potts) -> ModuleType:
    """The module with the loops over the sites, for this kind of spins."""
    return potts if model.n_labels else ising


def cost_row(model: Ising | Potts) -> str:
    """The row of the table of costs, from which "auto" chooses (`spinlib.samplers.chains.choice`)."""
    return f"single flips, {model.kind}, {'even square lattice' if checkerboard.applies(model) else 'any lattice'}"


def working_bytes(model: Ising | Potts) -> int:
    """Memory of a sweep beside the spins: negligible."""
    return 0


def table_bytes(model: Ising | Potts) -> int:
    """Memory of the tables of a model: a kind per site; with one coupling per bond also neighbours and couplings."""
    if model.direction_couplings is not None:
        return model.n_sites
    # Tables of int32, int8 and float64, besides the stencils and the tables of the energy measurement.
    return (13 * model.lattice.coordination + 1) * model.n_sites + bond_table_bytes(model)
