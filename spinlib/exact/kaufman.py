"""Ising model on a finite torus without field (Kaufman, Phys. Rev. 76, 1232 (1949)).

H = -sum J_i s s' over nearest neighbours, k_B = 1. Each axis is periodic or antiperiodic (its wrapping bonds change
sign); an axis of length 2 has double bonds. couplings: J_0 of the bonds along axis 0 and J_1 along axis 1, both
positive; 1 and 1 unless given.

With m >= n the sides, K the coupling over T within a row of n spins, and K' that between rows, the transfer matrix of a
row is that of free fermions with energies cosh gamma(q) = cosh 2K coth 2K' - cos q sinh 2K / sinh 2K', and
gamma(0) = 2K + ln tanh K', negative above T_c. A sector has momenta q = pi (2r + 1) / n ("half": half-integer) or
q = 2 pi r / n ("whole"), and with

    C = prod_q 2 cosh(m gamma / 2),      S = prod_q 2 sinh(m gamma / 2),

(2 sinh 2K')^(mn/2) (C + S) / 2 is the trace over its states of even parity in the half sector, of odd parity in the
whole one; C - S is the trace over the others. A periodic row joins even parity with half-integer momenta, an
antiperiodic row with whole ones, and an antiperiodic stack of rows counts odd parity negatively. Hence

    row            stack          2 Z / (2 sinh 2K')^(mn/2)
    periodic       periodic        C_half + S_half + C_whole + S_whole    (Kaufman 1949)
    periodic       antiperiodic    C_half + S_half - C_whole - S_whole
    antiperiodic   periodic        C_half - S_half + C_whole - S_whole
    antiperiodic   antiperiodic   -C_half + S_half + C_whole - S_whole

Below T_c the terms of the last three rows cancel, to exp(-2 l / T) of their size for a forced domain wall of energy 2
l. `kaufman_digits` sums them with enough digits for this.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spinlib.exact import kaufman_digits
from spinlib.exact.arguments import positive_couplings, two_sides
from spinlib.exact.temperature import Numbers, like_input, positive

__all__ = ["energy", "log_partition", "specific_heat"]

Array = NDArray[np.float64]
Boundary = str | Sequence[str]
Couplings = Sequence[float]

# In units of the larger coupling. At lower T, exp(2/T) leaves the range of floats, and antiperiodic sums need 10^4
# digits.
LOWEST_TEMPERATURE = 0.01
# With floats, cancellation destroys the specific heat below the first (in units of the larger coupling) and above the
# second (in units of the smaller one). In between it keeps ten digits.
FLOAT_RANGE = (0.5, 200.0)


def log_partition(
    T: ArrayLike,
    shape: Sequence[int],
    boundary: Boundary = ("periodic", "periodic"),
    couplings: Couplings = (1.0, 1.0),
) -> Numbers:
    """ln Z of the whole torus, all 2^N states.

    Parameters
    ----------
    T : float or array_like
        Temperature in J / k_B, at least 0.01 of the larger coupling.
    shape : (int, int)
        Rows and columns, each at least 2.
    boundary : str or (str, str)
        "periodic" or "antiperiodic", one name or one per axis; boundary[i] is that of the bonds along axis i.
    couplings : (float, float)
        J_0 and J_1 of the bonds along axis 0 and 1, positive.

    Returns
    -------
    float or ndarray, shape of T
        ln Z.

    Raises
    ------
    TypeError
        T, a side or a coupling of the wrong type.
    ValueError
        T not finite or below 0.01 of the larger coupling, a side below 2, another boundary, or couplings that are not
        two positive numbers.

    References
    ----------
    B. Kaufman, Phys. Rev. 76, 1232 (1949).

    Examples
    --------
    >>> from spinlib.exact import kaufman
    >>> round(kaufman.log_partition(2.0, (8, 8)), 6)
    66.344582
    """
    return like_input(_derivatives(T, shape, boundary, couplings)[0])


def energy(
    T: ArrayLike,
    shape: Sequence[int],
    boundary: Boundary = ("periodic", "periodic"),
    couplings: Couplings = (1.0, 1.0),
) -> Numbers:
    """Energy per site, u = -(1/N) d ln Z / d beta.

    Parameters
    ----------
    T, shape, boundary, couplings
        As in `log_partition`.

    Returns
    -------
    float or ndarray, shape of T
        u in J per site.

    Raises
    ------
    TypeError, ValueError
        As `log_partition`.

    References
    ----------
    B. Kaufman, Phys. Rev. 76, 1232 (1949).

    Examples
    --------
    >>> from spinlib.exact import kaufman
    >>> kaufman.energy([2.0, 2.5], (8, 8)).round(6).tolist()
    [-1.745683, -1.222321]
    >>> round(kaufman.energy(2.0, (8, 8), boundary="antiperiodic"), 6)
    -1.229162
    """
    slope = _derivatives(T, shape, boundary, couplings)[1]
    return like_input(-slope / (shape[0] * shape[1]))


def specific_heat(
    T: ArrayLike,
    shape: Sequence[int],
    boundary: Boundary = ("periodic", "periodic"),
    couplings: Couplings = (1.0, 1.0),
) -> Numbers:
    """Specific heat per site, c = (beta^2 / N) d^2 ln Z / d beta^2.

    Parameters
    ----------
    T, shape, boundary, couplings
        As in `log_partition`.

    Returns
    -------
    float or ndarray, shape of T
        c in k_B per site.

    Raises
    ------
    TypeError, ValueError
        As `log_partition`.

    References
    ----------
    B. Kaufman, Phys. Rev. 76, 1232 (1949).

    Examples
    --------
    >>> from spinlib.exact import kaufman
    >>> round(kaufman.specific_heat(2.269, (8, 8)), 6)
    1.145379
    """
    curvature = _derivatives(T, shape, boundary, couplings)[2]
    return like_input(curvature / positive(T) ** 2 / (shape[0] * shape[1]))


def _derivatives(
    T: ArrayLike, shape: Sequence[int], boundary: Boundary, couplings: Couplings
) -> tuple[Array, Array, Array]:
    """ln Z and its first two derivatives by beta, in the shape of T."""
    temperatures, pair = positive(T), positive_couplings(couplings)
    lowest = LOWEST_TEMPERATURE * max(pair)
    if (temperatures < lowest).any():
        raise ValueError(f"T {temperatures.min()}: allowed are temperatures of at least {lowest}")
    sides, names = two_sides(shape), _boundaries(boundary)
    # The row is the shorter side, which gives fewer momenta and less cancellation.
    row, stack = np.argsort(sides, kind="stable")
    n, m = sides[row], sides[stack]

    out = np.empty((3, temperatures.size))
    flat = temperatures.ravel()
    floats = (flat >= FLOAT_RANGE[0] * max(pair)) & (flat <= FLOAT_RANGE[1] * min(pair))
    floats &= names == ("periodic", "periodic")
    if floats.any():
        out[:, floats] = _periodic(1 / flat[floats], m, n, pair[row], pair[stack])
    for i in np.flatnonzero(~floats):
        out[:, i] = kaufman_digits.derivatives(float(flat[i]), m, n, names[row], names[stack], pair[row], pair[stack])
    log_z, first, second = out.reshape(3, *temperatures.shape)
    return log_z, first, second


def _periodic(beta: Array, m: int, n: int, J: float, J_stack: float) -> Array:
    """ln Z and two derivatives by beta, doubly periodic, in floats, of shape (3, beta.size).

    J, J_stack: coupling within a row and between rows. Above T_c, S_whole is negative, but C_half + S_half is larger,
    so nothing cancels. The logarithm of C_half is split off, so that large numbers enter additively.
    """
    energies = [
        _fermion_energies(beta[:, None], np.pi * (2 * np.arange(n) + shift) / n, J, J_stack) for shift in (1, 0)
    ]
    (log_c, d_log_c, dd_log_c, t_half), (log_w, d_log_w, dd_log_w, t_whole) = (_sector(*gamma, m) for gamma in energies)
    difference, d_difference = log_w - log_c, d_log_w - d_log_c
    ratio = np.exp(difference)
    d_ratio = ratio * d_difference
    dd_ratio = ratio * (dd_log_w - dd_log_c + d_difference**2)
    total = 1 + t_half[0] + ratio * (1 + t_whole[0])
    d_total = t_half[1] + d_ratio * (1 + t_whole[0]) + ratio * t_whole[1]
    dd_total = t_half[2] + dd_ratio * (1 + t_whole[0]) + 2 * d_ratio * t_whole[1] + ratio * t_whole[2]

    sinh, coth = np.sinh(2 * beta * J_stack), 1 / np.tanh(2 * beta * J_stack)
    log_z = m * n / 2 * np.log(2 * sinh) - np.log(2.0) + log_c + np.log(total)
    first = m * n * J_stack * coth + d_log_c + d_total / total
    second = -2 * m * n * (J_stack / sinh) ** 2 + dd_log_c + dd_total / total - (d_total / total) ** 2
    return np.stack([log_z, first, second])


def _sector(
    gamma: Array, d_gamma: Array, dd_gamma: Array, m: int
) -> tuple[Array, Array, Array, tuple[Array, Array, Array]]:
    """ln C with two derivatives by beta, and (S / C with two derivatives) of one sector."""
    x, dx, ddx = m * gamma / 2, m * d_gamma / 2, m * dd_gamma / 2
    decay = np.exp(-2 * np.abs(x))
    tanh = np.tanh(x)
    sech_squared = 4 * decay / (1 + decay) ** 2
    log_c = (np.abs(x) + np.log1p(decay)).sum(axis=1)
    d_log_c = (dx * tanh).sum(axis=1)
    dd_log_c = (ddx * tanh + dx**2 * sech_squared).sum(axis=1)

    # Product rule with the smallest factor, tanh(m gamma(0) / 2) for whole momenta, kept apart: it vanishes at T_c.
    rest = tanh[:, 1:].prod(axis=1)
    slope = 4 * decay[:, 1:] / (1 - decay[:, 1:] ** 2)  # d ln tanh(x) / dx = 2 / sinh 2x
    d_log = (slope * dx[:, 1:]).sum(axis=1)
    coth_2x = (1 + decay[:, 1:] ** 2) / (1 - decay[:, 1:] ** 2)
    dd_log = (slope * ddx[:, 1:] - 2 * slope * coth_2x * dx[:, 1:] ** 2).sum(axis=1)
    d_rest, dd_rest = rest * d_log, rest * (dd_log + d_log**2)
    first, d_first = tanh[:, 0], sech_squared[:, 0] * dx[:, 0]
    dd_first = sech_squared[:, 0] * (ddx[:, 0] - 2 * tanh[:, 0] * dx[:, 0] ** 2)
    s_over_c = first * rest
    d_s_over_c = d_first * rest + first * d_rest
    dd_s_over_c = dd_first * rest + 2 * d_first * d_rest + first * dd_rest
    return log_c, d_log_c, dd_log_c, (s_over_c, d_s_over_c, dd_s_over_c)


def _fermion_energies(beta: Array, momenta: Array, J: float, J_stack: float) -> tuple[Array, Array, Array]:
    """gamma(q) and two derivatives by beta, from beta (k, 1) and momenta (n,): each (k, n)."""
    sinh, cosh = np.sinh(2 * beta * J), np.cosh(2 * beta * J)
    sinh_stack, cosh_stack = np.sinh(2 * beta * J_stack), np.cosh(2 * beta * J_stack)
    # sinh^2(gamma / 2) = (cosh gamma - 1) / 2, in a form without cancellation near T_c, where sinh 2K sinh 2K' = 1
    half_sinh_0 = (sinh * sinh_stack - 1) / np.sqrt(2 * sinh_stack * (cosh * cosh_stack + sinh + sinh_stack))
    half_sinh = np.hypot(half_sinh_0, np.sqrt(sinh / sinh_stack) * np.sin(momenta / 2))
    if momenta[0] == 0:
        half_sinh[:, 0] = half_sinh_0[:, 0]
    gamma = 2 * np.arcsinh(half_sinh)
    sinh_gamma = 2 * half_sinh * np.sqrt(1 + half_sinh**2)
    cosh_gamma = 1 + 2 * half_sinh**2
    d_cosh, dd_cosh = (
        constant - amplitude * np.cos(momenta)
        for constant, amplitude in kaufman_digits.slopes_of_cosh((sinh, cosh, sinh_stack, cosh_stack), J, J_stack)
    )
    with np.errstate(divide="ignore", invalid="ignore"):  # gamma(0) = 0 at T_c, replaced below
        d_gamma = d_cosh / sinh_gamma
        dd_gamma = (dd_cosh - cosh_gamma * d_gamma**2) / sinh_gamma
    if momenta[0] == 0:
        d_gamma[:, 0] = (2 * J + 2 * J_stack / sinh_stack)[:, 0]
        dd_gamma[:, 0] = (-4 * J_stack**2 * cosh_stack / sinh_stack**2)[:, 0]
    return gamma, d_gamma, dd_gamma


def _boundaries(boundary: Boundary) -> tuple[str, str]:
    pair = [boundary, boundary] if isinstance(boundary, str) else boundary
    names = tuple(pair) if isinstance(pair, Sequence) else ()
    if len(names) != 2 or any(name not in ("periodic", "antiperiodic") for name in names):
        raise ValueError(f"boundary {boundary!r}: allowed are 'periodic' and 'antiperiodic', one or one per axis")
    return names[0], names[1]
