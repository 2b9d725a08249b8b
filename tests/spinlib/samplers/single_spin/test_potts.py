from itertools import product

import numpy as np
import pytest

from spinlib.exact import enumeration
from spinlib.models import Potts
from spinlib.samplers.single_spin import checkerboard, potts, single_site
from spinlib.samplers.single_spin.ising import PROPOSED

TEMPERATURES = np.array([0.3, 1.0, 100.0])


@pytest.mark.parametrize("coupling", [1.3, -0.7, 0.0])
@pytest.mark.parametrize("q", [2, 3, 4, 5, 16])
def test_sums_of_heat_bath_probabilities_are_those_of_the_definition(q, coupling):
    model = Potts((4, 4), q=q, coupling=coupling)
    sums = potts.draw_probabilities(model, TEMPERATURES)
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


def test_acceptance_follows_the_change_of_energy():
    for coupling, field in ((1.0, 0.0), (-1.0, 0.0), (1.0, 0.3), (-0.6, -1.4)):
        model = Potts((3, 5), q=3, coupling=coupling, neighborhood="moore", field=field)
        table = potts.acceptance(model, TEMPERATURES)
        change = -coupling * np.arange(-8, 9) - field * np.array([[-1], [0], [1]])
        np.testing.assert_allclose(
            table, PROPOSED * np.minimum(1.0, np.exp(-change / TEMPERATURES[:, None, None])), rtol=1e-13
        )


@pytest.mark.parametrize("coupling", [1.0, -1.0, 1e300])
@pytest.mark.parametrize("q", [2, 3, 4, 127])
def test_no_overflow_at_the_lowest_temperature(q, coupling):
    model = Potts((4, 4), q=q, coupling=coupling)
    sums = potts.draw_probabilities(model, np.array([1e-308]))[0]
    # The rows of at most q different neighbours, by their number: 4, 3, 3, 2, 3, 2, 2, 1.
    possible = sums[np.array([4, 3, 3, 2, 3, 2, 2, 1]) <= q]
    assert np.all((possible >= 0.0) & (possible <= 1.0))
    # Four like neighbours: like them if J > 0, else anything else.
    assert np.all(sums[7] == (0.25 * np.arange(4) if coupling > 0 else 1.0))
    assert np.all(np.isfinite(potts.acceptance(model, np.array([1e-308]))))


# Lattices that are updated site by site.
ONE_SWEEP = [
    (Potts((2, 3), q=3), 1.0),
    (Potts((2, 3), q=3, coupling=-0.8, boundary="free"), 0.8),
    (Potts((3, 2), q=3, boundary="free", neighborhood="triangular"), 1.2),
    (Potts((5,), q=4, boundary="free"), 0.8),
    (Potts((2, 2, 2), q=2), 1.5),
    (Potts((2, 4), q=2, neighborhood="honeycomb"), 0.6),
]


@pytest.mark.parametrize("name", ["metropolis", "heat_bath"])
@pytest.mark.parametrize(("model", "temperature"), ONE_SWEEP, ids=repr)
def test_transition_frequencies_of_one_sweep(name, model, temperature, law):
    assert not checkerboard.applies(model)
    n, start = 300_000, enumeration.states(model)[enumeration.n_states(model) // 3]
    spins = np.tile(start, (n, *(1,) * start.ndim))
    temperatures = np.full(n, temperature)
    single_site.sweep(model, spins, temperatures, law.random_state(n, 8), 1, heat_bath=name == "heat_bath")
    assert law.p_value(model, spins, law.after_single_site_sweep(model, temperature, start, name)) > law.LEVEL
