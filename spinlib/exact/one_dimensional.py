"""Ising and XY chains by their transfer matrix (Ising, Z. Phys. 31, 253 (1925); Mattis, Phys. Lett. A 104, 357 (1984)).

J = k_B = 1; Ising H = -sum s_i s_j, XY H = -sum cos(a_i - a_j) over neighbours, no field. n spins: a free chain has
n - 1 bonds, a periodic ring n, an antiperiodic ring n of which one changes sign; a ring of 2 has double bonds.
Energies are per site; correlations are those of the infinite chain, and of a free chain of any length. T: a positive
number or an array of them. Every function raises TypeError for T that is no number and for n or r that is no
integer, and ValueError for T not positive and finite, n < 2, r < 0, or an unknown boundary.
"""

from __future__ import annotations

from operator import index

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import i0e, i1e, ive

from spinlib.exact.temperature import Numbers, like_input, positive

Array = NDArray[np.float64]


def ising_energy(T: ArrayLike, n: int, boundary: str = "free") -> Numbers:
    """Energy per site of n Ising spins, in the shape of T; boundary "free", "periodic" or "antiperiodic".

    With t = tanh(1/T): -(1 - 1/n) t, -(t + t^(n-1)) / (1 + t^n), or -(t - t^(n-1)) / (1 - t^n).
    """
    length = _length(n, boundary, ("free", "periodic", "antiperiodic"))
    beta = 1 / positive(T)
    t = np.tanh(beta)
    if boundary == "free":
        return like_input(-(length - 1) / length * t)
    if boundary == "periodic":
        return like_input(-(t + t ** (length - 1)) / (1 + t**length))
    # 1 - t^k = -expm1(k ln t); as T -> 0 both vanish together, and one bond of n stays broken
    log_t = np.log1p(-2 / (np.exp(np.minimum(2 * beta, 700.0)) + 1))
    return like_input(-t * np.expm1((length - 2) * log_t) / np.expm1(length * log_t))


def ising_correlation(T: ArrayLike, r: ArrayLike) -> Numbers:
    """<s_0 s_r> = tanh(1/T)^r; T and the distances r are broadcast against each other."""
    return like_input(np.tanh(1 / positive(T)) ** _distances(r))


def xy_energy(T: ArrayLike, n: int, boundary: str = "free") -> Numbers:
    """Energy per site of n planar spins, in the shape of T; boundary "free" or "periodic".

    Free: -(1 - 1/n) I_1 / I_0 of argument 1/T. Periodic: Z = sum_k I_k(1/T)^n over all integers k. Bessel functions
    are scaled by exp(-1/T), so that nothing overflows as T -> 0.
    """
    length = _length(n, boundary, ("free", "periodic"))
    beta = 1 / positive(T)
    ratio = i1e(beta) / i0e(beta)
    if boundary == "free":
        return like_input(-(length - 1) / length * ratio)
    # I_k / I_0 falls as exp(-k^2 T / 2) where it is not faster: the last term is below exp(-40)
    n_terms = int(np.sqrt(80 * beta.max(initial=1.0) / length)) + 40
    order = np.arange(n_terms)
    scaled = ive(order, beta[..., None]) / i0e(beta)[..., None]
    slope = (ive(order - 1, beta[..., None]) + ive(order + 1, beta[..., None])) / (2 * i0e(beta)[..., None])
    twice = np.where(order == 0, 1.0, 2.0)  # orders k and -k
    z = (twice * scaled**length).sum(axis=-1)
    return like_input(-(twice * scaled ** (length - 1) * slope).sum(axis=-1) / z)


def xy_correlation(T: ArrayLike, r: ArrayLike) -> Numbers:
    """<cos(a_0 - a_r)> = (I_1 / I_0)^r of argument 1/T; T and the distances r are broadcast against each other."""
    beta = 1 / positive(T)
    return like_input((i1e(beta) / i0e(beta)) ** _distances(r))


def _length(n: int, boundary: str, allowed: tuple[str, ...]) -> int:
    try:
        length = index(n)
    except TypeError:
        raise TypeError(f"n must be an integer, got {n!r}") from None
    if length < 2:
        raise ValueError(f"n must be at least 2, got {n}")
    if boundary not in allowed:
        raise ValueError(f"boundary must be one of {', '.join(allowed)}, got {boundary!r}")
    return length


def _distances(r: ArrayLike) -> NDArray[np.int64]:
    distances = np.asarray(r)
    if distances.dtype.kind not in "iu":
        raise TypeError(f"r must be an integer or an array of them, got {r!r}")
    if (distances < 0).any():
        raise ValueError(f"r must not be negative, got {distances[distances < 0][0]}")
    return distances.astype(np.int64)
