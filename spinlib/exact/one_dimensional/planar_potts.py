"""The planar Potts chain of paper dnn, Eq. 2: H = +sum cos(a_i - a_j) with angles in [0, pi).

On a half circle the chain is not invariant under rotations, and no Bessel function solves it. The transfer operator,
with the kernel exp(-cos(a - b) / T), is discretised by Gauss-Legendre quadrature. The kernel is analytic, so that this
converges exponentially (Nyström's method): a few dozen angles give all results to rounding. They would not suffice for
T < 0.01, which raises ValueError. Neighbours prefer opposite ends of the interval; an odd ring is frustrated.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import ArrayLike, NDArray

from spinlib.exact.arguments import distances, generator, one_of, whole_number
from spinlib.exact.one_dimensional import segments
from spinlib.exact.temperature import Numbers, like_input, one_temperature, positive

Array = NDArray[np.float64]

BOUNDARIES = ("free", "periodic")
LOWEST_TEMPERATURE = 0.01
# Newton steps, or bisections where these leave the interval. Each step squares the error, in units of pi / 2.
MOST_STEPS, CONVERGED = 60, 1e-10


def planar_potts_energy(T: ArrayLike, n: int, boundary: str = "free") -> Numbers:
    """Energy per site of n planar Potts spins.

    Parameters
    ----------
    T : float or array_like
        Temperature in J / k_B, at least 0.01.
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
        T below 0.01 or not finite, n < 2, or another boundary.

    References
    ----------
    Paper dnn, equation 2.

    Examples
    --------
    >>> from spinlib.exact import one_dimensional
    >>> one_dimensional.planar_potts_energy([0.5, 1.0], 10).round(6).tolist()
    [-0.537325, -0.115319]
    """
    return like_input(_law(T, n, boundary)[0] / n)


def planar_potts_specific_heat(T: ArrayLike, n: int, boundary: str = "free") -> Numbers:
    """Specific heat per site, the variance of the total energy over n T^2.

    Parameters
    ----------
    T, n, boundary
        As in `planar_potts_energy`.

    Returns
    -------
    float or ndarray, shape of T
        c in k_B per site.

    Raises
    ------
    TypeError, ValueError
        As `planar_potts_energy`.

    Examples
    --------
    >>> from spinlib.exact import one_dimensional
    >>> round(one_dimensional.planar_potts_specific_heat(1.0, 10), 6)
    0.536373
    """
    return like_input(_law(T, n, boundary)[1] / n / positive(T) ** 2)


def planar_potts_correlation(T: ArrayLike, r: ArrayLike) -> Numbers:
    """<cos(a_0 - a_r)> of the infinite chain.

    It is not connected: it tends to <cos a>^2 + <sin a>^2, which is not 0.

    Parameters
    ----------
    T : float or array_like
        Temperature in J / k_B, at least 0.01.
    r : int or array_like
        Distances in sites, not negative; broadcast against T.

    Returns
    -------
    float or ndarray, common shape of T and r
        The correlation.

    Raises
    ------
    TypeError, ValueError
        As `planar_potts_energy`, or r that is no integer or negative.

    Examples
    --------
    >>> from spinlib.exact import one_dimensional
    >>> one_dimensional.planar_potts_correlation(1.0, [0, 1, 2]).round(6).tolist()
    [1.0, -0.144546, 0.433027]
    """
    temperatures, steps = np.broadcast_arrays(_checked(T), distances(r))
    result = np.empty(temperatures.shape)
    for temperature in np.unique(temperatures):
        grid = _Grid.at(temperature)
        root = np.sqrt(grid.weights)
        values, vectors = np.linalg.eigh(root[:, None] * grid.kernel(grid.angles) * root)
        overlaps = ((vectors[:, -1] * np.stack([np.cos(grid.angles), np.sin(grid.angles)])) @ vectors) ** 2
        chosen = temperatures == temperature
        result[chosen] = (values / values[-1]) ** steps[chosen][:, None] @ overlaps.sum(axis=0)
    return like_input(result)


def planar_potts_sample(T: float, n: int, n_samples: int, rng: np.random.Generator, boundary: str = "free") -> Array:
    """Independent exact samples of n planar Potts spins at one temperature.

    Each angle is drawn from its density given the angles before it, by inverting the cumulative distribution to
    rounding accuracy. The transfer operator gives this density, integrated over the angles that follow.

    Parameters
    ----------
    T : float
        Temperature in J / k_B, at least 0.01.
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
        Angles in [0, pi).

    Raises
    ------
    TypeError, ValueError
        As `planar_potts_energy`; n_samples that is no integer or negative; an rng that is no Generator.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.exact import one_dimensional
    >>> one_dimensional.planar_potts_sample(0.5, 6, 2, np.random.default_rng(1)).shape
    (2, 6)
    """
    temperature, length, rows = one_temperature(T), whole_number("n", n, 2), whole_number("n_samples", n_samples, 0)
    ring = one_of("boundary", boundary, BOUNDARIES) == "periodic"
    generator(rng)
    grid = _Grid.at(float(_checked(temperature)))
    kernel = grid.kernel(grid.angles)
    # behind[k]: summed weights of the k bonds after a spin, by its angle; in a ring also by the angle of the last spin
    behind = [np.eye(grid.angles.size) / grid.weights if ring else np.ones((grid.angles.size, 1))]
    for _ in range(length - 1):
        following = (kernel * grid.weights) @ behind[-1]
        behind.append(following / following.max())
    first_density = ((kernel * grid.weights) @ behind[-1]).diagonal()[:, None] if ring else behind[-1]
    angles = np.empty((length, rows))
    angles[0] = grid.draw(np.broadcast_to(first_density, (grid.angles.size, rows)), rng)
    closing = grid.weights[:, None] * grid.kernel(angles[0]) if ring else np.ones((1, 1))
    for site in range(1, length):
        weight = behind[length - 1 - site] @ closing
        angles[site] = grid.draw(grid.kernel(angles[site - 1]) * weight, rng)
    return angles.T


class _Grid(NamedTuple):
    """Gauss and Legendre's quadrature on [0, pi]: angles and weights (node,)."""

    temperature: float
    angles: Array
    weights: Array

    @classmethod
    def at(cls, temperature: float) -> _Grid:
        """Enough nodes for the kernel's width, about T^(1/2) at the ends of the interval."""
        nodes, weights = legendre.leggauss(24 + int(np.ceil(5 / np.sqrt(temperature))))
        return cls(temperature, np.pi / 2 * (1 + nodes), np.pi / 2 * weights)

    def kernel(self, angles: Array) -> Array:
        """Weights of bonds between the nodes and `angles` (a,), at most 1: (node, a)."""
        return np.exp(-(1 + np.cos(np.subtract.outer(self.angles, angles))) / self.temperature)

    def draw(self, density: Array, rng: np.random.Generator) -> Array:
        """One angle from each column of densities (node, column), known at the nodes up to a factor."""
        nodes = 2 / np.pi * self.angles - 1
        # Legendre series of each density, and of its integral from -1
        to_series = (legendre.legvander(nodes, nodes.size - 1) * self.weights[:, None]).T
        series = (np.arange(nodes.size)[:, None] + 0.5) * (to_series @ density)
        integral = legendre.legint(series, lbnd=-1)
        target = rng.random(density.shape[1]) * integral.sum(axis=0)  # P_l(1) = 1
        # The two nodes, or ends, between which the integral reaches the target
        interval = np.count_nonzero(legendre.legvander(nodes, nodes.size) @ integral < target, axis=0)
        ends = np.concatenate([[-1.0], nodes, [1.0]])
        low, high = ends[interval], ends[interval + 1]
        position = (low + high) / 2
        for _ in range(MOST_STEPS):
            miss = legendre.legval(position, integral, tensor=False) - target
            low, high = np.where(miss < 0, position, low), np.where(miss < 0, high, position)
            slope = legendre.legval(position, series, tensor=False)
            newton = position - miss / np.where(slope > 0, slope, np.nan)
            following = np.where((low <= newton) & (newton <= high), newton, (low + high) / 2)
            converged = np.abs(following - position).max(initial=0) < CONVERGED
            position = following
            if converged:
                break
        return np.minimum(np.pi / 2 * (1 + position), np.nextafter(np.pi, 0))


