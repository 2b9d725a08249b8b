"""What is measured on configurations, and the fluctuations of a series of measurements.

Energies and magnetisations are per site. Averages over a finite series carry no error bar here, and variances of
correlated draws are too small by about 2 tau_int / n: `spinlib.statistics.jackknife` gives both right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spinlib.exact.temperature import positive
from spinlib.models import XY, Ising, Potts, configuration

Array = NDArray[np.float64]
Axes = int | Sequence[int]


def energy(model: Ising | Potts | XY, spins: Any) -> Any:
    """Energy per site, e = H / N, of each configuration (..., *shape); numpy or torch; checks as `model.energy`."""
    return model.energy(spins) / model.n_sites


def magnetization(model: Ising | Potts | XY, spins: Any) -> Any:
    """Magnetisation per site m of each configuration (..., *shape), float64 of the leading axes; numpy or torch.

    Ising: the mean spin, from -1 to 1. Potts: the order parameter (q x - 1) / (q - 1), where x is the share of the
    most frequent state, from 0 to 1 (Wu, Rev. Mod. Phys. 54, 235 (1982)). XY: the length of the mean unit vector, from
    0 to 1. Raises as `model.check`.
    """
    model.check(spins)
    rows, leading = configuration.as_rows(configuration.as_array(spins), model.shape)

    def order_parameter(block: Any) -> Any:
        if isinstance(model, Ising):
            return configuration.as_float64(configuration.as_int8(block).sum(1)) / model.n_sites
        if isinstance(model, XY):
            x, y = configuration.cosine_and_sine(configuration.as_float64(block))
            return (x.mean(1) ** 2 + y.mean(1) ** 2) ** 0.5
        most = (block == 0).sum(1)
        for state in range(1, model.q):
            count = (block == state).sum(1)
            # The larger of the two, in numpy as in torch.
            most = most + (count - most) * (count > most)
        return (model.q * configuration.as_float64(most) / model.n_sites - 1) / (model.q - 1)

    blocks = (order_parameter(block) for block in configuration.blocks(rows))
    return configuration.stack(blocks, leading, rows)


def heat_capacity(energies: ArrayLike, T: ArrayLike, n_sites: int, axis: Axes = -1) -> Any:
    """Heat capacity per site, C = N (<e^2> - <e>^2) / T^2.

    energies: per site; `axis` (one or more) is averaged over. T: a number, or an array that broadcasts with what
    remains. ValueError: T or n_sites not positive, energies not finite, no draw.
    """
    e = _finite("energies", energies)
    return _number_of_sites(n_sites) * e.var(axis=_axes(axis)) / positive(T) ** 2


def susceptibility(m: ArrayLike, T: ArrayLike, n_sites: int, subtract: str = "mean_abs", axis: Axes = -1) -> Any:
    """Susceptibility per site, chi = N (<m^2> - s^2) / T.

    subtract: "mean_abs", s = <|m|>, the choice below and around Tc, or "zero", s = 0, that of the symmetric
    phase. m: per site; axis and T as in `heat_capacity`. ValueError: as there, or another `subtract`.
    """
    values = np.abs(_finite("m", m))
    if subtract == "mean_abs":
        variance = values.var(axis=_axes(axis))
    elif subtract == "zero":
        variance = (values**2).mean(axis=_axes(axis))
    else:
        raise ValueError(f"subtract {subtract!r}: allowed are 'mean_abs' and 'zero'")
    return _number_of_sites(n_sites) * variance / positive(T)


def binder_cumulant(m: ArrayLike, axis: Axes = -1) -> Any:
    """Binder cumulant U = 1 - <m^4> / (3 <m^2>^2) (Binder, Z. Phys. B 43, 119 (1981)).

    2/3 for an ordered system, 0 for Gaussian m. m: magnetisations, in any unit; `axis` is averaged over.
    ValueError: m not finite, no draw, or zero throughout.
    """
    squares = _finite("m", m) ** 2
    second = squares.mean(axis=_axes(axis))
    if np.any(second == 0):
        raise ValueError("the Binder cumulant of magnetisations that are all 0 is undefined")
    return 1 - (squares**2).mean(axis=_axes(axis)) / (3 * second**2)


def correlation_function(model: Ising | Potts | XY, spins: ArrayLike, axis: int = 0) -> Array:
    """Correlation g(r) of sites r steps apart along one axis of the lattice, of each configuration, by FFT.

    Ising: g(r) = mean over x of s(x) s(x + r e_axis). XY: of cos(a(x) - a(x + r e_axis)). Potts: of
    (q delta - 1) / (q - 1), 1 for like and 0 on average for independent states. Not connected: nothing is subtracted.
    Pairs that cross an antiperiodic seam count with the sign of the crossing.

    spins: (..., *shape). Result: (..., n), where r = 0 .. L // 2 on an axis that wraps around (farther pairs are
    the same, up to the seam's sign) and r = 0 .. L - 1 on a free one. Raises as `model.check`, and ValueError for
    an axis that the lattice does not have.
    """
    _require_axis(model, axis)
    rows, leading = _checked_rows(model, spins)
    length, boundary = model.shape[axis], model.lattice.boundary[axis]
    n = length if boundary == "free" else length // 2 + 1
    # Doubled with zeros, pairs across the end count for nothing; with -s, they change sign.
    padding = {"periodic": None, "antiperiodic": -1.0, "free": 0.0}[boundary]

    def correlations(block: np.ndarray) -> Array:
        columns = np.moveaxis(block.reshape(-1, *model.shape), 1 + axis, -1)
        power: Any = 0
        for component in _components(model, columns.reshape(len(block), -1, length)):
            if padding is not None:
                component = np.concatenate([component, padding * component], axis=-1)
            power = power + (np.abs(np.fft.rfft(component)) ** 2).sum(axis=1)
        sums = np.fft.irfft(power, length if padding is None else 2 * length)[:, :n]
        # Doubling by -s counts every pair twice; a free row of L sites has L - r pairs.
        pairs_per_row = length - np.arange(n) if boundary == "free" else length * (1 if padding is None else 2)
        return sums / (pairs_per_row * (model.n_sites // length))

    blocks = (correlations(block) for block in configuration.blocks(rows))
    return configuration.stack(blocks, (*leading, n), rows)


def twist_response(model: XY, spins: ArrayLike, axis: int = 0) -> tuple[Array, Array]:
    """How each configuration answers a twist along one axis: stiffness and current per site, float64 (...).

    With a_i - a_j replaced by a_i - a_j + p on all bonds along the axis ("nearest" only), H / N has the second
    derivative `stiffness` = sum of J_ij cos(a_i - a_j) / N and the first derivative `current` = sum of
    J_ij sin(a_i - a_j) / N at p = 0, where j = i + e_axis. spins: (..., *shape). Raises as `model.check`, and
    ValueError for another neighbourhood and for an axis that the lattice does not have.
    """
    _require_axis(model, axis)
    if model.lattice.neighborhood != "nearest":
        raise ValueError(f"neighborhood {model.lattice.neighborhood!r}: a twist is defined for 'nearest' only")
    rows, leading = _checked_rows(model, spins)
    neighbor, couplings = model.lattice.forward_neighbors[0][axis], model.forward_couplings[axis]

    def response(block: np.ndarray) -> Array:
        difference = block - block.take(neighbor, axis=1)
        return np.stack([np.cos(difference) @ couplings, np.sin(difference) @ couplings], axis=1) / model.n_sites

    blocks = (response(block.astype(np.float64)) for block in configuration.blocks(rows))
    both = configuration.stack(blocks, (*leading, 2), rows)
    return both[..., 0], both[..., 1]


def helicity_modulus(stiffness: ArrayLike, current: ArrayLike, T: ArrayLike, n_sites: int, axis: Axes = -1) -> Any:
    """Helicity modulus, <stiffness> - N <current^2> / T (M. Fisher, M. Barber and D. Jasnow, Phys. Rev. A 8, 1111
    (1973); T. Ohta and D. Jasnow, Phys. Rev. B 20, 139 (1979)): the free energy's second derivative by the twist.

    stiffness, current: as `twist_response` gives them; `axis` is averaged over, T as in `heat_capacity`. On the
    square lattice it falls from 2 T / pi to 0 at the Kosterlitz-Thouless temperature, near 0.893 J. ValueError: as in
    `heat_capacity`.
    """
    mean = _finite("stiffness", stiffness).mean(axis=_axes(axis))
    square = (_finite("current", current) ** 2).mean(axis=_axes(axis))
    return mean - _number_of_sites(n_sites) * square / positive(T)


def vorticity(model: XY, spins: ArrayLike) -> NDArray[np.int8]:
    """Vortices (1) and antivortices (-1) of the elementary squares of each configuration, int8 (..., *shape).

    Element (i, j) belongs to the square with the corners (i, j), (i, j + 1), (i + 1, j + 1), (i + 1, j): the sum of the
    four turns from corner to corner in this order over 2 pi, each turn taken as the smallest from what the bond
    prefers: equal angles, or opposite ones where J < 0 or across an antiperiodic seam. Squares that a free boundary
    cuts have 0. On a periodic lattice the sum over all squares is 0.

    spins: (..., *shape). Raises as `model.check`, and ValueError for other than two axes with "nearest" and for
    one coupling per bond (a frustrated square has half a vortex).
    """
    if len(model.shape) != 2 or model.lattice.neighborhood != "nearest" or not model.is_uniform:
        raise ValueError(f"{model!r}: vortices are defined here for two axes, 'nearest' and one coupling")
    rows, leading = _checked_rows(model, spins)
    (below, right), (vertical, horizontal) = model.lattice.forward_neighbors
    whole = (vertical != 0) & (vertical[right] != 0) & (horizontal != 0) & (horizontal[below] != 0)

    def circulation(block: np.ndarray) -> Array:
        down, along = (
            _smallest_turn(block.take(neighbor, axis=1) - block + np.pi * (model.coupling * weight < 0))
            for neighbor, weight in ((below, vertical), (right, horizontal))
        )
        total = along + down.take(right, axis=1) - along.take(below, axis=1) - down
        return np.where(whole, np.rint(total / (2 * np.pi)), 0.0)

    blocks = (circulation(block.astype(np.float64)) for block in configuration.blocks(rows))
    return configuration.stack(blocks, (*leading, *model.shape), rows).astype(np.int8)


def overlap(model: Ising | XY, first: ArrayLike, second: ArrayLike) -> Array:
    """Overlap of pairs of configurations (..., *shape), float64 (...): of replicas with the same couplings.

    Ising: q = sum_i s_i t_i / N, from -1 to 1 (G. Parisi, Phys. Rev. Lett. 50, 1946 (1983)). XY: the mean cosine of
    a_i - b_i. Raises as `model.check`, ValueError for two different shapes and TypeError for other models.
    """
    if not isinstance(model, Ising | XY):
        raise TypeError(f"{type(model).__name__}: overlaps are defined here for Ising and XY")
    (rows, leading), (others, other_leading) = _checked_rows(model, first), _checked_rows(model, second)
    if leading != other_leading:
        raise ValueError(f"configurations of shape {np.shape(first)} and {np.shape(second)}: they have to be equal")

    def overlaps(left: np.ndarray, right: np.ndarray) -> Array:
        pairs = zip(_components(model, left), _components(model, right), strict=True)
        return np.sum([a * b for a, b in pairs], axis=0).mean(axis=1)

    pairs = zip(configuration.blocks(rows), configuration.blocks(others), strict=True)
    return configuration.stack((overlaps(left, right) for left, right in pairs), leading, rows)


def overlap_distribution(overlaps: ArrayLike, n_sites: int) -> tuple[Array, Array]:
    """P(q) from overlaps of Ising configurations of n_sites: q = -1, -1 + 2 / N, ..., 1 and P there, float64 (N + 1,).

    P is a density: its sum times 2 / N is 1. Replicas that were pooled before, by taking all of `overlaps`, give the
    average over them. ValueError: no overlap, or one that N Ising spins cannot have.
    """
    n = _number_of_sites(n_sites)
    steps = (_finite("overlaps", overlaps).ravel() + 1) * n / 2
    number = np.rint(steps)
    wrong = (np.abs(steps - number) > 1e-6) | (number < 0) | (number > n)
    if wrong.any():
        raise ValueError(f"overlap {2 * steps[wrong][0] / n - 1}: {n} Ising spins have -1, -1 + 2 / {n}, ..., 1")
    counts = np.bincount(number.astype(np.int64), minlength=n + 1)
    return np.linspace(-1.0, 1.0, n + 1), counts / (steps.size * 2 / n)


def hamming_distance(spins: ArrayLike) -> float:
    """Mean fraction of sites in which two configurations differ, over all pairs of different configurations.

    spins: (n, ...), n >= 2 configurations of any discrete values. 0: all are equal; independent Ising spins give 1/2
    on average, Potts spins (q - 1) / q. ValueError: fewer than 2 configurations, or no site.
    """
    array = np.asarray(spins)
    if array.ndim < 2 or array.size == 0 or len(array) < 2:
        raise ValueError(
            f"spins of shape {array.shape}: needs at least 2 configurations of at least one site, (n, ...)"
        )
    n = len(array)
    # Of the n^2 ordered pairs those in one state agree at a site; what is left differs there.
    values = np.unique(array)
    agreeing = sum(np.sum(np.count_nonzero(array == value, axis=0).astype(np.float64) ** 2) for value in values)
    n_sites = array[0].size
    return float((n_sites * n**2 - agreeing) / (n_sites * n * (n - 1)))


def _require_axis(model: Ising | Potts | XY, axis: int) -> None:
    if not 0 <= axis < len(model.shape):
        raise ValueError(f"axis {axis}: the lattice has the axes 0 to {len(model.shape) - 1}")


def _checked_rows(model: Ising | Potts | XY, spins: ArrayLike) -> tuple[np.ndarray, tuple[int, ...]]:
    """Configurations of the model as rows (n, N), with the leading axes."""
    array = np.asarray(spins)
    model.check(array)
    return configuration.as_rows(array, model.shape)


def _smallest_turn(angles: Array) -> Array:
    """Angles modulo 2 pi, in [-pi, pi]."""
    return angles - 2 * np.pi * np.rint(angles / (2 * np.pi))


def _components(model: Ising | Potts | XY, spins: np.ndarray) -> list[Array]:
    """Fields whose summed products over a pair of sites are the correlation's summand."""
    if isinstance(model, Ising):
        return [spins.astype(np.float64)]
    if isinstance(model, XY):
        return list(configuration.cosine_and_sine(spins.astype(np.float64)))
    # sum_k (delta_ik - 1/q) (delta_jk - 1/q) = delta_ij - 1/q.
    scale = np.sqrt(model.q / (model.q - 1))
    return [scale * ((spins == state) - 1 / model.q) for state in range(model.q)]


def _axes(axis: Axes) -> Any:
    return axis if isinstance(axis, int) else tuple(axis)


def _finite(name: str, series: ArrayLike) -> Array:
    values = np.asarray(series, dtype=np.float64)
    if values.size == 0:
        raise ValueError(f"{name} of shape {values.shape}: there is nothing to average")
    if not np.isfinite(values).all():
        raise ValueError(f"{name} have to be finite, got {values[~np.isfinite(values)][0]}")
    return values


def _number_of_sites(n_sites: int) -> int:
    if not n_sites > 0:
        raise ValueError(f"n_sites {n_sites}: has to be positive")
    return n_sites
