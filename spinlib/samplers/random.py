"""Random streams: one per block of work, never one per worker or thread.

`keyed_streams` and `keyed_generator` serve the functions that users call. Their key is a digest of all that
distinguishes one call from another (`spinlib.samplers.chains.contents`), so that no two calls share random numbers.
`streams` and `torch_generator` number their blocks.

The generator is xoshiro256++ 1.0 (D. Blackman and S. Vigna, ACM Trans. Math. Softw. 47, 36 (2021)); its state is
four 64-bit words. Compiled loops either advance a row of a stream array in place (`next_uint64`, `next_float`) or,
faster, keep the state in a tuple (`load`, `advance`, `store`).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import uint64

from spinlib.arguments import at_least
from spinlib.compilation import njit

if TYPE_CHECKING:
    import torch

__all__ = [
    "advance",
    "choose",
    "keyed_generator",
    "keyed_streams",
    "load",
    "next_float",
    "next_uint64",
    "outputs",
    "scramble",
    "store",
    "streams",
    "thresholds",
    "to_float",
    "torch_generator",
]

# Weyl increment of SplitMix64: 2**64 divided by the golden ratio.
_GOLDEN = uint64(0x9E3779B97F4A7C15)


def streams(seed: int, method: str, temperature_index: int, blocks: int | Iterable[int]) -> np.ndarray:
    """States of xoshiro256++, one per block.

    Each is numpy's SeedSequence of `seed` with the key (crc32 of `method`, `temperature_index`, block), so it depends
    on these four alone.

    Parameters
    ----------
    seed : int
        At least 0.
    method : str
        The purpose of the streams, by name.
    temperature_index : int
        At least 0.
    blocks : int or iterable of int
        Indices of the blocks, or a number n for 0 .. n - 1.

    Returns
    -------
    numpy.ndarray
        uint64 (n, 4).

    Raises
    ------
    ValueError
        For negative numbers.
    TypeError
        For numbers that are no integers.

    References
    ----------
    D. Blackman and S. Vigna, ACM Trans. Math. Softw. 47, 36 (2021).

    Examples
    --------
    >>> from spinlib.samplers.random import next_float, streams
    >>> rng = streams(0, "example", 0, 2)
    >>> rng.shape
    (2, 4)
    >>> 0.0 <= next_float(rng[0]) < 1.0
    True
    """
    key = (zlib.crc32(method.encode()), at_least(0, "temperature_index", temperature_index))
    numbers = range(at_least(0, "blocks", blocks)) if not isinstance(blocks, Iterable) else blocks
    entropy = at_least(0, "seed", seed)
    states = [
        np.random.SeedSequence(entropy, spawn_key=(*key, at_least(0, "block", block))).generate_state(4, np.uint64)
        for block in numbers
    ]
    return np.array(states, dtype=np.uint64).reshape(-1, 4)


def torch_generator(seed: int, method: str, temperature_index: int, block: int, device: Any = "cpu") -> torch.Generator:
    """A torch generator for one block, seeded with the first word of `streams` of the same key.

    Parameters
    ----------
    seed, method, temperature_index
        As for `streams`.
    block : int
        Index of the block.
    device : torch.device or str
        Where the generator works.

    Returns
    -------
    torch.Generator
        The generator.

    Raises
    ------
    TypeError, ValueError
        Where `streams` does.

    Examples
    --------
    >>> import torch
    >>> from spinlib.samplers.random import torch_generator
    >>> torch.rand(3, generator=torch_generator(0, "example", 0, 0)).shape
    torch.Size([3])
    """
    import torch

    (state,) = streams(seed, method, temperature_index, [block])
    return torch.Generator(device=device).manual_seed(int(state[0] >> np.uint64(1)))


def keyed_streams(seed: int, keys: Sequence[bytes]) -> np.ndarray:
    """States of xoshiro256++, one per key: numpy's SeedSequence of `seed` with the key's 32-bit words.

    Parameters
    ----------
    seed : int
        At least 0.
    keys : sequence of bytes
        Digests as `spinlib.samplers.chains.contents.digest` makes them, of at least 4 bytes.

    Returns
    -------
    numpy.ndarray
        uint64 (n, 4).

    Raises
    ------
    TypeError, ValueError
        For a seed that is no integer, or negative.

    Examples
    --------
    >>> from spinlib.samplers.chains.contents import digest
    >>> from spinlib.samplers.random import keyed_streams
    >>> keyed_streams(0, [digest("example", k) for k in range(3)]).shape
    (3, 4)
    """
    # SeedSequence(seed, spawn_key=words) gives the same numbers one at a time, which takes four times as long.
    entropy = _words(at_least(0, "seed", seed))
    states = [
        np.random.SeedSequence(np.concatenate((entropy, np.frombuffer(key, "<u4")))).generate_state(4, np.uint64)
        for key in keys
    ]
    return np.array(states, dtype=np.uint64).reshape(-1, 4)


def _words(seed: int) -> np.ndarray:
    """The words of a seed as SeedSequence with a key uses them: uint32, at least (4,), the lowest word first."""
    return np.frombuffer(seed.to_bytes(4 * max(4, -(-seed.bit_length() // 32)), "little"), "<u4")


def keyed_generator(seed: int, key: bytes, device: Any = "cpu") -> torch.Generator:
    """A torch generator, seeded with the first word of `keyed_streams` of the same key.

    Parameters
    ----------
    seed : int
        At least 0.
    key : bytes
        As for `keyed_streams`.
    device : torch.device or str
        Where the generator works.

    Returns
    -------
    torch.Generator
        The generator.

    Raises
    ------
    TypeError, ValueError
        Where `keyed_streams` does.

    Examples
    --------
    >>> import torch
    >>> from spinlib.samplers.chains.contents import digest
    >>> from spinlib.samplers.random import keyed_generator
    >>> torch.rand(3, generator=keyed_generator(0, digest("example"))).shape
    torch.Size([3])
    """
    import torch

    (state,) = keyed_streams(seed, [key])
    return torch.Generator(device=device).manual_seed(int(state[0] >> np.uint64(1)))


@njit(cache=True, nogil=True, error_model="numpy")
def load(row):
    """The state in `row`, a uint64 array (4,), as a tuple."""
    return row[0], row[1], row[2], row[3]


@njit(cache=True, nogil=True, error_model="numpy")
def store(row, state):
    """Write a tuple's state back to its row."""
    row[0], row[1], row[2], row[3] = state


