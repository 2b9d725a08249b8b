"""Kaufman's formula as a polynomial whose coefficients are numbers of states, evaluated in prime fields.

The names are those of `spinlib.exact.kaufman`: m rows of n spins.

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
from functools import lru_cache

import numpy as np

from spinlib.exact import prime_field
from spinlib.exact.kaufman_digits import SIGNS
from spinlib.exact.prime_field import Residues
from spinlib.lattice import Lattice


def row_and_stack(lattice: Lattice) -> tuple[int, int]:
    """The axis of the rows, and the other axis.

    The row is the shorter side, for fewer momenta and a smaller transfer matrix.
    """
    return (0, 1) if lattice.shape[0] <= lattice.shape[1] else (1, 0)


@lru_cache(maxsize=32)
def counts(lattice: Lattice) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Energies that occur and their counts."""
    row, stack = row_and_stack(lattice)
    n, m = lattice.shape[row], lattice.shape[stack]
    signs = SIGNS[lattice.boundary[row], lattice.boundary[stack]]
    n_points = 1 << (2 * lattice.n_sites).bit_length()
    found, modulus = np.zeros(2 * lattice.n_sites + 1, dtype=object), 1
    for prime, root in prime_field.fields(math.lcm(n_points, 2 * n)):
        residues = _coefficients(prime, root, n_points, m, n, signs)[: found.size]
        inverse = pow(modulus, -1, prime)
        found += modulus * ((residues.astype(object) - found) * inverse % prime)
        modulus *= prime
        if modulus > 2**lattice.n_sites:
            break
    occurring = [k for k, count in enumerate(found) if count]
    return tuple(2 * (k - lattice.n_sites) for k in occurring), tuple(found[occurring])


def _coefficients(prime: int, root: int, n_points: int, m: int, n: int, signs: tuple[int, ...]) -> Residues:
    """Coefficients of x^N Z modulo the prime; root is of order lcm(n_points, 2 n)."""
    order = math.lcm(n_points, 2 * n)
    node = pow(root, order // n_points, prime)
    x = prime_field.powers(node, n_points, prime)
    turn = pow(root, order // (2 * n), prime)  # exp(i pi / n)
    products = [product for shift in (1, 0) for product in _sector(x, prime, turn, m, n, shift)]
    total = np.sum([sign % prime * product for sign, product in zip(signs, products, strict=True)], axis=0) % prime
    # Inverse transform (powers of 1 / node, divided by the number of points), and the factor 1/2 of the formula.
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
