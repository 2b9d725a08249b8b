"""Configurations and bonds as bits: site j of a row is bit j % 64 of the row's word j // 64.

A row is a line of sites along the last axis; rows follow each other in C order. Bits beyond the end of a row mean
nothing. Unlike the words of `spinlib.samplers.multispin`, in which neighbours have the same bit of different words,
these keep neighbours in a row side by side.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import extending, types

from spinlib.compilation import njit
from spinlib.lattice import Lattice
from spinlib.samplers.bits.random_words import empty_words

_JIT: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
_ONE = np.uint64(1)

# numba's annotation of it leaves the typing context among the arguments of a call.
_intrinsic: Any = extending.intrinsic


@_intrinsic
def count_bits(typing_context: Any, word: Any) -> Any:
    """Number of set bits of a uint64."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


class Bonds(NamedTuple):
    """The bonds x -> x + e_axis of a lattice with neighbourhood "nearest" (1 to 3 axes).

    width: sites in a row. words_per_row: words. before, after: int64 (axes - 1, rows), the row before and after every
    row along each of the other axes, across the boundary if need be. present, unlike: uint64 (axes, words), bit set
    where site x has that bond, and where that bond favours unlike spins.
    """

    width: int
    words_per_row: int
    before: np.ndarray
    after: np.ndarray
    present: np.ndarray
    unlike: np.ndarray


def bonds(lattice: Lattice, strengths: np.ndarray) -> Bonds:
    """The bonds with strengths (axes, N) of either sign, or 0 for none."""
    width = lattice.shape[-1]
    return Bonds(*_rows(lattice), _words(strengths != 0, width), _words(strengths < 0, width))


def regular_bonds(lattice: Lattice, unlike: np.ndarray) -> Bonds:
    """The bonds of one coupling along each axis, which favours unlike spins where `unlike`, bool (axes,), is set.

    The same as `bonds`, but without a table of all bonds.
    """
    width, words_per_row, before, after = _rows(lattice)
    n_rows, full_row = before.shape[1], _words(np.ones((1, width), bool), width)[0, :words_per_row]
    present, opposed = (
        empty_words(lattice.ndim, n_rows * words_per_row),
        empty_words(lattice.ndim, n_rows * words_per_row),
    )
    for axis, boundary in enumerate(lattice.boundary):
        for words, inside, at_end in (
            (present, True, boundary != "free"),
            (opposed, unlike[axis], unlike[axis] != (boundary == "antiperiodic")),
        ):
            rows = words[axis, : n_rows * words_per_row].reshape(*lattice.shape[:-1], words_per_row)
            if inside:
                rows[...] = full_row
            if axis < lattice.ndim - 1:
                last = rows[(slice(None),) * axis + (-1,)]
                last[...] = full_row if at_end else 0
            elif at_end != inside:
                rows[..., -1] ^= _ONE << np.uint64((width - 1) % 64)
    return Bonds(width, words_per_row, before, after, present, opposed)


def _rows(lattice: Lattice) -> tuple[int, int, np.ndarray, np.ndarray]:
    """The first four entries of `Bonds`."""
    *others, width = lattice.shape
    n_rows = math.prod(others)
    numbers = np.arange(n_rows).reshape(others)
    before, after = (
        np.array([np.roll(numbers, shift, axis).ravel() for axis in range(len(others))], np.int64).reshape(-1, n_rows)
        for shift in (1, -1)
    )
    return width, -(-width // 64), before, after


def _words(flags: np.ndarray, width: int) -> np.ndarray:
    """bool (n, N) as bits, uint64 (n, words)."""
    n_arrays, n_sites = flags.shape
    words_per_row = -(-width // 64)
    packed = np.packbits(flags.reshape(n_arrays, -1, width), axis=2, bitorder="little")
    padded = np.zeros((*packed.shape[:2], 8 * words_per_row), np.uint8)
    padded[:, :, : packed.shape[2]] = packed
    n_words = n_sites // width * words_per_row
    words = empty_words(n_arrays, n_words)
    words[:, :n_words] = padded.view("<u8").reshape(n_arrays, n_words)
    return words


@njit(**_JIT)
def pack(spins, planes, width, is_ising):
    """Fill planes, uint64 (K, words), from spins, int8 (N,): plane k holds the binary digit of weight 2^k of a state.

    Ising spins have one plane; its bits are set where the spin is down.
    """
    words_per_row = (width + 63) // 64
    for k in range(planes.shape[0]):
        # -1 and +1 differ in all digits but the first.
        digit = np.int8(2 if is_ising else 1 << k)
        for word in range(planes.shape[1]):
            row, column = divmod(word, words_per_row)
            first, n_sites = row * width + 64 * column, min(64, width - 64 * column)
            # A loop of known length is twice as fast.
            if n_sites == 64:
                planes[k, word] = _gather(spins, first, 64, digit)
            else:
                planes[k, word] = _gather(spins, first, n_sites, digit)


@njit(**_JIT)
def _gather(spins, first, n_sites, digit):
    bits = np.uint64(0)
    # The compiler does not vectorise a loop whose indices could be negative.
    for bit in range(np.uint64(n_sites)):
        bits |= np.uint64((spins[np.uint64(first) + bit] & digit) != 0) << bit
    return bits


@njit(**_JIT)
def unpack(planes, spins, width, is_ising):
    """The inverse of `pack`."""
    words_per_row = (width + 63) // 64
    spins[:] = 1 if is_ising else 0
    for k in range(planes.shape[0]):
        value = np.int8(-2 if is_ising else 1 << k)
        for word in range(planes.shape[1]):
            row, column = divmod(word, words_per_row)
            first, n_sites = row * width + 64 * column, min(64, width - 64 * column)
            if n_sites == 64:
                _scatter(planes[k, word], spins, first, 64, value)
            else:
                _scatter(planes[k, word], spins, first, n_sites, value)


@njit(**_JIT)
def _scatter(bits, spins, first, n_sites, value):
    for bit in range(np.uint64(n_sites)):
        spins[np.uint64(first) + bit] += value * np.int8((bits >> bit) & _ONE)