@njit(cache=True, nogil=True, error_model="numpy")
def advance(state):
    """64 random bits (uint64) and the next state, for a state kept in a tuple."""
    s0, s1, s2, s3 = state
    total = s0 + s3
    bits = ((total << uint64(23)) | (total >> uint64(41))) + s0
    shifted = s1 << uint64(17)
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = (s3 << uint64(45)) | (s3 >> uint64(19))
    return bits, (s0, s1, s2, s3)


@njit(cache=True, nogil=True, error_model="numpy")
def next_uint64(row):
    """64 random bits from a stream array's row, which is advanced in place."""
    bits, state = advance(load(row))
    store(row, state)
    return bits


@njit(cache=True, nogil=True, error_model="numpy")
def next_float(row):
    """A float64 in [0, 1) with 53 random bits from a stream array's row, which is advanced in place."""
    return to_float(next_uint64(row))


@njit(cache=True, nogil=True, error_model="numpy")
def to_float(bits):
    """The upper 53 of 64 random bits as a float64 in [0, 1)."""
    return (bits >> uint64(11)) * (1.0 / 9007199254740992.0)


@njit(cache=True, nogil=True, error_model="numpy")
def choose(bits, n):
    """An integer in 0 .. n - 1, and 64 bits that remain random given this integer, both from 64 bits.

    They are the two words of bits * n. No choice is preferred by more than n / 2**64.

    Parameters
    ----------
    bits : uint64
        Random bits.
    n : int
        Below 2**32.

    Returns
    -------
    tuple of uint64
        The integer, and the bits that are left.

    References
    ----------
    D. Lemire, ACM Trans. Model. Comput. Simul. 29, 3 (2019).
    """
    n = uint64(n)
    low = (bits & uint64(0xFFFFFFFF)) * n
    high = (bits >> uint64(32)) * n
    return (high + (low >> uint64(32))) >> uint64(32), bits * n


@njit(cache=True, nogil=True, error_model="numpy")
def scramble(key, k):
    """Output k = 0, 1, ... of SplitMix64 whose counter begins at `key`.

    It keeps no state, so that a loop over k can be vectorised; `key` is drawn anew for each row of sites.

    Parameters
    ----------
    key : uint64
        Random bits.
    k : int
        Which output.

    Returns
    -------
    uint64
        Random bits.

    References
    ----------
    G. Steele, D. Lea and C. Flood, OOPSLA 2014.
    """
    z = key + uint64(k) * _GOLDEN
    z = (z ^ (z >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> uint64(27))) * uint64(0x94D049BB133111EB)
    return z ^ (z >> uint64(31))


def outputs(row: np.ndarray, n: int) -> list[int]:
    """The next n outputs of `next_uint64`, computed by Python: for a few outputs this takes less time than compiling.

    Parameters
    ----------
    row : numpy.ndarray
        uint64 (4,), a row of a stream array, advanced in place.
    n : int
        How many.

    Returns
    -------
    list of int
        64 random bits each.

    Examples
    --------
    >>> from spinlib.samplers.random import next_uint64, outputs, streams
    >>> (first,), (second,) = streams(0, "example", 0, 1), streams(0, "example", 0, 1)
    >>> outputs(first, 2) == [next_uint64(second), next_uint64(second)]
    True
    """
    mask = 2**64 - 1
    s0, s1, s2, s3 = row.tolist()
    bits = []
    for _ in range(n):
        total = (s0 + s3) & mask
        bits.append(((total << 23 | total >> 41) + s0) & mask)
        shifted = s1 << 17 & mask
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= shifted
        s3 = (s3 << 45 | s3 >> 19) & mask
    row[:] = s0, s1, s2, s3
    return bits


def thresholds(probabilities: Any) -> np.ndarray:
    """Integers t with (bits >> 11) < t exactly when the 53-bit uniform number is below a probability.

    Parameters
    ----------
    probabilities : array_like
        Of any shape, from 0 to 1.

    Returns
    -------
    numpy.ndarray
        uint64 of the same shape.

    Examples
    --------
    >>> from spinlib.samplers.random import thresholds
    >>> (thresholds([0.0, 0.5, 1.0]) == [0, 2**52, 2**53]).tolist()
    [True, True, True]
    """
    return np.ceil(np.asarray(probabilities, dtype=np.float64) * 2.0**53).astype(np.uint64)
