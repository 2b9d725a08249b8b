"""Structure factors against sums over pairs, enumeration and the closed form of the chain."""

import itertools

import numpy as np
import pytest

from spinlib import observables, sample
from spinlib.exact import enumeration
from spinlib.models import XY, Ising, Potts
from spinlib.observables import (
    second_moment_correlation_length,
    structure_factor,
    structure_factor_min,
    structure_factor_zero,
)
from spinlib.statistics import jackknife, mean_and_error

MODELS = [
    Ising((4, 4)),
    Ising((3, 4), -1.0, neighborhood="moore"),
    Ising((7,)),
    Ising((2, 3, 4)),
    Potts((4, 5), q=3),
    Potts((6,), q=5),
    XY((4, 3)),
    XY((2, 3, 2)),
]


def random_spins(model, *leading, seed=1):
    rng = np.random.default_rng(seed)
    if isinstance(model, XY):
        return rng.uniform(-9.0, 9.0, size=(*leading, *model.shape))
    values = [-1, 1] if isinstance(model, Ising) else np.arange(model.q)
    return rng.choice(np.array(values, dtype=np.int8), size=(*leading, *model.shape))


def pair(model, a, b):
    if isinstance(model, XY):
        return np.cos(a - b)
    return a * b * 1.0 if isinstance(model, Ising) else (model.q * (a == b) - 1) / (model.q - 1)


def sum_over_pairs(model, spins, k):
    """(1/N) sum over x, y of g(x, y) cos(k (x - y)), pair by pair."""
    sites = list(itertools.product(*map(range, model.shape)))
    return (
        sum(
            pair(model, spins[x], spins[y]) * np.cos(np.dot(k, np.subtract(x, y)))
            for x, y in itertools.product(sites, sites)
        )
        / model.n_sites
    )


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_structure_factor_is_the_sum_over_pairs(model):
    spins = random_spins(model, 2, 3).astype(float if isinstance(model, XY) else int)
    found = structure_factor(model, spins)
    assert found.shape == spins.shape
    for index in itertools.product(*map(range, model.shape)):
        k = 2 * np.pi * np.array(index) / model.shape
        assert found[(1, 2, *index)] == pytest.approx(sum_over_pairs(model, spins[1, 2], k), abs=1e-10)
    np.testing.assert_allclose(found.mean(axis=tuple(range(2, found.ndim))), 1, rtol=1e-12)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_numbers_per_draw_are_those_of_the_whole(model):
    spins = random_spins(model, 2, 3)
    whole, ndim = structure_factor(model, spins), len(model.shape)
    np.testing.assert_allclose(structure_factor_zero(model, spins), whole[(..., *[0] * ndim)], atol=1e-10)
    per_axis = []
    for axis in range(ndim):
        index = [0] * ndim
        index[axis] = 1
        per_axis.append(whole[(..., *index)])
        np.testing.assert_allclose(structure_factor_min(model, spins, axis), per_axis[-1], atol=1e-10)
    if len(set(model.shape)) == 1:
        found = structure_factor_min(model, spins)
        assert found.shape == (2, 3)
        assert found.dtype == np.float64
        np.testing.assert_allclose(found, np.mean(per_axis, axis=0), atol=1e-10)
    else:
        with pytest.raises(ValueError, match="give one axis"):
            structure_factor_min(model, spins)
    if not isinstance(model, Potts):
        m = observables.magnetization(model, spins)
        np.testing.assert_allclose(structure_factor_zero(model, spins), model.n_sites * m**2, atol=1e-10)


