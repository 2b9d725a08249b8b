"""The XY chain, by its transfer matrix (Mattis, Phys. Lett. A 104, 357 (1984)).

The transfer matrix is diagonal in Fourier space, with the scaled Bessel functions I_k(beta) exp(-beta), beta = 1/T, as
its eigenvalues. They are the Fourier coefficients of the weight exp(-beta e) of a bond, e = 1 - cos a, and their
derivatives by beta those of -e exp(-beta e): sums over equidistant angles, in which nothing overflows or cancels. Their
number grows as T^(-1/2): ValueError for T < 1e-10, except from the correlation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import i0e, i1e

from spinlib.exact.arguments import distances, generator, one_of, whole_number
from spinlib.exact.temperature import Numbers, like_input, one_temperature, positive

Array = NDArray[np.float64]

BOUNDARIES = ("free", "periodic")
LOWEST_TEMPERATURE = 1e-10


def xy_energy(T: ArrayLike, n: int, boundary: str = "free") -> Numbers:
    """Energy per site of n planar spins.

    Free: -(1 - 1/n) I_1 / I_0 of argument 1/T. Periodic: from Z = sum_k I_k(1/T)^n over all integers k.

    Parameters
    ----------
    T : float or array_like
        Temperature in J / k_B, at least 1e-10.
    n : int
        Number of spins, at least 2.
    boundary : {"free", "periodic"}
        Ends of the chain.

    Returns
    -------
    float or ndarray, shape of T
        u in J per site.

    Raises
    ------
    TypeError
        T that is no number, or n that is no integer.
    ValueError
        T below 1e-10 or not finite, n < 2, or another boundary.

    References
    ----------
    D. Mattis, Phys. Lett. A 104, 357 (1984).

    Examples
    --------
    >>> from spinlib.exact import one_dimensional
    >>> one_dimensional.xy_energy([0.5, 1.0], 10).round(6).tolist()
    [-0.627997, -0.401751]
    """
    mean, _ = _excitation(T, n, boundary)
    bonds = n if boundary == "periodic" else n - 1
    return like_input((mean - bonds) / n)


def xy_specific_heat(T: ArrayLike, n: int, boundary: str = "free") -> Numbers:
    """Specific heat per site, the variance of the total energy over n T^2: (1 - 1/n) / 2 at T = 0.

    Parameters
    ----------
    T, n, boundary
        As in `xy_energy`.

    Returns
    -------
    float or ndarray, shape of T
        c in k_B per site.

    Raises
    ------
    TypeError, ValueError
        As `xy_energy`.

    Examples
    --------
    >>> from spinlib.exact import one_dimensional
    >>> round(one_dimensional.xy_specific_heat(0.001, 10), 3)
    0.45
    """
    _, variance = _excitation(T, n, boundary)
    return like_input(variance / n / positive(T) ** 2)


def xy_correlation(T: ArrayLike, r: ArrayLike) -> Numbers:
    """<cos(a_0 - a_r)> = (I_1 / I_0)^r of argument 1/T, of the infinite chain and of a free chain of any length.

    Parameters
    ----------
    T : float or array_like
        Temperature in J / k_B, positive.
    r : int or array_like
        Distances in sites, not negative; broadcast against T.

    Returns
    -------
    float or ndarray, common shape of T and r
        The correlation, from 0 to 1.

    Raises
    ------
    TypeError, ValueError
        T that is not positive and finite, or r that is no integer or negative.

    Examples
    --------
    >>> from spinlib.exact import one_dimensional
    >>> one_dimensional.xy_correlation(1.0, [0, 1, 2]).round(6).tolist()
    [1.0, 0.44639, 0.199264]
    """
    beta = 1 / positive(T)
    return like_input((i1e(beta) / i0e(beta)) ** distances(r))


def xy_sample(T: float, n: int, n_samples: int, rng: np.random.Generator, boundary: str = "free") -> Array:
    """Independent exact samples of n planar spins at one temperature.

    The first angle is uniform, and the steps of a free chain are independent von Mises angles. The steps of a ring must
    add up to 0. Each is drawn like a free step. It is accepted with a probability proportional to the density that the
    m steps after it close the ring, the m-fold convolution of the von Mises density. This takes about 2 tries per step.

    Parameters
    ----------
    T : float
        Temperature in J / k_B, positive.
    n : int
        Number of spins, at least 2.
    n_samples : int
        Number of samples.
    rng : numpy.random.Generator
        Where the random numbers come from.
    boundary : {"free", "periodic"}
        Ends of the chain.

    Returns
    -------
    ndarray, float64 (n_samples, n)
        Angles in [-pi, pi).

    Raises
    ------
    TypeError, ValueError
        As `xy_energy`; n_samples that is no integer or negative; an rng that is no Generator.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.exact import one_dimensional
    >>> one_dimensional.xy_sample(0.5, 6, 2, np.random.default_rng(1)).shape
    (2, 6)
    """
    temperature, length, rows = one_temperature(T), whole_number("n", n, 2), whole_number("n_samples", n_samples, 0)
    ring = one_of("boundary", boundary, BOUNDARIES) == "periodic"
    angles = np.empty((rows, length))
    angles[:, 0] = generator(rng).uniform(-np.pi, np.pi, rows)
    eigenvalues, _, _ = _eigenvalues(temperature)
    for site in range(1, length):
        if ring:
            behind = (eigenvalues / eigenvalues[0]) ** (length - site)
            steps = _closing_steps(temperature, angles[:, site - 1] - angles[:, 0], behind, rng)
        else:
            steps = rng.vonmises(0.0, 1 / temperature, rows)
        angles[:, site] = angles[:, site - 1] + steps
    angles = (angles + np.pi) % (2 * np.pi) - np.pi
    # The remainder of a small negative number may round to the modulus itself.
    return np.where(angles < np.pi, angles, -np.pi)


def _closing_steps(temperature: float, turned: Array, behind: Array, rng: np.random.Generator) -> Array:
    """The next step of rings that have turned by `turned`; behind: Fourier coefficients of the steps that follow."""
    weights = np.where(np.arange(behind.size) > 0, 2 * behind, behind)  # orders k and -k
    orders = np.flatnonzero(weights > 1e-17 * weights[0])
    weights = weights[orders] / weights[orders].sum()
    steps = np.empty_like(turned)
    waiting = np.arange(turned.size)
    while waiting.size:
        steps[waiting] = rng.vonmises(0.0, 1 / temperature, waiting.size)
        density = np.cos(np.multiply.outer(turned[waiting] + steps[waiting], orders)) @ weights
        waiting = waiting[rng.random(waiting.size) >= density]
    return steps


def _excitation(T: ArrayLike, n: int, boundary: str) -> tuple[Array, Array]:
    """Mean and variance of the total energy above that of parallel spins, in the shape of T."""
    temperatures, length = positive(T), whole_number("n", n, 2)
    ring = one_of("boundary", boundary, BOUNDARIES) == "periodic"
    moments = np.empty((temperatures.size, 2))
    for i, temperature in enumerate(temperatures.flat):
        z, first, second = _eigenvalues(float(temperature))
        if ring:
            z, first, second = z / z[0], first / z[0], second / z[0]
            twice = np.where(np.arange(z.size) > 0, 2.0, 1.0)  # orders k and -k
            total = twice @ z**length
            mean = length * (twice @ (z ** (length - 1) * first)) / total
            pairs = (length - 1) * z ** (length - 2) * first**2
            moments[i] = mean, length * (twice @ (pairs + z ** (length - 1) * second)) / total - mean**2
        else:
            mean = first[0] / z[0]
            moments[i] = (length - 1) * mean, (length - 1) * (second[0] / z[0] - mean**2)
    mean, variance = moments.T.reshape(2, *temperatures.shape)
    return mean, variance


def _eigenvalues(temperature: float) -> tuple[Array, Array, Array]:
    """Fourier coefficients k = 0, 1, ... of exp(-beta e), e exp(-beta e) and e^2 exp(-beta e)."""
    if temperature < LOWEST_TEMPERATURE:
        raise ValueError(f"T {temperature}: allowed are temperatures of at least {LOWEST_TEMPERATURE}")
    # The weight has the width T^(1/2). Steps of a third of it, and at least 64 of them, leave an error below rounding.
    n_angles = 64 + 2 * int(np.ceil(10 / np.sqrt(temperature)))
    excitation = 2 * np.sin(np.pi / n_angles * np.arange(n_angles)) ** 2
    weight = np.exp(-excitation / temperature)
    z, first, second = np.fft.rfft([weight, excitation * weight, excitation**2 * weight]).real / n_angles
    return z, first, second
