"""Toeplitz determinants against many digits, above and below the critical point."""

import mpmath
import numpy as np
import pytest

from spinlib.exact.toeplitz import correlations


def determinants(alpha_1, alpha_2, n):
    """Those of the coefficients' own definition, an integral over the unit circle, in many digits."""
    context = mpmath.mp.clone()
    context.dps = 60
    points = 256  # the rule is exact to alpha^256, or (1 / alpha)^256
    roots = [context.expjpi(context.mpf(2 * k) / points) for k in range(points)]

    def function(z):
        a, b = context.mpf(alpha_1), context.mpf(alpha_2)
        # 1 - alpha_2 / z = -alpha_2 (1 - z / alpha_2) / z, and a root of each factor is continuous on the circle
        above, below, factor = (1 - b / z, 1 - b * z, 1) if b < 1 else (1 - z / b, 1 - 1 / (b * z), -1 / z)
        root = context.sqrt(1 - a * z) / context.sqrt(1 - a / z) * context.sqrt(above) / context.sqrt(below)
        return root * factor

    values = [function(z) for z in roots]
    coefficient = {
        k: context.fsum(value * z ** (-k) for value, z in zip(values, roots, strict=True)).real / points
        for k in range(1 - n, n)
    }
    matrices = (context.matrix([[coefficient[i - j] for j in range(r)] for i in range(r)]) for r in range(1, n + 1))
    return [1.0, *(float(context.det(matrix)) for matrix in matrices)]


@pytest.mark.parametrize(
    ("alpha_1", "alpha_2"),
    [(0.0, 1e-6), (0.1, 0.3), (0.4, 0.6), (0.2, 1.6), (0.1, 5.0), (0.0, 2500.0), (0.01, 96.0)],
)
def test_agrees_with_many_digits(alpha_1, alpha_2):
    values = correlations(alpha_1, alpha_2, 8)
    np.testing.assert_allclose(values, determinants(alpha_1, alpha_2, 8), rtol=1e-13)


def test_passes_through_the_critical_point():
    """Continuous, though the formula is another above."""
    below, above = (correlations(0.2, 1 + sign * 1e-9, 40) for sign in (-1, 1))
    np.testing.assert_allclose(below, above, rtol=1e-6)
    assert (below > above)[1:].all()
