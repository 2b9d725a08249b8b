"""How many single clusters make a sweep: a fixed number, about N over the mean size of a cluster.

The mean size comes from a short pilot run of its own, with a stream of its own: the number depends on the model and
the temperature only. (To stop a sweep when N spins have changed would be biased: the number of clusters would then
depend on the chain's own state.)
"""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakKeyDictionary

from spinlib.models.lattice_model import LatticeModel

# Sites that clusters of the part of the pilot run that counts hold: per site of the lattice, and at least.
_SWEEPS, _SITES = 10, 20_000

_known: WeakKeyDictionary[LatticeModel, dict[float, int]] = WeakKeyDictionary()


def clusters_per_sweep(model: LatticeModel, temperature: float, pilot: Callable[[], Callable[[int], int]]) -> int:
    """N over the mean cluster size, rounded, at least 1.

    pilot() makes a chain in a cold start with a fixed seed, and returns the function that grows n clusters in it, turns
    them where a field lets them turn, and says how many sites they held in all, turned or not: every cluster has at
    least one, so that the pilot ends. It is called once per model and temperature. Twice as many clusters are grown
    each time, until those of one such batch held 10 N sites, and 20,000; that batch counts. The same numbers come out
    in every process.
    """
    known = _known.setdefault(model, {})
    if temperature not in known:
        grow, n_clusters, held = pilot(), 1, 0
        while held < max(_SWEEPS * model.n_sites, _SITES):
            n_clusters *= 2
            held = grow(n_clusters)
        known[temperature] = max(1, round(n_clusters * model.n_sites / held))
    return known[temperature]
