"""Improved estimators of Swendsen-Wang sweeps: measurements averaged over the orientations of the clusters.

Given the clusters of a sweep, all their orientations (Ising) or states (Potts) are equally likely. So the average of
s_x s_y keeps its value if x and y belong to one cluster, and is 0 if not (U. Wolff, Phys. Rev. Lett. 60, 1461 (1988));
for Potts the same holds of (q delta(s_x, s_y) - 1) / (q - 1), 1 or 0 (M. Sweeny, Phys. Rev. B 27, 4445 (1983)). Hence

    <m^2> = < sum over clusters C of (sum over x in C of e_x s_x)^2 > / N^2,
    G(r)  = < mean over x of e_x s_x e_y s_y [x and y in one cluster] >,    y = x + r e_axis.

For a ferromagnet and for Potts, <m^2> is the mean of sum |C|^2 / N^2, and G(r) the probability of one cluster.
Averages are the same as without clusters; the variance is smaller, above the critical temperature by far, because
sites far apart add no noise.

For J >= 0 and for couplings per bond, m is the magnetisation (e_x = 1). For an Ising antiferromagnet (all J negative),
m is the staggered magnetisation: e_x is +1 on one sublattice and -1 on the other. For Potts, m^2 is (q sum_k x_k^2 - 1)
/ (q - 1), x_k the share of state k: the square of the magnetisation vector of the q-state simplex, which is not the
square of `spinlib.observables.magnetization`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from spinlib.arguments import at_least
from spinlib.compilation import njit
from spinlib.models import Ising, Potts
from spinlib.samplers.clusters import swendsen_wang

__all__ = ["Series", "measure"]

# Pairs of sites that are compared in less than half a second.
_SITES_PER_CALL = 2**27
_SEAM = {"periodic": 1, "antiperiodic": -1, "free": 0}
_JIT: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


class Series(NamedTuple):
    """Improved estimates of every sweep.

    Attributes
    ----------
    squared_magnetization : numpy.ndarray
        float64 (chain, sweep), m^2 per site squared.
    correlation : dict
        G(r) by axis, float64 (chain, sweep, distance), for each axis asked for.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.samplers import improved_estimators
    >>> series = improved_estimators.Series(np.ones((1, 2)), {})
    >>> float(series.squared_magnetization.mean())
    1.0
    """

    squared_magnetization: np.ndarray
    correlation: dict[int, np.ndarray]


def measure(
    model: Ising | Potts,
    spins: np.ndarray,
    temperatures: np.ndarray,
    rng: np.ndarray,
    n_sweeps: int,
    *,
    axes: Sequence[int] = (),
) -> Series:
    """Sweep `n_sweeps` times, and estimate <m^2> and, along some axes, G(r) from the clusters of each sweep.

    N / T times the mean of m^2 is the susceptibility with nothing subtracted. m^2 takes about as long as the sweep
    itself, G(r) some L / 30 times as long.

    Parameters
    ----------
    model : Ising or Potts
        Without a field; Potts with J >= 0. An antiferromagnet has to have two sublattices.
    spins : numpy.ndarray
        int8 (chain, *shape), C-contiguous, in the model's values; swept in place.
    temperatures : numpy.ndarray
        float64 (chain,), in J / k_B.
    rng : numpy.ndarray
        uint64 (chain, 4), one stream per chain (`spinlib.samplers.random.streams`), advanced in place.
    n_sweeps : int
        At least 1.
    axes : sequence of int
        G(r) is measured along these, for r = 0 .. L // 2, on a free axis 0 .. L - 1, as
        `spinlib.observables.correlation_function` does it: pairs that cross an antiperiodic seam count with the sign of
        the crossing.

    Returns
    -------
    Series
        m^2, float64 (chain, sweep), and G(r), float64 (chain, sweep, distance) for each axis.

    Raises
    ------
    ValueError
        For a field, n_sweeps < 1, an axis that the lattice does not have, an antiferromagnet without two sublattices,
        and where `swendsen_wang.sweep` and `model.check` do.
    TypeError
        For numbers that are no integers, and where `swendsen_wang.sweep` does.

    References
    ----------
    U. Wolff, Phys. Rev. Lett. 60, 1461 (1988).
    M. Sweeny, Phys. Rev. B 27, 4445 (1983): Potts.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import improved_estimators
    >>> from spinlib.samplers.random import streams
    >>> model, spins = Ising((8, 8)), np.ones((1, 8, 8), np.int8)
    >>> rng = streams(0, "example", 0, 1)
    >>> series = improved_estimators.measure(model, spins, np.array([0.1]), rng, 5, axes=[0])
    >>> series.squared_magnetization.tolist()  # one cluster
    [[1.0, 1.0, 1.0, 1.0, 1.0]]
    >>> series.correlation[0].shape  # r = 0 .. 4
    (1, 5, 5)
    """
    swendsen_wang.refuse(model, "improved_estimators")
    if model.field != 0.0:
        raise ValueError(
            f"field {model.field}: improved_estimators needs field 0, because it averages over orientations of a "
            "cluster that are equally likely; measure the spins of swendsen_wang instead"
        )
    n_sweeps = at_least(1, "n_sweeps", n_sweeps)
    for axis in axes:
        if at_least(0, "axis", axis) >= len(model.shape):
            raise ValueError(f"axis {axis}: the lattice has the axes 0 to {len(model.shape) - 1}")
    model.check(spins)
    signs = _signs(model)
    squares = np.empty((len(spins), n_sweeps))
    correlation = {axis: np.empty((len(spins), n_sweeps, _n_distances(model, axis))) for axis in axes}
    for sweep in range(n_sweeps):
        keys = swendsen_wang.sweep_and_label(model, spins, temperatures, rng).reshape(len(spins), model.n_sites)
        _mark_down(keys, spins.reshape(keys.shape), signs)
        squares[:, sweep] = _squares(keys) / model.n_sites**2
        for axis, values in correlation.items():
            length = model.shape[axis]
            after = int(np.prod(model.shape[axis + 1 :]))
            seam = _SEAM[model.lattice.boundary[axis]]
            slabs, distances = keys.reshape(len(spins), -1, length * after), values.shape[2]
            # Only a few distances per call, because a call of the kernel cannot be interrupted.
            at_a_time = max(1, _SITES_PER_CALL // keys.size)
            parts = [
                _correlations(slabs, after, seam, first, min(first + at_a_time, distances))
                for first in range(0, distances, at_a_time)
            ]
            sums = np.concatenate(parts, axis=1)
            pairs_per_line = length - np.arange(values.shape[2]) if seam == 0 else length
            values[:, sweep] = sums / (pairs_per_line * (model.n_sites // length))
    return Series(squares, correlation)


def _signs(model: Ising | Potts) -> np.ndarray:
    """e_x, int8 (N,); all 0 for Potts spins, which have no sign."""
    if model.n_labels:
        return np.zeros(model.n_sites, dtype=np.int8)
    if model.direction_couplings is None or model.coupling_values.max() >= 0.0:
        return np.ones(model.n_sites, dtype=np.int8)
    if model.lattice.n_colors != 2:
        raise ValueError(
            f"coupling {model.coupling} with neighborhood {model.lattice.neighborhood!r}: the staggered magnetisation "
            "needs two sublattices without bonds within them"
        )
    return 1 - 2 * model.lattice.coloring.ravel()


def _n_distances(model: Ising | Potts, axis: int) -> int:
    length = model.shape[axis]
    return length if model.lattice.boundary[axis] == "free" else length // 2 + 1


@njit(**_JIT)
def _mark_down(labels, spins, signs):
    """Turn labels (chain, N) into two keys per cluster, which differ in the last bit, set where e_x s_x < 0."""
    for c in range(labels.shape[0]):
        for x in range(labels.shape[1]):
            labels[c, x] = 2 * labels[c, x] + np.uint32(signs[x] * spins[c, x] < 0)


@njit(**_JIT)
def _squares(keys):
    """Sum over clusters of (sites with an even key minus sites with an odd one)^2, int64 (chain,), of (chain, N)."""
    result = np.zeros(keys.shape[0], np.int64)
    for c in range(keys.shape[0]):
        sums = np.zeros(keys.shape[1], np.int32)
        for key in keys[c]:
            sums[key >> 1] += 1 - 2 * np.int32(key & 1)
        for value in sums:
            result[c] += np.int64(value) ** 2
    return result


@njit(**_JIT)
def _correlations(keys, step, seam, first, stop):
    """Sum over sites of +1, -1 or 0 for equal keys, keys that differ in the last bit, other keys of x and x + r e.

    keys: uint32 (chain, slab, L step), in slabs along which the axis runs with the stride `step`. r = first ..
    stop - 1. Pairs that wrap around count `seam` times. Result: int64 (chain, stop - first).
    """
    n_chains, n_slabs, size = keys.shape
    result = np.zeros((n_chains, stop - first), np.int64)
    for c in range(n_chains):
        for slab in range(n_slabs):
            here = keys[c, slab]
            for r in range(first, stop):
                shift = r * step
                result[c, r - first] += _agreement(here[: size - shift], here[shift:])
                if seam:
                    result[c, r - first] += seam * _agreement(here[size - shift :], here[:shift])
    return result


@njit(**_JIT)
def _agreement(first, second):
    total = np.int32(0)
    for x in range(first.size):
        difference = first[x] ^ second[x]
        total += np.int32(difference == 0) - np.int32(difference == 1)
    return total
