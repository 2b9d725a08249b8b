import numpy as np
import pytest
from scipy import stats

from spinlib.exact import enumeration
from spinlib.models import Potts
from spinlib.samplers import METHODS
from spinlib.samplers.random import streams, thresholds
from spinlib.samplers.single_spin import checkerboard, potts, potts_checkerboard
from spinlib.samplers.single_spin.site_order import site_order
from spinlib.samplers.stencils import stencils

# Rows of one site per colour; several blocks of rows, the last one smaller; rows longer than a block.
SHAPES = [(2, 2), (2, 6), (6, 2), (4, 4), (6, 70), (150, 38), (4, 4_200)]


@pytest.mark.parametrize("shape", SHAPES)
def test_without_chance_metropolis_agrees_with_the_general_loop(shape):
    # With two states there is one proposal; with probabilities of 0 and 1 random numbers do not matter.
    model, rng = Potts(shape, q=2), np.random.default_rng(2)
    order, neighbors = site_order(model.lattice), stencils(model.lattice)
    for combination in range(0, 512, 37):
        certain = np.array([[combination >> bit & 1 for bit in range(9)]] * 2, dtype=float)
        spins = rng.integers(0, 2, size=(2, *shape), dtype=np.int8)
        general = spins.copy()
        sweeps = (streams(0, "a", 0, 2), 3)
        potts_checkerboard.sweep(spins, np.int8(2), thresholds(certain)[..., None], *sweeps, False)
        table = np.repeat(thresholds(certain)[:, None], 3, axis=1)
        potts._sweep_metropolis(general.reshape(2, -1), order, *neighbors, 2, table, *sweeps)
        assert np.array_equal(spins, general)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("rank", range(4))
def test_without_chance_heat_bath_takes_a_neighbour_by_its_rank(shape, rank):
    spins = np.random.default_rng(3).integers(0, 7, size=(2, *shape), dtype=np.int8)
    expected = spins.copy()
    even = np.indices(shape).sum(axis=0) % 2 == 0
    for color in (even, ~even):
        around = [np.roll(expected, shift, axis) for axis in (1, 2) for shift in (1, -1)]
        expected = np.where(color, np.sort(around, axis=0)[rank], expected)
    certain = np.tile(np.arange(4) > rank, (2, 8, 1)).astype(float)
    potts_checkerboard.sweep(spins, np.int8(7), thresholds(certain), streams(0, "a", 0, 2), 1, True)
    assert np.array_equal(spins, expected)


@pytest.mark.parametrize("q", [3, 6, 16, 127])
def test_another_state_is_any_that_no_neighbour_has(q):
    # With t_0 = 1 heat bath always takes such a state: even sites first, among odd neighbours of states 0, 1 and 4.
    shape, states = (128, 256), np.array([0, 1, 4], dtype=np.int8)
    even = np.indices(shape).sum(axis=0) % 2 == 0
    start = np.random.default_rng(4).choice(states[states < q], size=(1, *shape))
    start[0, :, ::16] = 0
    around = np.sort([np.roll(start, shift, axis) for axis in (1, 2) for shift in (1, -1)], axis=0)[:, 0]
    table = thresholds(np.ones((1, 8, 4)))
    spins = start.copy()
    potts_checkerboard.sweep(spins, np.int8(q), table, streams(1, "a", 0, 1), 1, True)
    assert not np.any((spins[0] == around) & even)
    seen = (around[:, None] == states[:, None, None]).any(axis=0)
    p_values = []
    for pattern in np.unique(seen[:, even], axis=1).T:
        here = even & np.all(seen == pattern[:, None, None], axis=0)
        left = np.setdiff1d(np.arange(q), states[pattern])
        counts = np.bincount(spins[0][here], minlength=q)[left]
        if len(left) > 1 and here.sum() > 5 * len(left):
            p_values.append(stats.chisquare(counts).pvalue)
    assert len(p_values) >= 2
    assert min(p_values) > 0.001 / (4 * len(p_values))


