"""The packed update itself: its flips are counted against the formula, and its two kinds of word compared."""

import numpy as np
import pytest
from numba import njit
from scipy.stats import chi2, poisson

from spinlib.samplers.bits.word_vectors import WIDTH
from spinlib.samplers.multispin.cpu_kernel import LANES, PROPOSAL_PLANES, Block, empty_undecided, sweep_words
from spinlib.samplers.multispin.cpu_kernel import sweep as sweep_share
from spinlib.samplers.multispin.flip_table import flip_table
from spinlib.samplers.multispin.layout import MARGIN, Boundary, bond_signs, empty_words
from spinlib.samplers.multispin.packing import pack
from spinlib.samplers.single_spin.acceptance import PROPOSED
from spinlib.statistics import holm

ZERO = np.uint64(0)
NONE = (0, 0, 0)


def block(spins, couplings, dynamics="metropolis", seed=0, turn=0, seams=NONE, cuts=NONE, unlike=None):
    """A block of one band around spins (64, rows, columns)."""
    rng = np.random.default_rng(seed)
    n_rows, n_columns = spins.shape[1], spins.shape[2] // 2
    boundary = Boundary(np.array(seams, np.uint64), np.array(cuts, np.uint64), turn)
    words = empty_words(n_rows, n_columns)
    pack(spins, words, np.zeros(2, np.bool_), boundary)
    return Block(
        words=words,
        n_columns=n_columns,
        boundary=boundary,
        signs=np.empty((2, 4, 0, 0), np.uint64) if unlike is None else bond_signs(unlike),
        held=np.empty((2, 0, 0), np.uint64),
        bands=np.array([1, n_rows + 1]),
        lanes=rng.integers(0, 2**64, (1, 4, LANES), dtype=np.uint64),
        states=rng.integers(0, 2**64, (1, WIDTH), dtype=np.uint64),
        heat_bath=dynamics == "heat_bath",
        flips=flip_table(np.broadcast_to(couplings, 64), dynamics, boundary.cuts, n_columns),
    )


def sweep(block, n):
    """On one thread."""
    sweep_share(block, n, 0, 1, np.zeros(1, np.int64), empty_undecided(block.n_columns))


@njit
def sweep_wordwise(block, n, undecided):
    sweep_words(block, n, 0, 1, np.zeros(1, np.int64), undecided, ZERO)


BITS = [
    {"turn": 8, "seams": (2**8 - 1, 2**64 - 2**56, 0), "cuts": (0, 0, 2**64 - 1)},
    {"turn": 32, "seams": (0, 0, 2**64 - 1), "cuts": (2**32 - 1, 2**64 - 2**32, 0)},
    {"turn": 1, "seams": (1, 2**63, 2**64 - 1)},
    {"turn": 1, "cuts": (1, 2**63, 2**64 - 1)},
    {"seams": (2**64 - 1, 2**64 - 1, 0), "cuts": (0, 0, 2**64 - 1)},
    {"cuts": (2**64 - 1, 2**64 - 1, 0), "unlike": True},
]


@pytest.mark.parametrize("options", BITS)
@pytest.mark.parametrize("n_columns", [1, 8, 19, 36])
@pytest.mark.parametrize("dynamics", ["metropolis", "heat_bath"])
def test_eight_words_at_a_time_and_one_give_the_same_bits(n_columns, dynamics, options):
    rng = np.random.default_rng(n_columns)
    spins = rng.choice(np.array([-1, 1], np.int8), (64, 6, 2 * n_columns))
    couplings = np.linspace(0.01, 1.0, 64)
    if "unlike" in options:
        options = options | {"unlike": rng.integers(0, 2, (6, 2 * n_columns, 4)).astype(bool)}
    one, other = (block(spins, couplings, dynamics, **options) for _ in range(2))
    sweep(one, 50)
    sweep_wordwise(other, 50, empty_undecided(n_columns))
    inside = np.s_[:, :, MARGIN : MARGIN + n_columns]
    np.testing.assert_array_equal(one.words[inside], other.words[inside])
    for name in ("lanes", "states"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)


def test_metropolis_leaves_out_as_many_sites_as_the_other_kernels():
    assert 1 - 2.0**-PROPOSAL_PLANES == PROPOSED


