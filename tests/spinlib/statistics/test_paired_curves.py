import numpy as np
import pytest
from scipy import stats

from spinlib.statistics import at_times, chi_square_of_mean, time_factor

TIMES = np.unique(np.geomspace(1, 1000, 60))


def correlated(rng, n, mean):
    """Vectors of three strongly correlated components."""
    return rng.multivariate_normal(mean, [[4, 3, 1], [3, 4, 2], [1, 2, 3]], size=n)


def test_chi_square_of_mean_is_distributed_as_one_where_the_mean_is_zero():
    rng = np.random.default_rng(1)
    values = [chi_square_of_mean(correlated(rng, 100, np.zeros(3)))[0] for _ in range(2000)]
    assert np.mean(values) == pytest.approx(3, abs=4 * np.sqrt(6 / 2000))
    # The tail that decides a test at the level 0.01: T^2 of 100 runs is a little wider than a chi-square.
    assert 0.003 < np.mean(stats.chi2.sf(values, 3) < 0.01) < 0.022


def test_chi_square_of_mean_is_the_known_formula_for_one_component():
    values = np.random.default_rng(2).normal(0.3, 1, 40)
    chi2, dof = chi_square_of_mean(values[:, None])
    t = stats.ttest_1samp(values, 0).statistic
    assert (chi2, dof) == (pytest.approx(t**2 * 37 / 39), 1)


def test_chi_square_of_mean_does_not_depend_on_units_and_sees_a_shift():
    rows = correlated(np.random.default_rng(3), 100, [0.5, 0, 0])
    mixed = rows @ np.array([[1e6, 1, 0], [0, 1e-3, 0], [0, 2, 1]])
    assert chi_square_of_mean(mixed)[0] == pytest.approx(chi_square_of_mean(rows)[0], rel=1e-6)
    assert chi_square_of_mean(rows)[0] > 20


def test_at_times_is_exact_at_known_times_and_for_logarithms():
    curves = np.stack([np.log(TIMES), 3 - 2 * np.log(TIMES)], axis=1)[None]
    wanted = np.array([1, 7.3, 55.5, 1000])
    expected = np.stack([np.log(wanted), 3 - 2 * np.log(wanted)], axis=1)[None]
    np.testing.assert_allclose(at_times(curves, TIMES, wanted), expected, atol=1e-12)
    np.testing.assert_allclose(at_times(curves, TIMES, TIMES), curves, atol=1e-12)


def test_a_known_time_factor_is_found():
    rng = np.random.default_rng(4)

    def runs(speed):
        level = 50 + rng.normal(0, 2, (80, 1, 2))
        decay = np.exp(-np.log1p(speed * TIMES / 30))[None, :, None] * [1.0, 0.5]
        return level * decay + rng.normal(0, 0.5, (80, len(TIMES), 2))

    reference, other = runs(1.0), runs(1.5)
    result = time_factor(reference, other, TIMES, [3, 10, 30, 100], np.arange(1, 2.2, 0.01))
    assert abs(result.factor - 1.5) < 4 * result.error
    assert result.error < 0.1
    assert result.dof == 7
    assert stats.chi2.sf(result.chi2, result.dof) > 0.001
    unscaled, _ = chi_square_of_mean(
        (at_times(other, TIMES, [3, 10, 30, 100]) - at_times(reference, TIMES, [3, 10, 30, 100])).reshape(80, -1)
    )
    assert unscaled > 50 + result.chi2


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (np.zeros(5), "shape"),
        (np.ones((5, 3)), "3 runs more"),
        (np.full((9, 2), np.nan), "nan"),
        (np.ones((9, 2)), "no variance"),
        (np.arange(9.0)[:, None] * [1, 2] % 7 @ np.array([[1, 1], [0, 0]]), "linearly"),
    ],
)
def test_bad_rows_are_refused(rows, message):
    with pytest.raises(ValueError, match=message):
        chi_square_of_mean(rows)


@pytest.mark.parametrize(
    ("curves", "times", "wanted", "message"),
    [
        (np.zeros((2, 3, 1)), [1, 2], [1.5], "needed is"),
        (np.zeros((2, 3)), [1, 2, 3], [1.5], "needed is"),
        (np.zeros((2, 3, 1)), [0, 2, 3], [1.5], "positive"),
        (np.zeros((2, 3, 1)), [1, 3, 2], [1.5], "increase"),
        (np.zeros((2, 3, 1)), [1, 2, 3], [3.5], "time 3.5: allowed are 1 to 3"),
    ],
)
def test_bad_times_are_refused(curves, times, wanted, message):
    with pytest.raises(ValueError, match=message):
        at_times(curves, times, wanted)
