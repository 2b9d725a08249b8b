"""The number of single clusters in a sweep: fixed, about N over the mean size of a cluster.

The mean size comes from a short pilot run with its own random stream, so the number depends on the model and the
temperature only. (Ending a sweep when N spins have changed would be biased, because the number of clusters would depend
on the state of the chain.)
"""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakKeyDictionary

from spinlib.models.lattice_model import LatticeModel

# Sites in the clusters of the batch that counts: per site of the lattice, and the least number.
_SWEEPS, _SITES = 10, 20_000

_known: WeakKeyDictionary[LatticeModel, dict[float, int]] = WeakKeyDictionary()


def clusters_per_sweep(model: LatticeModel, temperature: float, pilot: Callable[[], Callable[[int], int]]) -> int:
    """N over the mean cluster size, rounded, at least 1.

    pilot() starts a cold chain with a fixed seed. It returns a function that grows n clusters in this chain, turns them
    where a field lets them turn, and returns the number of their sites, turned or not. Every cluster has at least one
    site, so the pilot ends. It is called once per model and temperature. Each batch has twice as many clusters as the
    one before, until a batch holds at least 10 N and 20,000 sites; this batch counts. All processes find the same
    numbers.
    """
    known = _known.setdefault(model, {})
    if temperature not in known:
        grow, n_clusters, held = pilot(), 1, 0
        while held < max(_SWEEPS * model.n_sites, _SITES):
            n_clusters *= 2
            held = grow(n_clusters)
        known[temperature] = max(1, round(n_clusters * model.n_sites / held))
    return known[temperature]