@pytest.mark.parametrize("n", [5, 8])
@pytest.mark.parametrize("T", [0.7, 1.5, 10.0])
def test_ring_has_the_closed_form(n, T):
    """S(k) = (1 - t^2) / (1 - 2 t cos k + t^2) (1 - t^n) / (1 + t^n) with t = tanh(1/T), and xi = sqrt(t) / (1 - t)."""
    ring, t, k = Ising((n,)), np.tanh(1 / T), 2 * np.pi * np.arange(n) / n
    p, states = enumeration.boltzmann(ring, T), enumeration.states(ring)
    exact = (1 - t**2) / (1 - 2 * t * np.cos(k) + t**2) * (1 - t**n) / (1 + t**n)
    np.testing.assert_allclose(p @ structure_factor(ring, states), exact, rtol=1e-10)
    zero, smallest = p @ structure_factor_zero(ring, states), p @ structure_factor_min(ring, states)
    assert second_moment_correlation_length(zero, smallest, n) == pytest.approx(np.sqrt(t) / (1 - t), rel=1e-9)


@pytest.mark.parametrize(("model", "T"), [(Ising((4, 4)), 3.0), (Potts((3, 3), q=3), 1.2)], ids=repr)
def test_sampled_averages_are_the_exact_ones(model, T):
    p, states = enumeration.boltzmann(model, T), enumeration.states(model)
    exact = [p @ function(model, states) for function in (structure_factor_zero, structure_factor_min)]
    draws = sample(model, [T], 5000, method="swendsen_wang", n_chains=4, burn_in=50, seed=5)
    series = [function(model, draws.spins)[0] for function in (structure_factor_zero, structure_factor_min)]
    for one, expected in zip(series, exact, strict=True):
        estimate = mean_and_error(one)
        assert 0 < estimate.error < 0.03 * expected
        assert abs(estimate.value - expected) < 4 * estimate.error
    length = model.shape[0]
    xi = jackknife(lambda s0, s1: second_moment_correlation_length(s0, s1, length), *series)
    expected = second_moment_correlation_length(*exact, length)
    assert 0 < xi.error < 0.05 * expected
    assert abs(xi.value - expected) < 4 * xi.error


def test_staggered_order_shows_at_its_wave_vector():
    checkerboard = 1 - 2 * (np.indices((4, 6)).sum(axis=0) % 2)
    found = structure_factor(Ising((4, 6)), checkerboard)
    assert found[2, 3] == pytest.approx(24)
    assert found.sum() == pytest.approx(24)


def test_correlation_lengths_of_arrays_and_noise():
    found = second_moment_correlation_length([2.0, 1.0, 0.9], [1.0, 1.0, 1.0], 4)
    np.testing.assert_allclose(found[:2], [1 / np.sqrt(2), 0])
    assert np.isnan(found[2])
    assert np.isnan(second_moment_correlation_length(0.9, 1.0, 4))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda f: f(Ising((4, 4), boundary=("periodic", "free")), np.ones((4, 4))), "'periodic' axes only"),
        (lambda f: f(XY((4, 4), boundary="antiperiodic"), np.zeros((4, 4))), "'periodic' axes only"),
        (lambda f: f(Potts((4, 4), q=3, neighborhood="triangular"), np.zeros((4, 4), int)), "square axes only"),
        (lambda f: f(Ising((4, 4), neighborhood="honeycomb"), np.ones((4, 4))), "square axes only"),
        (lambda f: f(Ising((4, 4)), np.zeros((4, 4))), "spin value 0"),
        (lambda f: f(Ising((4, 4)), np.ones((4, 5))), "shape"),
    ],
)
@pytest.mark.parametrize("function", [structure_factor, structure_factor_zero, structure_factor_min])
def test_what_has_no_wave_vectors_is_refused(function, call, message):
    with pytest.raises(ValueError, match=message):
        call(function)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1.0, 1.0, 1), "length 1"),
        ((-1.0, 1.0, 4), "not negative"),
        ((1.0, 0.0, 4), "positive"),
        ((float("nan"), 1.0, 4), "finite"),
        (([1.0, 2.0], [1.0], 4), "have to be equal"),
    ],
)
def test_bad_averages_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        second_moment_correlation_length(*arguments)
    with pytest.raises(ValueError, match="axis 2"):
        structure_factor_min(Ising((4, 4)), np.ones((4, 4)), axis=2)