def _checked(T: ArrayLike) -> Array:
    temperatures = positive(T)
    if (temperatures < LOWEST_TEMPERATURE).any():
        raise ValueError(f"T {temperatures.min()}: allowed are temperatures of at least {LOWEST_TEMPERATURE}")
    return temperatures


def _law(T: ArrayLike, n: int, boundary: str) -> tuple[Array, Array]:
    """Mean and variance of the total energy, in the shape of T."""
    temperatures, length = _checked(T), whole_number("n", n, 2)
    ring = one_of("boundary", boundary, BOUNDARIES) == "periodic"
    moments = np.empty((temperatures.size, 2))
    for i, temperature in enumerate(temperatures.flat):
        grid = _Grid.at(float(temperature))
        energy = np.cos(np.subtract.outer(grid.angles, grid.angles))
        log_weights = np.log(grid.weights)
        link = segments.Segments(log_weights[:, None] - energy / temperature, energy, np.zeros_like(energy))
        if ring:
            law = segments.close(segments.chain(link, length))
        else:
            body = segments.chain(link, length - 1)
            law = segments.sum_ends(body._replace(log_weight=body.log_weight + log_weights))
        moments[i] = law.mean, law.variance
    mean, variance = moments.T.reshape(2, *temperatures.shape)
    return mean, variance
