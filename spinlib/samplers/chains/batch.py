"""Checks of a batch of chains that every sweep on an array of spins makes first."""

from __future__ import annotations

from typing import Any

import numpy as np

from spinlib.models.hamiltonian import require_own_hamiltonian
from spinlib.models.lattice_model import LatticeModel


def require_kind(model: Any, kinds: tuple[str, ...], method: str, *, fixed_spins: bool = False) -> None:
    """Raise TypeError for a model of another kind, and for a subclass with its own Hamiltonian.

    kinds: allowed values of `model.kind`. method: the method that the message names. fixed_spins: whether it leaves
    fixed spins alone; else a model that has such spins raises ValueError.
    """
    if getattr(model, "kind", None) not in kinds:
        raise TypeError(f"{type(model).__name__}: {method} is for {' and '.join(kinds)}")
    require_own_hamiltonian(model)
    if not fixed_spins:
        require_free_spins(model, method)


def require_free_spins(model: Any, method: str) -> None:
    """Raise ValueError for a model whose boundary fixes spins, which this method would flip."""
    if model.fixed is not None:
        raise ValueError(
            f"boundary {model.boundary}: {method} would flip the spins that 'plus_minus' fixes; use metropolis, "
            "heat_bath or multispin"
        )


def require_spin_model(model: Any, method: str, *, fixed_spins: bool = False) -> None:
    """Raise TypeError for a model other than Ising and Potts, and else as `require_kind`."""
    require_kind(model, ("Ising", "Potts"), method, fixed_spins=fixed_spins)


def rows(model: LatticeModel, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int) -> np.ndarray:
    """The spins (chain, *shape) as a view (chain, N), after checking the arguments of a sweep.

    Spin values are not checked: `spinlib.sample` does that once. Raises TypeError for arrays of another dtype
    than the model's `spin_dtype` and uint64, ValueError for other shapes, memory orders, temperatures or n.
    """
    for name, array, dtype in (("spins", spins, model.spin_dtype), ("rng", rng, np.uint64)):
        if not isinstance(array, np.ndarray) or array.dtype != dtype:
            raise TypeError(f"{name} {getattr(array, 'dtype', type(array))}: has to be an array of {np.dtype(dtype)}")
    n_chains = len(spins) if spins.ndim else 0
    if spins.shape != (n_chains, *model.shape) or not spins.flags.c_contiguous:
        raise ValueError(f"spins of shape {spins.shape}: have to be (chain, {str(model.shape)[1:]}, C-contiguous")
    if np.shape(temperatures) != (n_chains,) or rng.shape != (n_chains, 4):
        raise ValueError(
            f"temperatures of shape {np.shape(temperatures)} and rng of shape {rng.shape}: "
            f"have to be ({n_chains},) and ({n_chains}, 4), one row per chain"
        )
    if not np.all((temperatures > 0) & np.isfinite(temperatures)):
        raise ValueError(f"temperatures {temperatures}: every temperature has to be positive and finite")
    if n < 0:
        raise ValueError(f"n {n}: a number of sweeps cannot be negative")
    return spins.reshape(n_chains, model.n_sites)
