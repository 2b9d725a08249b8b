"""Numbers of trainings beside those of reference runs."""

import numpy as np
import pytest

from experiments.fid import compared, sets
from spinlib import sample
from spinlib.models import Ising
from spinlib.observables import second_moment_correlation_length, structure_factor_min, structure_factor_zero
from spinlib.statistics import mean_of_few, mean_of_independent


def test_few_repetitions_have_the_wider_error_and_what_is_not_finite_is_left_out():
    rng = np.random.default_rng(1)
    few, many = rng.normal(size=5), rng.normal(size=20)
    assert compared.mean_of([*few, np.nan]) == mean_of_few(few)
    assert compared.mean_of(many) == mean_of_independent(many)


def test_a_difference_has_the_errors_of_both():
    few, many = np.array([1.0, 1.2, 0.9]), np.linspace(0, 1, 20)
    found = compared.less(few, many)
    assert found.value == pytest.approx(few.mean() - 0.5)
    assert found.error == pytest.approx(np.hypot(mean_of_few(few).error, mean_of_independent(many).error))


def test_a_power_law_does_not_bend_and_an_exponential_does():
    r = np.arange(1, 9)
    g = np.array([0.7 * r**-0.3, np.exp(-r / 2.0), np.where(r < 8, 1.0, -1.0)])
    straight, bent = compared.bend(g)  # the third row is not positive
    assert straight == pytest.approx(0.0, abs=1e-12)
    assert bent > 0.1


def test_ordered_sets_have_a_length_only_until_their_order_is_subtracted():
    spins = np.ones((10, 16, 16), np.int8)
    noise = np.random.default_rng(3).random(spins.shape) < 0.02
    one_sided = np.where(noise, -spins, spins)
    both = one_sided * np.where(np.arange(10) % 2, 1, -1).astype(np.int8)[:, None, None]
    for spins, expected in ((one_sided, {"nothing": True, "mean": False}), (both, {"nothing": True, "mean": True})):
        found = {name: np.asarray(one) for name, one in sets.asked(spins).items()}
        parts = [found[name] for name in ("zero", "smallest", "m", "order")]
        for subtract, long in expected.items():
            assert (compared.length(*parts, 16, subtract) > 5) == long
        assert compared.length(*parts, 16, "aligned") < 2
    with pytest.raises(ValueError, match="subtract 'all'"):
        compared.length(*parts, 16, "all")


def test_the_length_of_raw_sets_is_that_of_the_library():
    T, size = 2.6, 8
    model = Ising((size, size))
    spins = sample(model, T, 500, method="swendsen_wang", sweeps_between=3, seed=4, threads=1).spins.values[0, 0]
    found = {name: np.asarray(one) for name, one in sets.asked(spins).items()}
    measured = compared.length(*(found[name] for name in ("zero", "smallest", "m", "order")), size, "nothing")
    zero, smallest = structure_factor_zero(model, spins).mean(), structure_factor_min(model, spins).mean()
    assert float(measured) == pytest.approx(second_moment_correlation_length(zero, smallest, size))


def test_a_mean_is_told_with_its_error_where_there_is_one():
    assert compared.told([1.0, 2.0, 3.0], 1).startswith("2.0 ± ")
    assert compared.told([2.0, 2.0, 2.0], 2) == "2.00"
    assert compared.told([1.0, 2.0]) == "1.500"
