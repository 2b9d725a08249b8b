"""Joined segments against sums over all states, for means and variances that have nothing to do with the weights."""

from itertools import product

import numpy as np
import pytest

from spinlib.exact.one_dimensional import segments


@pytest.mark.parametrize("n", [1, 2, 3, 4, 6])
def test_laws_equal_those_of_all_states(n):
    rng = np.random.default_rng(n)
    weight, mean, variance = rng.normal(size=(3, 3)), rng.normal(size=(3, 3)), rng.uniform(size=(3, 3))
    chain = segments.chain(segments.Segments(weight, mean, variance), n)
    paths = np.array(list(product(range(3), repeat=n + 1)))
    steps = paths[:, :-1], paths[:, 1:]
    weights, means, variances = np.exp(weight[steps].sum(1)), mean[steps].sum(1), variance[steps].sum(1)

    def law(chosen):
        p = weights[chosen] / weights[chosen].sum()
        center = p @ means[chosen]
        return np.log(weights[chosen].sum()), center, p @ (variances[chosen] + (means[chosen] - center) ** 2)

    for a, b in product(range(3), repeat=2):
        expected = law((paths[:, 0] == a) & (paths[:, -1] == b))
        np.testing.assert_allclose([part[a, b] for part in chain], expected, rtol=1e-12)
    np.testing.assert_allclose(segments.sum_ends(chain), law(np.ones(len(paths), dtype=bool)), rtol=1e-12)
    np.testing.assert_allclose(segments.close(chain), law(paths[:, 0] == paths[:, -1]), rtol=1e-12)


def test_nothing_underflows():
    """Weights of exp(-10^5), of which one path is the largest."""
    log_weight = np.array([[-1e5, -2e5], [-3e5, -1e5]])
    chain = segments.chain(segments.Segments(log_weight, log_weight, np.zeros((2, 2))), 1000)
    total, mean, variance = segments.close(chain)
    assert total == pytest.approx(-1e8 + np.log(2))
    assert mean == pytest.approx(-1e8)
    assert variance == 0
