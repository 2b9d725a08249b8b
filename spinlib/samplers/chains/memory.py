"""The memory of a call, estimated before anything is computed: results, and the sampler's working memory.

A method's module may give its own figures: `working_bytes(model)`, for one chain beside its configuration, and
`table_bytes(model)`, for the tables that its chains share. Otherwise the estimates below are used.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from spinlib.models.lattice_model import LatticeModel

MOST_BYTES = 2**31


def check_memory(
    model: LatticeModel, module: ModuleType, n_values: int, n_kept: int, n_chains: int, chains_at_a_time: int
) -> None:
    """Raise ValueError where a call would take more than 2 GiB; the message lists the memory of each part.

    n_values: returned numbers of observables. n_kept: returned configurations. n_chains: of one temperature, of which
    the method, a module, updates at most chains_at_a_time together.
    """
    configuration = model.n_sites * np.dtype(model.spin_dtype).itemsize
    sampler = chains_at_a_time * working_bytes(model, module) + table_bytes(model, module)
    parts = {
        "kept spins": n_kept * configuration,
        "observables": 8 * n_values,
        "the chains that are swept": min(n_chains, chains_at_a_time) * configuration,
        "the sampler": sampler,
    }
    total = sum(parts.values())
    if total > MOST_BYTES:
        taken = ", ".join(f"{size / 2**30:.2g} GiB for {name}" for name, size in parts.items())
        raise ValueError(
            f"{total / 2**30:.3g} GiB would be needed, allowed are 2 GiB: {taken}. Take fewer draws or chains, or "
            "keep_spins=False to keep observables only"
        )


def working_bytes(model: LatticeModel, module: ModuleType) -> int:
    """The working memory of one chain, beside its configuration."""
    said: Any = getattr(module, "working_bytes", None)
    return said(model) if said else 16 * model.n_sites


def table_bytes(model: LatticeModel, module: ModuleType) -> int:
    """The memory of tables. An estimate covers neighbours, their weights, and couplings if there are many."""
    said: Any = getattr(module, "table_bytes", None)
    if said:
        return said(model)
    per_neighbor = 5 if np.ndim(getattr(model, "coupling", 0.0)) == 0 else 13
    return per_neighbor * model.lattice.coordination * model.n_sites
