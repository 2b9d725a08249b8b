"""Swendsen-Wang cluster updates (R. H. Swendsen and J.-S. Wang, Phys. Rev. Lett. 58, 86 (1987)).

Every satisfied bond is activated with probability 1 - exp(-K / T), K the energy between its two values: 2 |J_ij|
for Ising, J for Potts. Sites joined by active bonds are a cluster; each cluster gets a new orientation (Ising) or
state (Potts) at random. A bond with J_ij < 0, or across an antiperiodic seam, is satisfied when the two Ising spins
differ; only satisfied bonds join. This is valid with frustration too, but clusters then percolate above the transition,
and the method gains little.

In a field, the orientation or state of a cluster is drawn with the Boltzmann weight of its sites in the field:
`spinlib.samplers.clusters.field`. Below the critical temperature a field of any strength keeps the large cluster in
place. In a field of about |J| or more, correlations are short and single flips (metropolis, heat_bath) are as good.
They are better for an antiferromagnet in a strong field.

Clusters are found by union-find with path splicing (M. Rem, in E. W. Dijkstra, A Discipline of Programming, 1976,
ch. 23); a parent never has a larger index than its child, so one pass labels all. Its elements are the runs of
`spinlib.samplers.clusters.runs` where all bonds along an axis of a chain, square or cubic lattice have one strength (of
either sign, or are missing) and rows are not too short, else the sites.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numba import uint64

from spinlib.compilation import njit
from spinlib.models import Ising, Potts
from spinlib.samplers.bits import row_bits
from spinlib.samplers.bits.random_words import digit_words
from spinlib.samplers.chains import batch, draws
from spinlib.samplers.chains.draws import kernel_of
from spinlib.samplers.chains.measure import bond_table_bytes, meter
from spinlib.samplers.chains.temperature_tables import tables_at
from spinlib.samplers.clusters import runs
from spinlib.samplers.clusters.field import orientation
from spinlib.samplers.clusters.runs import unite
from spinlib.samplers.random import advance, choose, load, store, thresholds
from spinlib.samplers.stencils import forward_direction_couplings, forward_stencils

__all__ = ["BURN_IN", "CLUSTER_AMPLITUDE", "by_runs", "refuse", "sweep", "sweep_and_label"]

# In sweeps. Cluster updates forget their start within tens of sweeps at any temperature.
BURN_IN = 200

# The prefactor of tau_int of |m| at the critical temperature, which grows with a small power of the lattice's length.
CLUSTER_AMPLITUDE = 2.2

# Bonds are drawn in blocks of this size, whose list of active bonds stays in the first-level cache.
_BLOCK = 2048

# Words for a row cost more than they save where few of their bits are used.
_SHORTEST_ROW = 16

# For at most so many sites a list of all bonds, 10 bytes each, is faster than stencils, 1 byte per site.
_LISTED = 2**18

_NO_LABELS = np.empty((0, 0), dtype=np.uint32)
_uniform: WeakKeyDictionary[Any, tuple[np.ndarray, row_bits.Bonds] | None] = WeakKeyDictionary()


def refuse(model: Any, method: str = "swendsen_wang") -> None:
    """Refuse a model that this method does not sample.

    Parameters
    ----------
    model : object
        What is to be sampled.
    method : str
        The name of the method in the message.

    Raises
    ------
    TypeError
        For a model other than Ising and Potts, and for a subclass with a Hamiltonian of its own.
    ValueError
        For Potts with J < 0: a satisfied bond then says which state a spin does not have, not which one it has.

    Examples
    --------
    >>> from spinlib.models import XY
    >>> from spinlib.samplers import swendsen_wang
    >>> swendsen_wang.refuse(XY((4, 4)))
    Traceback (most recent call last):
    TypeError: XY: swendsen_wang is for Ising and Potts
    """
    batch.require_spin_model(model, method)
    if model.n_labels and model.coupling < 0.0:
        raise ValueError(
            f"coupling {model.coupling}: {method} needs a Potts coupling >= 0, because unlike neighbours form no "
            "cluster; use metropolis or heat_bath"
        )


def sweep(model: Ising | Potts, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int) -> None:
    """Sweep a batch of chains `n` times in place; one sweep is one update of all clusters of the lattice.

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
        For Potts with J < 0.

    References
    ----------
    R. H. Swendsen and J.-S. Wang, Phys. Rev. Lett. 58, 86 (1987).

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import swendsen_wang
    >>> from spinlib.samplers.random import streams
    >>> model, spins = Ising((8, 8)), np.ones((1, 8, 8), np.int8)
    >>> swendsen_wang.sweep(model, spins, np.array([0.1]), streams(0, "example", 0, 1), 10)
    >>> int(abs(spins.sum()))  # far below the critical temperature all sites are one cluster
    64
    """
    refuse(model)
    rows = batch.rows(model, spins, temperatures, rng, n)
    draws.sweep(rows, plan(model, temperatures), rng, n, meter(model))


def sweep_and_label(model: Ising | Potts, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray) -> np.ndarray:
    """Sweep a batch of chains once in place, and return the clusters of the sweep.

    The sweep does not change the relative orientations of the spins within a cluster.

    Parameters
    ----------
    model, spins, temperatures, rng
        As for `sweep`.

    Returns
    -------
    numpy.ndarray
        uint32 (chain, *shape), a number that the sites of one cluster share.

    Raises
    ------
    TypeError, ValueError
        Where `sweep` does.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import swendsen_wang
    >>> from spinlib.samplers.random import streams
    >>> model, spins = Ising((8, 8)), np.ones((1, 8, 8), np.int8)
    >>> labels = swendsen_wang.sweep_and_label(model, spins, np.array([0.1]), streams(0, "example", 0, 1))
    >>> labels.shape, np.unique(labels).size  # one cluster
    ((1, 8, 8), 1)
    """
    refuse(model)
    rows = batch.rows(model, spins, temperatures, rng, 1)
    labels = np.empty(rows.shape, dtype=np.uint32)
    draws.sweep(rows, plan(model, temperatures)._replace(labels=labels), rng, 1, meter(model))
    return labels.reshape(spins.shape)


def cost_row(model: Ising | Potts) -> str:
    """The row of the table of costs, from which "auto" chooses (`spinlib.samplers.chains.choice`)."""
    return "swendsen_wang by runs" if by_runs(model) else "swendsen_wang by sites"


def working_bytes(model: Ising | Potts) -> int:
    """Memory of a sweep beside the spins: a parent and an orientation per site or run, and words of bits for runs."""
    in_field = 4 * model.n_sites if model.field else 0
    if not by_runs(model):
        listed = 0 if forward_direction_couplings(model) is not None else 8 * _forward(model) * model.n_sites
        return 4 * model.n_sites + (in_field or model.n_sites) + listed
    planes = max(1, (model.n_labels - 1).bit_length()) if model.n_labels else 1
    return 4 * model.n_sites + in_field + (2 * planes + model.lattice.ndim + 2) * _bytes_of_words(model)


def table_bytes(model: Ising | Potts) -> int:
    """Memory of the tables of a model, besides the kind of each site, which the energy needs anyway."""
    couplings = forward_direction_couplings(model)
    if couplings is None:
        return bond_table_bytes(model)
    if by_runs(model):
        rows = model.n_sites // model.shape[-1]
        return model.n_sites + 2 * model.lattice.ndim * _bytes_of_words(model) + 16 * (model.lattice.ndim - 1) * rows
    return ((15 * _forward(model) if _is_listed(model) else 0) + 1) * model.n_sites


def by_runs(model: Ising | Potts) -> bool:
    """Whether clusters can be found by runs; one coupling per bond may still forbid it.

    Parameters
    ----------
    model : Ising or Potts
        A model that `refuse` lets pass.

    Returns
    -------
    bool
        True for nearest neighbours and rows of at least 16 sites.

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import swendsen_wang
    >>> swendsen_wang.by_runs(Ising((8, 8))), swendsen_wang.by_runs(Ising((32, 32)))
    (False, True)
    """
    return model.lattice.neighborhood == "nearest" and model.shape[-1] >= _SHORTEST_ROW


def _is_listed(model: Ising | Potts) -> bool:
    """Whether the sweep uses a list of all bonds, which share one coupling."""
    couplings = forward_direction_couplings(model)
    return model.n_sites <= _LISTED and couplings is not None and couplings.min() == couplings.max()


def _forward(model: Ising | Potts) -> int:
    return int(np.count_nonzero(model.lattice.directions[1]))


def _bytes_of_words(model: Ising | Potts) -> int:
    """Memory of one bit per site, in words that do not go beyond a row."""
    width = model.shape[-1]
    return model.n_sites // width * -(-width // 64) * 8


class ClustersByRuns(NamedTuple):
    """bonds, digits, tails: as for `spinlib.samplers.clusters.runs.sweep`; the rest as in `ClustersBySites`."""

    bonds: row_bits.Bonds
    digits: np.ndarray
    tails: np.ndarray
    states: int
    field: float | None
    temperatures: np.ndarray
    labels: np.ndarray


class ClustersBySites(NamedTuple):
    """regular, listed: the bonds, one of which is None, and table: their thresholds, all as for `_sweep`.

    states: 0 (Ising) or q. field: None for 0. temperatures: float64 (chain,). drawn: scratch (N,), int8, or int32 in a
    field. labels: uint32 (chain, N), becomes the labels of the last sweep's clusters, or (0, 0) for none.
    """

    regular: tuple[np.ndarray, np.ndarray, np.ndarray] | None
    listed: tuple[np.ndarray, np.ndarray, np.ndarray] | None
    table: np.ndarray
    states: int
    field: float | None
    temperatures: np.ndarray
    drawn: np.ndarray
    labels: np.ndarray


def plan(model: Ising | Potts, temperatures: np.ndarray) -> Any:
    """The plan of the kernel at temperatures (chain,): see `spinlib.samplers.chains.draws`."""
    states, field = model.n_labels, or_none(model.field)
    if model not in _uniform:
        _uniform[model] = _uniform_bonds(model)
    uniform = _uniform[model]
    if uniform is not None:
        strengths, bonds = uniform

        def digits_of(distinct: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            digits, tails = digit_words(_activation(model, strengths, distinct[:, None]).ravel())
            shape = len(distinct), len(strengths)
            return digits.reshape(*shape, -1), tails.reshape(shape)

        digits, tails = tables_at(model, "digits of activation", temperatures, digits_of)
        return ClustersByRuns(bonds, digits, tails, states, field, temperatures, _NO_LABELS)
    couplings = forward_direction_couplings(model)
    regular, listed = None, None

    def closing(distinct: np.ndarray) -> tuple[np.ndarray]:
        return (thresholds(_activation(model, strengths, distinct[:, None])),)

    if couplings is None:
        strengths = np.abs(model.bond_strengths)
        i, j, _, _ = model.lattice.bonds
        listed = i.view(np.uint32), j.view(np.uint32), np.sign(model.bond_strengths).astype(np.int8)
    elif _is_listed(model):
        strengths = np.abs(couplings[:1])
        i, j, weight, _ = model.lattice.bonds
        listed = i.view(np.uint32), j.view(np.uint32), -weight if couplings[0] < 0.0 else weight
    else:
        strengths = np.abs(couplings)
        kind, offset, weight = forward_stencils(model.lattice)
        regular = kind, offset, np.where(couplings[:, None] < 0.0, -weight, weight)
    # A row per bond would take too much memory to keep.
    kept = couplings is not None
    (table,) = tables_at(model, "activation", temperatures, closing) if kept else closing(temperatures)
    # In a field this holds first the sum over a cluster, then its new orientation.
    drawn = np.empty(model.n_sites, dtype=np.int32 if model.field else np.int8)
    return ClustersBySites(regular, listed, table, states, field, temperatures, drawn, _NO_LABELS)


def or_none(field: float) -> float | None:
    """None for no field: numba resolves a branch on None when it compiles, so that no field costs nothing."""
    return field or None


def _activation(model: Ising | Potts, strength: Any, temperatures: np.ndarray) -> np.ndarray:
    """The probability that a satisfied bond of strength |J| is active."""
    gap = model.bond_gap * strength
    with np.errstate(over="ignore"):
        return -np.expm1(-gap / temperatures)


def _uniform_bonds(model: Ising | Potts) -> tuple[np.ndarray, row_bits.Bonds] | None:
    """The strength |J| that all bonds along an axis have, float64 (axes,), and these bonds as bits.

    None where clusters are not found by runs.
    """
    lattice = model.lattice
    if lattice.neighborhood != "nearest" or lattice.shape[-1] < _SHORTEST_ROW:
        return None
    couplings = forward_direction_couplings(model)
    if couplings is not None:
        return np.abs(couplings), row_bits.regular_bonds(lattice, couplings < 0.0)
    strengths = np.zeros(lattice.ndim)
    for axis, along in enumerate(model.forward_couplings):
        present = np.abs(along[along != 0.0])
        strengths[axis] = present.max(initial=0.0)
        if present.size and present.min() != strengths[axis]:
            return None
    return strengths, row_bits.bonds(lattice, model.forward_couplings)


@kernel_of(ClustersByRuns)
def _sweep_by_runs(spins, plan, rng, n):
    states, field, temperatures, labels = plan.states, plan.field, plan.temperatures, plan.labels
    runs.sweep(spins, plan.bonds, plan.digits, plan.tails, states, field, temperatures, rng, n, labels)


@kernel_of(ClustersBySites)
def _sweep_by_sites(spins, plan, rng, n):
    table, states, field, temperatures = plan.table, plan.states, plan.field, plan.temperatures
    _sweep(spins, plan.regular, plan.listed, table, states, field, temperatures, rng, n, plan.drawn, plan.labels)


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep(spins, regular, listed, table, states, field, temperatures, rng, n, drawn, labels):
    """The bonds are `regular`, with signs and one threshold per direction, or `listed`, with a sign and threshold each.

    regular: kind uint8 (N,), offsets int64 and signs int8 (f, kinds). listed: sites uint32, sites uint32 and signs int8
    (n_bonds,). table: uint64 (chain, f), or (chain, n_bonds) or (chain, 1). One of the two is None, and field is None
    where it is 0. drawn: scratch (N,), int8, or int32 in a field.
    """
    n_sites = spins.shape[1]
    parent = np.empty(n_sites, dtype=np.uint32)
    active, other = np.empty(_BLOCK, dtype=np.uint32), np.empty(_BLOCK, dtype=np.uint32)
    for c in range(spins.shape[0]):
        state = load(rng[c])
        for _ in range(n):
            for x in range(n_sites):
                parent[x] = x
            if regular is not None:
                kinds, offsets, signs = regular
                for k in range(offsets.shape[0]):
                    threshold = table[c, k]
                    for low in range(uint64(0), uint64(n_sites), uint64(_BLOCK)):
                        n_active = 0
                        for x in range(low, min(low + uint64(_BLOCK), uint64(n_sites))):
                            kind = kinds[x]
                            sign = signs[k, kind]
                            if sign == 0:
                                continue
                            bits, state = advance(state)
                            y = x + uint64(offsets[k, kind])
                            satisfied = (spins[c, x] == spins[c, y]) == (sign > 0)
                            # Every bond is written, and kept only if it is active: a branch would be mispredicted.
                            active[n_active], other[n_active] = x, y
                            n_active += satisfied & ((bits >> uint64(11)) < threshold)
                        for i in range(n_active):
                            unite(parent, active[i], other[i])
            if listed is not None:
                first, second, bond_signs = listed
                step = uint64(1 if table.shape[1] > 1 else 0)
                for low in range(0, first.size, _BLOCK):
                    n_active = 0
                    for b in range(uint64(low), uint64(min(low + _BLOCK, first.size))):
                        bits, state = advance(state)
                        satisfied = (spins[c, first[b]] == spins[c, second[b]]) == (bond_signs[b] > 0)
                        active[n_active] = b
                        n_active += satisfied & ((bits >> uint64(11)) < table[c, b * step])
                    for i in range(n_active):
                        unite(parent, first[active[i]], second[active[i]])
            if field is not None:
                state = _turn_in_field(spins[c], parent, drawn, states, field, temperatures[c], state)
                continue
            for x in range(n_sites):
                root = parent[parent[x]]
                parent[x] = root
                if root == x:
                    bits, state = advance(state)
                    drawn[x] = choose(bits, states)[0] if states else 1 - 2 * np.int64(bits >> uint64(63))
                spins[c, x] = drawn[root] if states else spins[c, x] * drawn[root]
        if labels.size:
            labels[c] = parent
        store(rng[c], state)


@njit(cache=True, nogil=True, error_model="numpy")
def _turn_in_field(spins, parent, sums, states, field, temperature, state):
    """Give every cluster its orientation in a field; returns the generator's next state. sums: int32 (N,), scratch."""
    sums[:] = 0
    for x in range(parent.size):
        parent[x] = parent[parent[x]]
        sums[parent[x]] += 1 if states else spins[x]
    for x in range(parent.size):
        root = parent[x]
        if root == x:
            # Parents come first: from here on the entry holds the new orientation of the cluster.
            value, state = orientation(sums[x], field, temperature, states, state)
            sums[x] = value
        spins[x] = sums[root] if states else spins[x] * sums[root]
    return state