@pytest.mark.parametrize("q", [2, 3, 4, 16, 127])
def test_proposals_are_uniform_and_independent_of_their_acceptance(q):
    n_sites, p = 256 * 256, 0.3
    table = thresholds(np.full((1, 9, 1), p))
    spins = np.zeros((1, 256, 256), dtype=np.int8)
    potts_checkerboard.sweep(spins, np.int8(q), table, streams(2, "a", 0, 1), 1, False)
    expected = np.append(1.0 - p, np.full(q - 1, p / (q - 1))) * n_sites
    assert stats.chisquare(np.bincount(spins.ravel(), minlength=q), expected).pvalue > 0.001 / 5


def test_every_site_has_random_numbers_of_its_own():
    # Free spins: all proposals are accepted with probability 0.3, independently over sites, rows, sweeps and chains.
    n_chains, shape = 40, (16, 160)
    rng, table = streams(4, "free spins", 0, n_chains), thresholds(np.full((n_chains, 9, 1), 0.3))
    spins = np.zeros((n_chains, *shape), dtype=np.int8)
    flips = []
    for _ in range(10):
        before = spins.copy()
        potts_checkerboard.sweep(spins, np.int8(2), table, rng, 1, False)
        flips.append(spins != before)
    flips = np.array(flips) - 0.3
    scale = 0.21 / np.sqrt(flips.size)
    assert abs(flips.mean()) < 4.0 * np.sqrt(0.21 / flips.size)
    for axis in range(4):
        for shift in (1, 2):
            assert abs((flips * np.roll(flips, shift, axis)).mean()) < 4.0 * scale


@pytest.mark.parametrize("heat_bath", [False, True])
def test_probabilities_below_the_first_digits(heat_bath):
    # 1e-5 is below 2^-15, what the first digits can tell: all these decisions take the others.
    n_sweeps, p, shape = 100, 1e-5, (256, 512)
    if heat_bath:
        # All neighbours are in state 0, and another state is taken with probability p.
        table = np.full((1, 8, 4), 1.0)
        table[..., 0] = p
    else:
        table = np.full((1, 9, 1), p)
    rng, changed = streams(5, "rare", 0, 1), 0
    for _ in range(n_sweeps):
        spins = np.zeros((1, *shape), dtype=np.int8)
        potts_checkerboard.sweep(spins, np.int8(3), thresholds(table), rng, 1, heat_bath)
        changed += np.count_nonzero(spins)
    assert stats.binomtest(changed, n_sweeps * spins.size, p).pvalue > 0.001


def undecided_block(n_sites, q, chance, choice):
    """A block all of whose sites have these first digits and are undecided."""
    block = potts_checkerboard._empty_block(n_sites, q)
    block.chances[:], block.choices[:] = chance, choice
    block.undecided[:n_sites] = 1
    return block


N_UNDECIDED = 60_000
STATE = tuple(np.array([1, 2, 3, 4], dtype=np.uint64))
CHANCE, P = 12_345, (12_345 + 0.3) / 2**16  # a chance with these first digits is below P in 3 of 10 cases
BORDER = 43_690  # a choice among 3 with these first digits is 1 in 2 of 3 cases, else 2, as 3 x 43690 = 2 x 2^16 - 2


@pytest.mark.parametrize(
    ("chance", "choice", "expected"),
    [
        # Numbers 0, 1 and 2 of a site in state 0 propose the states 3, 2 and 1.
        (CHANCE, 0, [0.7, 0.0, 0.0, 0.3]),
        (CHANCE - 1, BORDER, [0.0, 1.0 / 3.0, 2.0 / 3.0, 0.0]),
        (CHANCE, BORDER, [0.7, 0.1, 0.2, 0.0]),
        (CHANCE + 1, BORDER, [1.0, 0.0, 0.0, 0.0]),
    ],
)
def test_metropolis_is_settled_by_the_other_digits(chance, choice, expected):
    block = undecided_block(N_UNDECIDED, np.int8(4), chance, choice)
    block.beside[:] = 1
    ones, sites = np.ones(N_UNDECIDED, dtype=np.int8), np.zeros(N_UNDECIDED, dtype=np.int8)
    table = np.ones((9, 1))
    # A proposal of state 1 gains four neighbours, any other none.
    table[[4, 8]] = P
    potts_checkerboard._accept_rest(sites, ones, ones, ones, np.int8(4), thresholds(table), block, STATE)
    assert_distributed(sites, expected)


