"""The Ising chain in a field, by its transfer matrix (E. Ising, Z. Phys. 31, 253 (1925))."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from spinlib.exact.arguments import distances, finite_number, generator, one_of, whole_number
from spinlib.exact.one_dimensional import segments
from spinlib.exact.temperature import Numbers, like_input, one_temperature, positive

Array = NDArray[np.float64]

BOUNDARIES = ("free", "periodic", "antiperiodic")
SPINS = np.array([-1.0, 1.0])


def ising_log_partition(T: ArrayLike, n: int, boundary: str = "free", field: float = 0.0) -> Numbers:
    """ln Z of n Ising spins in a field B.

    Parameters
    ----------
    T : float or array_like
        Temperature in J / k_B, positive.
    n : int
        Number of spins, at least 2.
    boundary : {"free", "periodic", "antiperiodic"}
        Ends of the chain.
    field : float
        B in J.

    Returns
    -------
    float or ndarray, shape of T
        ln Z of the whole chain.

    Raises
    ------
    TypeError
        T or the field that is no number, or n that is no integer.
    ValueError
        T not positive and finite, n < 2, a field that is not finite, or another boundary.

    References
    ----------
    E. Ising, Z. Phys. 31, 253 (1925).

    Examples
    --------
    >>> from spinlib.exact import one_dimensional
    >>> round(one_dimensional.ising_log_partition(1.0, 10), 6)
    10.835499
    """
    return like_input(_law(T, n, boundary, field, "energy").log_weight)


def ising_energy(T: ArrayLike, n: int, boundary: str = "free", field: float = 0.0) -> Numbers:
    """Energy per site of n Ising spins in a field B.

    Without field, with t = tanh(1/T), it is -(1 - 1/n) t, -(t + t^(n-1)) / (1 + t^n) or -(t - t^(n-1)) / (1 - t^n) for
    the boundary "free", "periodic" or "antiperiodic".

    Parameters
    ----------
    T, n, boundary, field
        As in `ising_log_partition`.

    Returns
    -------
    float or ndarray, shape of T
        u in J per site.

    Raises
    ------
    TypeError, ValueError
        As `ising_log_partition`.

    References
    ----------
    E. Ising, Z. Phys. 31, 253 (1925).

    Examples
    --------
    >>> from spinlib.exact import one_dimensional
    >>> one_dimensional.ising_energy([0.5, 1.0], 10, boundary="periodic").round(6).tolist()
    [-0.994033, -0.795566]
    """
    return like_input(_law(T, n, boundary, field, "energy").mean / n)


def ising_specific_heat(T: ArrayLike, n: int, boundary: str = "free", field: float = 0.0) -> Numbers:
    """Specific heat per site at constant field B, the variance of the total energy over n T^2.

    Parameters
    ----------
    T, n, boundary, field
        As in `ising_log_partition`.

    Returns
    -------
    float or ndarray, shape of T
        c in k_B per site.

    Raises
    ------
    TypeError, ValueError
        As `ising_log_partition`.

    Examples
    --------
    >>> from spinlib.exact import one_dimensional
    >>> round(one_dimensional.ising_specific_heat(1.0, 10), 6)
    0.377977
    """
    temperatures = positive(T)
    return like_input(_law(T, n, boundary, field, "energy").variance / n / temperatures / temperatures)


def ising_magnetization(T: ArrayLike, n: int, boundary: str = "free", field: float = 0.0) -> Numbers:
    """Magnetisation per site of n Ising spins in a field B; 0 without field.

    Parameters
    ----------
    T, n, boundary, field
        As in `ising_log_partition`.

    Returns
    -------
    float or ndarray, shape of T
        m, from -1 to 1.

    Raises
    ------
    TypeError, ValueError
        As `ising_log_partition`.

    Examples
    --------
    >>> from spinlib.exact import one_dimensional
    >>> round(one_dimensional.ising_magnetization(1.0, 10, field=0.1), 6)
    0.442186
    """
    return like_input(_law(T, n, boundary, field, "magnetization").mean / n)


def ising_correlation(T: ArrayLike, r: ArrayLike, field: float = 0.0) -> Numbers:
    """<s_0 s_r> of the infinite chain in a field B.

    m^2 + (1 - m^2) [(cosh h - w) / (cosh h + w)]^r with w = (sinh^2 h + exp(-4/T))^(1/2), h = B/T and m = sinh(h) / w.
    Without field this is tanh(1/T)^r, which holds in every free chain too.

    Parameters
    ----------
    T : float or array_like
        Temperature in J / k_B, positive.
    r : int or array_like
        Distances in sites, not negative; broadcast against T.
    field : float
        B in J.

    Returns
    -------
    float or ndarray, common shape of T and r
        The correlation, which tends to m^2.

    Raises
    ------
    TypeError, ValueError
        As `ising_log_partition`, or r that is no integer or negative.

    Examples
    --------
    >>> from spinlib.exact import one_dimensional
    >>> one_dimensional.ising_correlation(1.0, [0, 1, 2]).round(6).tolist()
    [1.0, 0.761594, 0.580026]
    """
    temperatures = positive(T)
    h = np.abs(finite_number("field", field)) / temperatures
    # In units of exp(h). The product of the two eigenvalues is 1 - exp(-4/T).
    decay = np.exp(-2 * h)
    sinh, root = -np.expm1(-2 * h) / 2, np.sqrt(np.expm1(-2 * h) ** 2 / 4 + decay * np.exp(-4 / temperatures))
    ratio = -np.expm1(-4 / temperatures) * decay / ((1 + decay) / 2 + root) ** 2
    square = np.where(h > 0, (sinh / np.where(h > 0, root, 1.0)) ** 2, 0.0)
    return like_input(square + (1 - square) * ratio ** distances(r))


def ising_sample(
    T: float, n: int, n_samples: int, rng: np.random.Generator, boundary: str = "free", field: float = 0.0
) -> NDArray[np.int8]:
    """Independent exact samples of n Ising spins in a field B at one temperature.

    Each spin is drawn from its distribution given the spins before it. The transfer matrix gives this distribution,
    summed over the spins that follow.

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
    boundary : {"free", "periodic", "antiperiodic"}
        Ends of the chain.
    field : float
        B in J.

    Returns
    -------
    ndarray, int8 (n_samples, n)
        Spins -1 and +1.

    Raises
    ------
    TypeError, ValueError
        As `ising_log_partition`; n_samples that is no integer or negative; an rng that is no Generator.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.exact import one_dimensional
    >>> one_dimensional.ising_sample(0.5, 6, 2, np.random.default_rng(1)).tolist()
    [[-1, -1, -1, -1, -1, -1], [-1, -1, -1, -1, -1, -1]]
    """
    temperature, length, rows = one_temperature(T), whole_number("n", n, 2), whole_number("n_samples", n_samples, 0)
    h = finite_number("field", field) / temperature
    sign = {"free": 0, "periodic": 1, "antiperiodic": -1}[one_of("boundary", boundary, BOUNDARIES)]
    pair = np.multiply.outer(SPINS, SPINS) / temperature
    # remaining[k][s, s_0]: log of the summed weights of the k spins that follow a spin s, with the bond to the first
    # spin
    remaining = [sign * pair]
    for _ in range(length - 1):
        following = remaining[-1] + h * SPINS[:, None]
        remaining.append(np.logaddexp.reduce(pair[:, :, None] + following, axis=1))
    up = np.empty((length, rows), dtype=np.int8)  # 0 or 1
    up[0] = generator(rng).random(rows) < expit(2 * h + remaining[-1][1, 1] - remaining[-1][0, 0])
    for site in range(1, length):
        behind = remaining[length - 1 - site]
        log_odds = 2 * h + (pair[1] - pair[0])[:, None] + behind[1] - behind[0]
        up[site] = rng.random(rows) < expit(log_odds)[up[site - 1], up[0]]
    return 2 * up.T - 1


def _law(T: ArrayLike, n: int, boundary: str, field: float, summed: str) -> segments.Segments:
    """ln Z, and mean and variance of the total "energy" or "magnetization", in the shape of T."""
    temperatures, length, strength = positive(T), whole_number("n", n, 2), finite_number("field", field)
    one_of("boundary", boundary, BOUNDARIES)
    bond, site = -np.multiply.outer(SPINS, SPINS), -strength * SPINS
    bond_value, site_value = (bond, site) if summed == "energy" else (np.zeros((2, 2)), SPINS)
    beta = 1 / temperatures[..., None, None]

    def link(sign: int) -> segments.Segments:
        """A spin and its bond to the next."""
        values = np.broadcast_to(sign * bond_value + site_value[:, None], (*temperatures.shape, 2, 2))
        return segments.Segments(-beta * (sign * bond + site[:, None]), values, np.zeros_like(values))

    body = segments.chain(link(1), length - 1)
    if boundary == "free":
        return segments.sum_ends(body._replace(log_weight=body.log_weight - beta * site, mean=body.mean + site_value))
    return segments.close(segments.join(body, link(1 if boundary == "periodic" else -1)))