def with_unlike_neighbors(n, length=32):
    """Spins for which every site of colour 0 is up and has n neighbours that are down: (64, length, length)."""
    i, j = np.indices((length, length))
    # The neighbours of a site are the four combinations (i + j +- 1, i - j +- 1); one of each pair is 1 modulo 4.
    first, second = (i + j) % 4 == 1, (i - j) % 4 == 1
    down = [np.zeros_like(first), first & second, first, first | second, np.ones_like(first)][n]
    spins = np.where(down & ((i + j) % 2 == 1), -1, 1).astype(np.int8)
    return np.repeat(spins[None], 64, axis=0)


def flips_of_color_0(start, couplings, dynamics, repeats):
    """How many sites of colour 0, updated first, were flipped in one sweep, for each bit, summed over repeats."""
    run = block(start, couplings, dynamics, seed=11)
    words, n_sites = run.words.copy(), start[0].size // 2
    flips = np.zeros(64, np.int64)
    for _ in range(repeats):
        run.words[:] = words
        sweep(run, 1)
        up = run.words[0, 1:-1, MARGIN : MARGIN + run.n_columns].ravel()
        flips += n_sites - np.unpackbits(up.view(np.uint8), bitorder="little").reshape(-1, 64).sum(
            axis=0, dtype=np.int64
        )
    return flips, n_sites * repeats


@pytest.mark.parametrize("dynamics", ["metropolis", "heat_bath"])
def test_flip_frequencies(dynamics):
    """64 temperatures at once, from T = 1 to T = 10: chi-square over them for every number of unlike neighbours."""
    couplings = 1.0 / np.geomspace(1.0, 10.0, 64)
    p_values = []
    for n in range(5):
        flips, trials = flips_of_color_0(with_unlike_neighbors(n), couplings, dynamics, 1000)
        cost = (8 - 4 * n) * couplings
        p = PROPOSED * np.exp(-np.maximum(cost, 0)) if dynamics == "metropolis" else 1 / (1 + np.exp(cost))
        p_values.append(chi2.sf(((flips - trials * p) ** 2 / (trials * p * (1 - p))).sum(), 64))
    assert not holm(p_values).any()


@pytest.mark.parametrize(("temperature", "repeats"), [(1.2, 300), (0.8, 1500), (0.62, 3000)])
def test_rare_flips_come_at_the_exact_rate(temperature, repeats):
    """exp(-8/T) down to 2.5e-6, far below 2^-12: such flips are decided by the tail alone."""
    flips, trials = flips_of_color_0(with_unlike_neighbors(0), 1 / temperature, "metropolis", repeats)
    expected = 64 * trials * PROPOSED * np.exp(-8 / temperature)
    assert expected > 200
    tail = min(poisson.cdf(flips.sum(), expected), poisson.sf(flips.sum() - 1, expected))
    assert tail > 0.0005


def test_nothing_flips_where_the_probability_is_zero():
    assert not flips_of_color_0(with_unlike_neighbors(0), 100.0, "metropolis", 20)[0].any()


def test_flips_of_different_sites_and_bits_are_independent():
    """Neighbouring bits, and sites one word, a vector or all lanes apart, flip together with probability p^2."""
    spins = np.ones((64, 16, 256), np.int8)
    run = block(spins, 0.05, "metropolis", seed=3)
    start, together, repeats = run.words.copy(), np.zeros(4), 400
    for _ in range(repeats):
        run.words[:] = start
        sweep(run, 1)
        flipped = ~run.words[0, 1:-1, 8:136]
        partners = [np.roll(flipped, shift, axis=1) for shift in (1, 8, LANES)]
        partners.append(flipped << np.uint64(1) | flipped >> np.uint64(63))
        together += [np.unpackbits((flipped & partner).view(np.uint8)).sum() for partner in partners]
    p = PROPOSED * np.exp(-8 * 0.05)
    pairs = repeats * 16 * 128 * 64
    # Products of neighbouring pairs share a site: variance p^2 - p^4 + 2 (p^3 - p^4) per pair.
    error = np.sqrt(pairs * (p**2 - p**4 + 2 * (p**3 - p**4)))
    assert np.abs(together - pairs * p**2).max() < 3.7 * error
