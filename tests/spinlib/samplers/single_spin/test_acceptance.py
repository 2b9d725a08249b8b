"""The acceptance rules against their definitions, and against detailed balance."""

from itertools import product

import numpy as np
import pytest

from spinlib.models import Potts
from spinlib.samplers.single_spin import acceptance

TEMPERATURES = np.array([0.3, 1.0, 100.0])


@pytest.mark.parametrize("rule", [acceptance.metropolis, acceptance.heat_bath])
def test_rules_obey_detailed_balance(rule):
    x = np.linspace(-20.0, 20.0, 81)
    np.testing.assert_allclose(rule(x) / rule(-x), np.exp(-x), rtol=1e-13)
    assert np.all(np.diff(rule(x)) <= 0.0)


def test_rules_have_their_limits():
    x = np.array([-np.inf, 0.0, np.inf])
    np.testing.assert_array_equal(acceptance.metropolis(x), acceptance.PROPOSED * np.array([1.0, 1.0, 0.0]))
    np.testing.assert_array_equal(acceptance.heat_bath(x), [1.0, 0.5, 0.0])


def test_the_rule_of_kernels_without_a_table_is_the_same():
    for x in np.linspace(-30.0, 30.0, 61):
        assert acceptance.flip_probability(x, False) == pytest.approx(acceptance.metropolis(x), rel=1e-14)
        assert acceptance.flip_probability(x, True) == pytest.approx(acceptance.heat_bath(x), rel=1e-14)


@pytest.mark.parametrize("coupling", [1.3, -0.7, 0.0])
@pytest.mark.parametrize("q", [2, 3, 4, 5, 16])
def test_sums_of_heat_bath_probabilities_are_those_of_the_definition(q, coupling):
    model = Potts((4, 4), q=q, coupling=coupling)
    sums = acceptance.potts_heat_bath_of_four(model, TEMPERATURES)
    assert sums.shape == (3, 8, 4)
    for neighbors in product(range(min(q, 4)), repeat=4):
        a, b, c, d = sorted(neighbors)
        counts = np.bincount(neighbors, minlength=q)
        weights = np.exp(coupling * counts / TEMPERATURES[:, None])
        probability = weights / weights.sum(axis=1, keepdims=True)
        drawn = np.diff(sums[:, 4 * (a == b) + 2 * (b == c) + (c == d)], prepend=0.0, append=1.0)
        for state in range(q):
            own = drawn[:, 1:][:, np.array([a, b, c, d]) == state].sum(axis=1)
            of_others = drawn[:, 0] / max(np.count_nonzero(counts == 0), 1)
            drawn_state = own if counts[state] else of_others
            np.testing.assert_allclose(drawn_state, probability[:, state], rtol=1e-12, atol=1e-15)


def test_metropolis_of_potts_follows_the_change_of_energy():
    for coupling, field in ((1.0, 0.0), (-1.0, 0.0), (1.0, 0.3), (-0.6, -1.4)):
        model = Potts((3, 5), q=3, coupling=coupling, neighborhood="moore", field=field)
        table = acceptance.potts_metropolis(model, TEMPERATURES)
        change = -coupling * np.arange(-8, 9) - field * np.array([[-1], [0], [1]])
        np.testing.assert_allclose(
            table, acceptance.PROPOSED * np.minimum(1.0, np.exp(-change / TEMPERATURES[:, None, None])), rtol=1e-13
        )


@pytest.mark.parametrize("coupling", [1.0, -1.0, 1e300])
@pytest.mark.parametrize("q", [2, 3, 4, 127])
def test_no_overflow_at_the_lowest_temperature(q, coupling):
    model = Potts((4, 4), q=q, coupling=coupling)
    sums = acceptance.potts_heat_bath_of_four(model, np.array([1e-308]))[0]
    # The rows of at most q different neighbours, by their number: 4, 3, 3, 2, 3, 2, 2, 1.
    possible = sums[np.array([4, 3, 3, 2, 3, 2, 2, 1]) <= q]
    assert np.all((possible >= 0.0) & (possible <= 1.0))
    # Four like neighbours: like them if J > 0, else anything else.
    assert np.all(sums[7] == (0.25 * np.arange(4) if coupling > 0 else 1.0))
    assert np.all(np.isfinite(acceptance.potts_metropolis(model, np.array([1e-308]))))
