"""Number of states of every energy of the Ising model on a torus, as exact integers (Beale, PRL 76, 78 (1996)).

H = -sum s_i s_j over nearest neighbours, J = k_B = 1, no field. Each axis is periodic or antiperiodic; an axis of
length 2 has double bonds, as in `spinlib.exact.kaufman`, whose names are used here: m rows of n spins.

With x = exp(-2/T), x^N Z is a polynomial whose coefficient of x^k is the number of states with k unsatisfied bonds,
of energy 2 (k - N). Kaufman's formula makes it half of a signed sum of the products C and S over momenta q. In them,
q and -q together contribute P_m +- 2 b^m, with the plus sign in C and the minus sign in S, and

    P_0 = 2,  P_1 = a(q),  P_(k+1) = a(q) P_k - b^2 P_(k-1),    a(q) = (1 + x^2)^2 - 2 b cos q,  b = x (1 - x^2);

q = 0 contributes (1 - x)^m +- (x (1 + x))^m, and q = pi contributes (1 + x)^m +- (x (1 - x))^m.

Beale multiplied these polynomials term by term. Here the formula is evaluated in prime fields that hold roots of
unity, hence the cosines: at all powers x of one root, so that a Fourier transform over the field returns the
coefficients modulo the prime. Enough primes fix the integers (Chinese remainder theorem); nothing is ever rounded.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from operator import index
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logsumexp

from spinlib.exact import prime_field
from spinlib.exact.kaufman_digits import SIGNS
from spinlib.exact.prime_field import Residues
from spinlib.exact.temperature import Numbers, like_input, one_temperature, positive
from spinlib.lattice import Lattice

Array = NDArray[np.float64]
Boundary = str | Sequence[str]

MOST_SITES = 4096
MOST_JOINT_SITES = 64  # so that rows have at most 8


def ising_torus(shape: Sequence[int], boundary: Boundary = ("periodic", "periodic")) -> tuple[list[int], list[int]]:
    """Total energies, rising, and how many of the 2^N states have each: (energies, counts), Python integers.

    Only energies that occur are listed. shape: (rows, columns), each at least 2, at most 4096 sites. boundary:
    "periodic" or "antiperiodic", one name or one per axis; boundary[i] is that of the bonds along axis i.
    TypeError: a side that is no integer. ValueError: another shape or boundary, or more sites.
    """
    levels, counts = _density(_torus(shape, boundary, MOST_SITES))
    return list(levels), list(counts)


def ising_torus_joint(
    shape: Sequence[int], boundary: Boundary = ("periodic", "periodic")
) -> tuple[list[int], list[int], list[int]]:
    """Total energies, total magnetisations and numbers of states of all (E, M) cells that have states.

    (energies, magnetizations, counts), Python integers, sorted by E, then M, by a transfer matrix that adds one site
    at a time (Binder, Physica 62, 508 (1972)). At most 64 sites; else arguments and errors as `ising_torus`.
    """
    return _joint_density(_torus(shape, boundary, MOST_JOINT_SITES))


def log_partition(T: ArrayLike, shape: Sequence[int], boundary: Boundary = ("periodic", "periodic")) -> Numbers:
    """ln Z of the whole torus, from the exact counts; T: a positive number or an array, returns its shape.

    Errors as `ising_torus`; TypeError: T is no number; ValueError: T not positive and finite.
    """
    canonical = _canonical(T, shape, boundary)
    return like_input(canonical.log_z - canonical.ground / canonical.temperatures)


def energy(T: ArrayLike, shape: Sequence[int], boundary: Boundary = ("periodic", "periodic")) -> Numbers:
    """Energy per site. Arguments and errors as `log_partition`."""
    canonical = _canonical(T, shape, boundary)
    return like_input((canonical.mean + canonical.ground) / math.prod(shape))


def specific_heat(T: ArrayLike, shape: Sequence[int], boundary: Boundary = ("periodic", "periodic")) -> Numbers:
    """Specific heat per site, the variance of the energy over N T^2. Arguments and errors as `log_partition`."""
    canonical = _canonical(T, shape, boundary)
    variance = (canonical.probabilities * (canonical.excited - canonical.mean[..., None]) ** 2).sum(axis=-1)
    return like_input(variance / canonical.temperatures / canonical.temperatures / math.prod(shape))


def entropy(T: ArrayLike, shape: Sequence[int], boundary: Boundary = ("periodic", "periodic")) -> Numbers:
    """Entropy per site, (ln Z + U / T) / N: from ln(number of ground states) / N at T = 0 to ln 2.

    Arguments and errors as `log_partition`.
    """
    canonical = _canonical(T, shape, boundary)
    return like_input((canonical.log_z + canonical.mean / canonical.temperatures) / math.prod(shape))


def energy_distribution(
    T: ArrayLike, shape: Sequence[int], boundary: Boundary = ("periodic", "periodic")
) -> tuple[NDArray[np.int64], Array]:
    """P(E|T): total energies, int64 (level,), and their probabilities (*T.shape, level).

    Arguments and errors as `log_partition`.
    """
    canonical = _canonical(T, shape, boundary)
    return canonical.excited + canonical.ground, canonical.probabilities


def sample_energies(
    T: float,
    shape: Sequence[int],
    n_samples: int,
    seed: int,
    boundary: Boundary = ("periodic", "periodic"),
) -> NDArray[np.int64]:
    """Independent total energies drawn from P(E|T) at one temperature, int64 (n_samples,).

    The same seed gives the same energies. Errors as `log_partition`, and TypeError or ValueError for an array T, and
    n_samples or a seed that are no integers of at least 0.
    """
    levels, probabilities = energy_distribution(one_temperature(T), shape, boundary)
    return np.random.default_rng(index(seed)).choice(levels, size=n_samples, p=probabilities)


class _Canonical(NamedTuple):
    """The law of the energy above the ground state at some temperatures; log_z is that of exp(-excited / T)."""

    temperatures: Array
    ground: int
    excited: NDArray[np.int64]
    probabilities: Array
    log_z: Array
    mean: Array


def _canonical(T: ArrayLike, shape: Sequence[int], boundary: Boundary) -> _Canonical:
    temperatures = positive(T)
    levels, counts = _density(_torus(shape, boundary, MOST_SITES))
    excited = np.array(levels) - levels[0]
    log_counts = np.array([math.log(count) for count in counts])
    with np.errstate(over="ignore"):  # excited / T may reach inf, whose weight is 0
        exponents = log_counts - excited / temperatures[..., None]
    log_z = np.asarray(logsumexp(exponents, axis=-1))
    probabilities = np.exp(exponents - log_z[..., None])
    probabilities /= probabilities.sum(axis=-1, keepdims=True)
    return _Canonical(temperatures, levels[0], excited, probabilities, log_z, np.asarray(probabilities @ excited))


def _torus(shape: Sequence[int], boundary: Boundary, most_sites: int) -> Lattice:
    sides = Lattice(shape).shape
    if len(sides) != 2:
        raise ValueError(f"shape {sides}: a torus has two sides")
    lattice = Lattice(sides, boundary)
    if "free" in lattice.boundary:
        raise ValueError(f'boundary {boundary!r}: allowed are "periodic" and "antiperiodic"')
    if lattice.n_sites > most_sites:
        raise ValueError(f"shape {lattice.shape}: at most {most_sites} sites are counted, not {lattice.n_sites}")
    return lattice


def _row_and_stack(lattice: Lattice) -> tuple[int, int]:
    """The axis of the rows, which are the shorter side: fewer momenta, a smaller transfer matrix; and the other one."""
    return (0, 1) if lattice.shape[0] <= lattice.shape[1] else (1, 0)


@lru_cache(maxsize=32)
def _density(lattice: Lattice) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Energies that occur and their counts."""
    row, stack = _row_and_stack(lattice)
    n, m = lattice.shape[row], lattice.shape[stack]
    signs = SIGNS[lattice.boundary[row], lattice.boundary[stack]]
    n_points = 1 << (2 * lattice.n_sites).bit_length()
    counts, modulus = np.zeros(2 * lattice.n_sites + 1, dtype=object), 1
    for prime, root in prime_field.fields(math.lcm(n_points, 2 * n)):
        residues = _coefficients(prime, root, n_points, m, n, signs)[: counts.size]
        inverse = pow(modulus, -1, prime)
        counts += modulus * ((residues.astype(object) - counts) * inverse % prime)
        modulus *= prime
        if modulus > 2**lattice.n_sites:
            break
    occurring = [k for k, count in enumerate(counts) if count]
    return tuple(2 * (k - lattice.n_sites) for k in occurring), tuple(counts[occurring])


