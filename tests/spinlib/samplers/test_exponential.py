import math

import numpy as np
from scipy import stats

from spinlib.samplers.exponential import fill_exponential, to_exponential


def test_logarithm_of_the_uniform_number():
    rng = np.random.default_rng(0)
    words = [*rng.integers(2**64, size=2_000, dtype=np.uint64), *(np.uint64(2**k) for k in range(64))]
    for bits in words:
        u = (float(int(bits) >> 11) + 0.5) * 2.0**-53
        assert math.isclose(to_exponential(bits), -math.log(u), rel_tol=1e-15)


def test_extremes():
    assert math.isclose(to_exponential(np.uint64(0)), 54 * math.log(2), rel_tol=1e-15)
    assert to_exponential(np.uint64(2**64 - 1)) == 0.0


def test_distribution():
    numbers = np.empty(200_000)
    fill_exponential(numbers, np.uint64(12345))
    assert stats.kstest(numbers, "expon").pvalue > 0.001
    assert abs(np.corrcoef(numbers[1:], numbers[:-1])[0, 1]) < 4.0 / np.sqrt(numbers.size)
    others = np.empty(200_000)
    fill_exponential(others, np.uint64(12346))
    assert abs(np.corrcoef(numbers, others)[0, 1]) < 4.0 / np.sqrt(numbers.size)
