"""Flip probabilities of the packed kernel in binary: a few digits as bits of words, the rest as integers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from spinlib.samplers.bits.binary_digits import binary_digits, bits_of_word
from spinlib.samplers.bits.word_vectors import WIDTH, aligned
from spinlib.samplers.single_spin.acceptance import PROPOSED

PLANES = 12
DYNAMICS = ("metropolis", "heat_bath")


class FlipTable(NamedTuple):
    """Flip probabilities of the sites of a lattice, for each of a word's 64 bits.

    They depend on the place of the WIDTH words that are updated together. Places 0, 1, 2 have no free side boundary and
    are in the interior, the first row and the last row. In places 3, 4, 5 the first word is at a free side boundary; in
    places 6, 7, 8 the row's last word is.

    lacking, corners: uint64 (9, WIDTH), the bits that have three or two neighbours. digits: uint64
    (9, 2 * PLANES * WIDTH), for each place the first binary digits of p with no and then with one unsatisfied bond,
    each of them WIDTH words. tails: uint64 (2, 2, 64), the rest of p as a fraction of 2^64, for four and for three
    neighbours, with no and with one unsatisfied bond, for each bit.
    """

    lacking: np.ndarray
    corners: np.ndarray
    digits: np.ndarray
    tails: np.ndarray


def flip_table(couplings: np.ndarray, dynamics: str, cuts: np.ndarray, n_columns: int) -> FlipTable:
    """The table for |J| / T of each bit, float64 (64,), and so many sites of one colour in a row.

    cuts: see `spinlib.samplers.multispin.layout.Boundary`.
    """
    upper, lower, side = cuts
    rows, ends = np.array([0, upper, lower], np.uint64), np.zeros((3, WIDTH), np.uint64)
    ends[1, 0] = ends[2, (n_columns - 1) % WIDTH] = side
    lacking = (ends[:, None] ^ rows[:, None]).reshape(9, WIDTH)
    corners = (ends[:, None] & rows[:, None]).reshape(9, WIDTH)
    probabilities = np.stack([flip_probabilities(couplings, dynamics, n_neighbors) for n_neighbors in (4, 3)])
    if dynamics == "metropolis":
        probabilities *= PROPOSED
    (of_four, of_three), tails = digits_of_bits(probabilities)
    masks = lacking[:, None, None]
    digits = (of_four[..., None] & ~masks) | (of_three[..., None] & masks)
    return FlipTable(aligned(lacking), aligned(corners), aligned(digits.reshape(9, -1)), tails)


def flip_probabilities(couplings: np.ndarray, dynamics: str, n_neighbors: int = 4) -> np.ndarray:
    """p of a flip with n = 0 (row 0) and n = 1 (row 1) unsatisfied bonds of 4 or 3: float64 (2, *couplings.shape).

    couplings: |J| / T. The flip costs dE = 2 (z - 2 n) |J|, z the number of neighbours. Metropolis: exp(-dE / T), and
    1 for 2 n >= z. Heat bath: 1 / (1 + exp(dE / T)), 1/2 for 2 n = z, and 1 - p(z - n) for 2 n > z.
    """
    boltzmann = np.exp(np.stack([-2.0 * n_neighbors * couplings, -2.0 * (n_neighbors - 2) * couplings]))
    return boltzmann if dynamics == "metropolis" else boltzmann / (1.0 + boltzmann)


def digits_of_bits(probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`binary_digits` uint64 (..., PLANES), with a bit for each of 64 probabilities, and tails uint64 (..., 64).

    probabilities: (..., 64), for each bit, or (..., 1), for all.
    """
    digits, tails = binary_digits(np.broadcast_to(probabilities, (*probabilities.shape[:-1], 64)), PLANES)
    return bits_of_word(digits.swapaxes(-1, -2)), tails