def _coefficients(prime: int, root: int, n_points: int, m: int, n: int, signs: tuple[int, ...]) -> Residues:
    """Coefficients of x^N Z modulo the prime; root is of order lcm(n_points, 2 n)."""
    order = math.lcm(n_points, 2 * n)
    node = pow(root, order // n_points, prime)
    x = prime_field.powers(node, n_points, prime)
    turn = pow(root, order // (2 * n), prime)  # exp(i pi / n)
    products = [product for shift in (1, 0) for product in _sector(x, prime, turn, m, n, shift)]
    total = np.sum([sign % prime * product for sign, product in zip(signs, products, strict=True)], axis=0) % prime
    # Inverse transform: the powers of 1 / node, divided by the number of points; and the half of the formula.
    scale = np.uint64(pow(2 * n_points, -1, prime))
    return prime_field.transform(total, pow(node, -1, prime), prime) * scale % prime


def _sector(x: Residues, prime: int, turn: int, m: int, n: int, shift: int) -> tuple[Residues, Residues]:
    """C and S at the points x, over the momenta pi (2 r + shift) / n; turn is exp(i pi / n)."""
    minus = prime - x
    b = x * (1 + x) % prime * (1 + minus) % prime
    constant = prime_field.power(1 + x * x, 2, prime)
    c = s = np.ones_like(x)
    for step in range(shift, n + 1, 2):
        if step in (0, n):
            sign, opposite = (minus, x) if step == 0 else (x, minus)
            large, small = prime_field.power(1 + sign, m, prime), prime_field.power(x * (1 + opposite), m, prime)
        else:
            cosine = (pow(turn, step, prime) + pow(turn, -step, prime)) % prime  # doubled
            a = (constant + (prime - cosine) * b) % prime
            large, small = _chebyshev(a, b, m, prime), 2 * prime_field.power(b, m, prime)
        c = (large + small) % prime * c % prime
        s = (large + 2 * prime - small) % prime * s % prime
    return c, s


def _chebyshev(a: Residues, b: Residues, m: int, prime: int) -> Residues:
    """P_m of P_0 = 2, P_1 = a, P_(k+1) = a P_k - b^2 P_(k-1), from its doubling formulas, bit by bit of m."""
    b_squared = b * b % prime
    # P_k, P_(k+1) and b^(2k), from k = 0
    low, high, power = np.full_like(a, 2), a, np.ones_like(a)
    for bit in bin(m)[2:]:
        middle = (low * high + (prime - a) * power) % prime
        if bit == "1":
            low, high = middle, (high * high + (prime - 2) * (power * b_squared % prime)) % prime
            power = power * power % prime * b_squared % prime
        else:
            low, high = (low * low + (prime - 2) * power) % prime, middle
            power = power * power % prime
    return low


def _joint_density(lattice: Lattice) -> tuple[list[int], list[int], list[int]]:
    """Energies, magnetisations and counts of all cells.

    A polynomial in x (unsatisfied bonds) and y (spins up) is one integer: its coefficients, at most 2^N, are digits
    of N + 1 bits. So a power of x or y is a shift, and the sum over a spin an addition, of Python's integers.
    """
    row, stack = _row_and_stack(lattice)
    n, m = lattice.shape[row], lattice.shape[stack]
    seam_row, seam_stack = (lattice.boundary[axis] == "antiperiodic" for axis in (row, stack))
    y = lattice.n_sites + 1
    x = y * (lattice.n_sites + 1)
    total = 0
    for first, multiplicity in _first_rows(n, seam_row).items():
        vector = [0] * 2**n
        vector[first] = 1
        for height in range(1, m + 1):
            for site in range(n):
                vector = _next_spin(vector, site, n, seam_row, seam_stack and height == m, x, y)
        total += multiplicity * vector[first]
    energies, magnetizations, counts = [], [], []
    for k in range(2 * lattice.n_sites + 1):
        for up in range(lattice.n_sites + 1):
            count = total >> (x * k + y * up) & 2**y - 1
            if count:
                energies.append(2 * (k - lattice.n_sites))
                magnetizations.append(2 * up - lattice.n_sites)
                counts.append(count)
    return energies, magnetizations, counts


def _first_rows(n: int, seam: bool) -> dict[int, int]:
    """First rows to sum over, and the number of rows that each stands for: those it is turned into, without a seam."""
    rows: dict[int, int] = {}
    for row in range(2**n):
        turns = [row] if seam else [(row >> k | row << n - k) % 2**n for k in range(n)]
        rows[min(turns)] = rows.get(min(turns), 0) + 1
    return rows


def _next_spin(vector: list[int], site: int, n: int, seam_row: bool, seam_stack: bool, x: int, y: int) -> list[int]:
    """Replace the spin at `site` of the row (bit of the index, 1 is up) by the one above it."""
    following = []
    for row in range(2**n):
        up = row >> site & 1
        unsatisfied = 0
        if site > 0:
            unsatisfied += up ^ row >> site - 1 & 1
        if site == n - 1:
            unsatisfied += up ^ row & 1 ^ seam_row
        like, unlike = vector[row], vector[row ^ 1 << site]
        both = (like << x) + unlike if seam_stack else like + (unlike << x)
        following.append(both << x * unsatisfied + y * up)
    return following
