"""Ising model on the infinite triangular lattice without field (R. Houtappel, Physica 16, 425 (1950)).

H = -J sum s_i s_j over the three bonds per site, k_B = 1, all quantities per site. The lattice is ferromagnetic for
J > 0. The antiferromagnet (G. Wannier, Phys. Rev. 79, 357 (1950)) is frustrated, has no transition, and keeps the
entropy 0.3230659 at T = 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import quad_vec
from scipy.special import ellipkm1

from spinlib.exact.arguments import finite_number
from spinlib.exact.temperature import Numbers, like_input, positive

__all__ = ["critical_temperature", "energy", "free_energy"]

Array = NDArray[np.float64]


def critical_temperature() -> float:
    """T_c = 4 / ln 3 = 3.640957... of the ferromagnet with J = 1.

    Returns
    -------
    float
        T_c in J / k_B.

    References
    ----------
    R. Houtappel, Physica 16, 425 (1950).
    G. Wannier, Phys. Rev. 79, 357 (1950).

    Examples
    --------
    >>> from spinlib.exact import triangular
    >>> round(triangular.critical_temperature(), 6)
    3.640957
    """
    return float(4 / np.log(3))


def energy(T: ArrayLike, coupling: float = 1.0) -> Numbers:
    """Energy per site: from -3 J at T = 0 through -2 J at T_c to 0; antiferromagnet from -|J|.

    It is the derivative of `free_energy`, whose double integral is the lattice's Green function, a complete elliptic
    integral.

    Parameters
    ----------
    T : float or array_like
        Temperature in units of 1 / k_B, positive.
    coupling : float
        J, not 0.

    Returns
    -------
    float or ndarray, shape of T
        u per site.

    Raises
    ------
    TypeError, ValueError
        T that is not positive and finite, or J that is 0 or not finite.

    References
    ----------
    R. Houtappel, Physica 16, 425 (1950).
    T. Horiguchi, J. Math. Phys. 13, 1411 (1972): the Green function.

    Examples
    --------
    >>> from spinlib.exact import triangular
    >>> round(triangular.energy(triangular.critical_temperature()), 6)
    -2.0
    >>> round(triangular.energy(0.2, coupling=-1.0), 6)
    -1.0
    """
    strength = _strength(coupling)
    temperatures = positive(T)
    w = np.exp(-4 * strength / temperatures)
    if coupling > 0:
        rho = np.sqrt(w * (1 - w) / (1 + 3 * w))
        # 1 - k^2, with the factor 1 - 3 rho that vanishes at T_c (w = rho = 1/3) as a square
        parameter = ((1 + rho) / (1 - rho)) ** 3 * (1 - 3 * w) ** 2 / ((1 + 3 * w) * (1 + 3 * rho) ** 2)
        finite = np.where(parameter > 0, parameter, 1.0)
        green = ellipkm1(finite) / np.sqrt((1 - rho) ** 3 * (1 + 3 * rho))
        bracket = 1 + 4 / np.pi * np.where(parameter > 0, (1 - 3 * w) / (1 + 3 * w) * green, 0.0)
    else:
        parameter = 16 * w / ((1 + w) ** 3 * (3 - w))
        finite = np.where(parameter > 0, parameter, 1.0)  # exp(-4 / T) may underflow; w K -> 0
        bracket = 1 - 4 / np.pi * w * np.sqrt((3 - w) / (1 + w) ** 3) * ellipkm1(finite)
    return like_input(-strength * (1 + w) / (1 - w) * bracket)


def free_energy(T: ArrayLike, coupling: float = 1.0) -> Numbers:
    """Free energy per site, f = -T lim ln Z / N, by adaptive quadrature to 1e-12.

    ln z = ln 2 + (1 / 8 pi^2) int int ln[C^3 + S^3 - S (cos a + cos b + cos(a + b))] over [0, 2 pi]^2, with C = cosh
    2J/T and S = sinh 2J/T. The integral over b is done in closed form.

    Parameters
    ----------
    T, coupling
        As in `energy`.

    Returns
    -------
    float or ndarray, shape of T
        f per site.

    Raises
    ------
    TypeError, ValueError
        As `energy`.

    References
    ----------
    R. Houtappel, Physica 16, 425 (1950).
    G. Wannier, Phys. Rev. 79, 357 (1950).

    Examples
    --------
    >>> from spinlib.exact import triangular
    >>> round(triangular.free_energy(3.0), 6)
    -3.068385
    """
    strength = _strength(coupling)
    temperatures = positive(T)
    w = np.exp(-4 * strength / temperatures)
    # The factor exp(3J/T), or exp(|J|/T), of the ground state is split off. With g the sum of cosines, the argument of
    # the logarithm is constant - amplitude g.
    if coupling > 0:
        ground, constant, amplitude = 3 * strength, 1 + 3 * w**2, 2 * w * (1 - w)
    else:
        ground, constant, amplitude = strength, 3 + w**2, -2 * (1 - w)

    def integrand(angle: float) -> Array:
        # mean over b of ln(p + r cos(b + a/2)) is ln((p + sqrt(p^2 - r^2)) / 2)
        p = constant - amplitude * np.cos(angle)
        r = 2 * amplitude * np.cos(angle / 2)
        return np.log((p + np.sqrt(np.maximum(p**2 - r**2, 0.0))) / 2)

    # At T_c, and at T = 0 of the antiferromagnet, the integrand has kinks at 0 and at 2 pi / 3.
    options = {"epsabs": 1e-13, "epsrel": 1e-13, "norm": "max"}
    integral = sum(quad_vec(integrand, *ends, **options)[0] for ends in ((0, 2 * np.pi / 3), (2 * np.pi / 3, np.pi)))
    return like_input(-ground - temperatures * integral / (2 * np.pi))


def _strength(coupling: float) -> float:
    if not (strength := abs(finite_number("coupling", coupling))):
        raise ValueError(f"coupling {coupling}: allowed are numbers other than 0")
    return strength
