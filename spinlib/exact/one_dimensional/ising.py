"""The Ising chain in a field, by its transfer matrix (Ising, Z. Phys. 31, 253 (1925))."""

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
    """ln Z of n Ising spins in a field B, in the shape of T; boundary "free", "periodic" or "antiperiodic"."""
    return like_input(_law(T, n, boundary, field, "energy").log_weight)


def ising_energy(T: ArrayLike, n: int, boundary: str = "free", field: float = 0.0) -> Numbers:
    """Energy per site of n Ising spins in a field B, in the shape of T.

    Without field, with t = tanh(1/T): -(1 - 1/n) t, -(t + t^(n-1)) / (1 + t^n) or -(t - t^(n-1)) / (1 - t^n) for
    boundary "free", "periodic" or "antiperiodic".
    """
    return like_input(_law(T, n, boundary, field, "energy").mean / n)


def ising_specific_heat(T: ArrayLike, n: int, boundary: str = "free", field: float = 0.0) -> Numbers:
    """Specific heat per site at constant field B, the variance of the total energy over n T^2; as `ising_energy`."""
    temperatures = positive(T)
    return like_input(_law(T, n, boundary, field, "energy").variance / n / temperatures / temperatures)


def ising_magnetization(T: ArrayLike, n: int, boundary: str = "free", field: float = 0.0) -> Numbers:
    """Magnetisation per site of n Ising spins in a field B; as `ising_energy`. 0 without field."""
    return like_input(_law(T, n, boundary, field, "magnetization").mean / n)


def ising_correlation(T: ArrayLike, r: ArrayLike, field: float = 0.0) -> Numbers:
    """<s_0 s_r> of the infinite chain in a field B; T and the distances r are broadcast against each other.

    m^2 + (1 - m^2) [(cosh h - w) / (cosh h + w)]^r with w = (sinh^2 h + exp(-4/T))^(1/2), h = B/T and m = sinh(h) / w.
    Without field tanh(1/T)^r, which holds in every free chain too.
    """
    temperatures = positive(T)
    h = np.abs(finite_number("field", field)) / temperatures
    # In units of exp(h); the larger eigenvalue times the smaller one is 1 - exp(-4/T).
    decay = np.exp(-2 * h)
    sinh, root = -np.expm1(-2 * h) / 2, np.sqrt(np.expm1(-2 * h) ** 2 / 4 + decay * np.exp(-4 / temperatures))
    ratio = -np.expm1(-4 / temperatures) * decay / ((1 + decay) / 2 + root) ** 2
    square = np.where(h > 0, (sinh / np.where(h > 0, root, 1.0)) ** 2, 0.0)
    return like_input(square + (1 - square) * ratio ** distances(r))


def ising_sample(
    T: float, n: int, n_samples: int, rng: np.random.Generator, boundary: str = "free", field: float = 0.0
) -> NDArray[np.int8]:
    """Independent exact samples of n Ising spins in a field B at one temperature: int8 (n_samples, n) of -1 and +1.

    Spin by spin, each from its law given the spins before it, which the transfer matrix sums over those behind it.
    """
    temperature, length, rows = one_temperature(T), whole_number("n", n, 2), whole_number("n_samples", n_samples, 0)
    h = finite_number("field", field) / temperature
    sign = {"free": 0, "periodic": 1, "antiperiodic": -1}[one_of("boundary", boundary, BOUNDARIES)]
    pair = np.multiply.outer(SPINS, SPINS) / temperature
    # remaining[k][s, s_0]: log of the summed weights of the k spins behind a spin s, and of their bond to the first
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
