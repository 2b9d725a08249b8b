"""Arithmetic in prime fields on numpy arrays, for exact results by evaluation and the Chinese remainder theorem.

Residues are uint64 below a prime p < 2^31: a product fits 62 bits, and four products may be added before `% p`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Residues = NDArray[np.uint64]

PRIMES_BELOW = 2**31


def fields(order: int) -> Iterator[tuple[int, int]]:
    """Primes p = 1 modulo `order` (at least 2), falling, each with an element of that order modulo p.

    ArithmeticError when none is left.
    """
    divisors = _primes(math.isqrt(PRIMES_BELOW))
    factors = divisors[order % divisors == 0]
    for prime in range(PRIMES_BELOW - (PRIMES_BELOW - 1) % order, order, -order):
        if (prime % divisors == 0).any():
            continue
        roots = (pow(base, (prime - 1) // order, prime) for base in range(2, prime))
        yield prime, next(w for w in roots if all(pow(w, order // int(f), prime) != 1 for f in factors))
    raise ArithmeticError(f"too few primes below {PRIMES_BELOW} are 1 modulo {order}")


def power(base: Residues, exponent: int, prime: int) -> Residues:
    """base^exponent of every element; base may be any uint64."""
    result, square = np.ones_like(base), base % prime
    while exponent:
        if exponent & 1:
            result = result * square % prime
        square = square * square % prime
        exponent >>= 1
    return result


def powers(base: int, n: int, prime: int) -> Residues:
    """base^0 .. base^(n - 1); n is a power of two."""
    result = np.ones(1, dtype=np.uint64)
    while result.size < n:
        result = np.concatenate([result, result * pow(base, result.size, prime) % prime])
    return result


def transform(values: Residues, root: int, prime: int) -> Residues:
    """sum_j values[j] root^(j k) for every k, by Stockham's fast Fourier transform.

    root: of order values.size, a power of two.
    """
    columns = values[:, None]
    while len(columns) > 1:
        half = len(columns) // 2
        upper, lower = columns[:half], columns[half:]
        turned = (upper + prime - lower) * powers(root, half, prime)[:, None] % prime
        columns = np.stack([(upper + lower) % prime, turned], axis=1).reshape(half, -1)
        root = root * root % prime
    return columns[0]


def _primes(limit: int) -> NDArray[np.int64]:
    """All primes up to `limit`."""
    sieve = np.ones(limit + 1, dtype=bool)
    sieve[:2] = False
    for k in range(2, math.isqrt(limit) + 1):
        sieve[k * k :: k] = False
    return np.flatnonzero(sieve)
