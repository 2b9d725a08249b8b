"""The quadrature against many digits, near the critical point and far from it."""

import mpmath
import numpy as np
import pytest

from spinlib.exact.square_integrals import TEMPERATURES_PER_BLOCK, integrals

CRITICAL = np.log1p(np.sqrt(2)) / 2


def in_many_digits(K, K_other):
    """The four integrals as they are defined, by the tanh-sinh rule on pieces that shrink towards 0."""
    context = mpmath.mp.clone()
    context.dps = 50
    K, K_other = context.mpf(K), context.mpf(K_other)
    C, S, C_other, S_other = (f(2 * x) for x in (K, K_other) for f in (context.cosh, context.sinh))

    def parts(a):
        P, N = C * C_other - S * context.cos(a), S * C_other - C * context.cos(a)
        return P, N, context.sqrt(P**2 - S_other**2)

    def integral(function):
        ends = [0, *(context.mpf(10) ** -k for k in range(9, -1, -3)), context.pi]
        return context.quad(lambda a: function(context.sin(a) ** 2, *parts(a)), ends) / context.pi

    return (
        context.log(2) / 2 + integral(lambda sine, P, N, root: context.log(P + root)) / 2 - K - K_other,
        integral(lambda sine, P, N, root: 1 - N / root),
        2 * integral(lambda sine, P, N, root: P * sine / root**3),
        2 * S * S_other * integral(lambda sine, P, N, root: sine / root**3),
    )


@pytest.mark.parametrize(
    ("K", "K_other", "tolerance"),
    [
        (0.2, 0.3, 1e-14),
        (0.01, 0.01, 1e-13),
        (10.0, 10.0, 1e-13),
        (10.0, 0.001, 1e-13),
        (1.2, 0.1, 1e-14),
        # k is 1 to 5 digits: what comes from 1 - k has 11 left
        (CRITICAL + 1e-6, CRITICAL, 1e-10),
    ],
)
def test_agrees_with_many_digits(K, K_other, tolerance):
    values = integrals(np.array(K), np.array(K_other))
    for value, expected in zip(values, in_many_digits(K, K_other), strict=True):
        # ln z - K - K' is a small difference at low temperature
        assert value == pytest.approx(float(expected), rel=tolerance, abs=1e-16 * (1 + K))


def test_blocks_are_put_together():
    K = np.linspace(0.1, 2, 3 * TEMPERATURES_PER_BLOCK).reshape(3, -1)
    values = integrals(K, K / 2)
    for value in values:
        assert value.shape == K.shape
    assert values.unsatisfied[2, 5] == integrals(K[2, 5:6], K[2, 5:6] / 2).unsatisfied[0]
    assert integrals(K[:0], K[:0]).log_z.shape == (0, TEMPERATURES_PER_BLOCK)
