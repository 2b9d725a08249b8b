import numpy as np
import pytest

from spinlib.models import Ising, Potts
from spinlib.samplers.random import streams, thresholds
from spinlib.samplers.single_spin import checkerboard, ising
from spinlib.samplers.single_spin.site_order import site_order
from spinlib.samplers.stencils import stencils


@pytest.mark.parametrize("shape", [(2, 2), (2, 6), (6, 2), (4, 4), (6, 70)])
def test_without_chance_it_agrees_with_the_general_loop(shape):
    # With probabilities of 0 and 1 random numbers do not matter; the sums -4, -2, ... 4 get every combination of them.
    model, rng = Ising(shape), np.random.default_rng(2)
    order, (kinds, offsets, strengths) = site_order(model.lattice), stencils(model.lattice)
    for combination in range(32):
        certain = np.array([combination >> bit & 1 for bit in range(5)], dtype=float)
        table = np.zeros((3, 2, 9))
        table[:, 1, ::2] = certain
        table[:, 0, ::2] = certain[::-1]
        spins = rng.choice(np.array([-1, 1], dtype=np.int8), size=(3, *shape))
        general = spins.copy()
        checkerboard.sweep(spins, thresholds(table[:, 1]), streams(0, "a", 0, 3), 3)
        rows = general.reshape(3, -1)
        bonds = kinds, len(offsets), offsets, strengths  # no spin is fixed
        ising._sweep_table(rows, order, *bonds, 4, thresholds(table), streams(0, "a", 0, 3), 3)
        assert np.array_equal(spins, general)


@pytest.mark.parametrize("shape", [(2, 2), (4, 10), (10, 4)])
def test_colours_are_split_and_joined(shape):
    sites = np.arange(np.prod(shape), dtype=np.int8).reshape(shape)
    even, odd = (np.empty((shape[0], shape[1] // 2), dtype=np.int8) for _ in range(2))
    checkerboard.split(sites, even, odd)
    first = np.indices(shape).sum(axis=0) % 2 == 0
    assert np.array_equal(even.ravel(), sites[first])
    assert np.array_equal(odd.ravel(), sites[~first])
    joined = np.empty_like(sites)
    checkerboard.join(joined, even, odd)
    assert np.array_equal(joined, sites)
    # The neighbour beside a site is the one that is neither in its column of the other colour nor above or below.
    for color, own, other in ((0, even, odd), (1, odd, even)):
        beside = np.empty(own.size, dtype=np.int8)
        checkerboard.fill_beside(beside, other, 0, shape[0], color)
        level = np.sort([np.roll(sites, 1, axis=1), np.roll(sites, -1, axis=1)], axis=0)[:, first == (color == 0)]
        assert np.array_equal(np.sort([beside, other.ravel()], axis=0), level)
        assert own.shape == other.shape


def test_every_site_has_random_numbers_of_its_own():
    # Free spins: all are proposed with probability 0.3 and must be independent over sites, rows, sweeps and chains.
    n_chains, shape = 60, (16, 32)
    rng, table = streams(4, "free spins", 0, n_chains), thresholds(np.full((n_chains, 9), 0.3))
    spins = np.ones((n_chains, *shape), dtype=np.int8)
    flips = []
    for _ in range(20):
        before = spins.copy()
        checkerboard.sweep(spins, table, rng, 1)
        flips.append(spins != before)
    flips = np.array(flips) - 0.3
    scale = 0.21 / np.sqrt(flips.size)
    assert abs(flips.mean()) < 4.0 * np.sqrt(0.21 / flips.size)
    for axis in range(4):
        for shift in (1, 2):
            assert abs((flips * np.roll(flips, shift, axis)).mean()) < 4.0 * scale


@pytest.mark.parametrize(
    "model",
    [
        Ising((4, 5)),
        Ising((4, 4), field=0.1),
        Ising((4, 4), boundary=("periodic", "antiperiodic")),
        Ising((4, 4), coupling=np.ones((2, 4, 4))),
        Ising((4, 4), neighborhood="honeycomb"),
        Ising((4, 4, 4)),
        Potts((5, 4), q=3),
        Potts((4, 4), q=3, boundary=("free", "periodic")),
        Potts((4, 4), q=3, neighborhood="moore"),
    ],
    ids=repr,
)
def test_applies_to_the_even_periodic_square_lattice_only(model):
    assert checkerboard.applies(Ising((4, 6), coupling=-2.0))
    assert checkerboard.applies(Potts((4, 6), q=3))
    assert not checkerboard.applies(model)