@pytest.mark.parametrize(
    ("chance", "choice", "expected"),
    [
        # The neighbours are 1, 1, 2 and 2: numbers 0, 1 and 2 of the others are the states 0, 3 and 4.
        (CHANCE - 1, BORDER, [0.0, 0.0, 0.0, 2.0 / 3.0, 1.0 / 3.0]),
        (CHANCE, 0, [0.3, 0.7, 0.0, 0.0, 0.0]),
        (CHANCE, BORDER, [0.0, 0.7, 0.0, 0.2, 0.1]),
        (2 * CHANCE, BORDER, [0.0, 0.6, 0.4, 0.0, 0.0]),
    ],
)
def test_heat_bath_is_settled_by_the_other_digits(chance, choice, expected):
    block = undecided_block(N_UNDECIDED, np.int8(5), chance, choice)
    block.around[:] = np.array([1, 1, 2, 2])[:, None]
    block.n_choices[:] = 3
    table, sites = np.zeros((8, 4)), np.zeros(N_UNDECIDED, dtype=np.int8)
    table[5] = P, P, 2 * P, 1.0
    potts_checkerboard._draw_rest(sites, thresholds(table), block, STATE)
    assert_distributed(sites, expected)


def assert_distributed(sites, probabilities):
    probabilities = np.array(probabilities)
    counts = np.bincount(sites, minlength=len(probabilities))
    possible = probabilities > 0.0
    assert np.all(counts[~possible] == 0)
    if np.count_nonzero(possible) > 1:
        expected = probabilities[possible] * N_UNDECIDED
        assert stats.chisquare(counts[possible], expected).pvalue > 0.001 / 8


@pytest.mark.parametrize("heat_bath", [False, True])
def test_only_undecided_sites_take_other_digits(heat_bath):
    # With probabilities of 15 digits and two states nothing is undecided but chances that begin like a probability.
    q, table = np.int8(2), np.full((8, 4) if heat_bath else (9, 1), 0.5)
    block = potts_checkerboard._empty_block(1000, q)
    block.chances[:] = np.arange(1000) + 2**15 - 500
    block.choices[:] = 0
    block.n_choices[:] = 1
    first_digits = (thresholds(table) >> np.uint64(38)).astype(np.uint16)
    potts_checkerboard._choose(1000, block)
    block.gained[:], block.around[:] = 0, 0
    draw = potts_checkerboard._draw if heat_bath else potts_checkerboard._accept
    draw(np.zeros(1000, dtype=np.int8), first_digits, block)
    assert list(np.flatnonzero(block.undecided)) == [500, 501]
    assert potts_checkerboard._any_undecided(block)


# Lattices that are updated by vector instructions.
ONE_SWEEP = [
    (Potts((2, 4), q=3), 1.0),
    (Potts((4, 2), q=3, coupling=-0.8), 0.8),
    (Potts((2, 4), q=2), 1.2),
    (Potts((2, 2), q=5), 1.0),
    (Potts((2, 2), q=9, coupling=0.7), 0.6),
]


@pytest.mark.parametrize("name", ["metropolis", "heat_bath"])
@pytest.mark.parametrize(("model", "temperature"), ONE_SWEEP, ids=repr)
def test_transition_frequencies_of_one_sweep(name, model, temperature, law):
    assert checkerboard.applies(model)
    n, start = 300_000, enumeration.states(model)[enumeration.n_states(model) // 3]
    spins = np.tile(start, (n, 1, 1))
    temperatures = np.full(n, temperature)
    METHODS[name].sweep(model, spins, temperatures, law.random_state(n, 8), 1)
    assert law.p_value(model, spins, law.after_single_site_sweep(model, temperature, start, name)) > law.LEVEL
