"""Error bars on AR(1) series, whose autocorrelation time is known: rho(t) = rho^t, tau = (1 + rho) / (2 (1 - rho))."""

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.stats import binom, kstest, norm, t

from spinlib.statistics import (
    MIN_CHAINS,
    chi_square,
    chi_square_of_counts,
    holm,
    integrated_autocorrelation_time,
    jackknife,
    mean_and_error,
    mean_of_few,
    mean_of_independent,
    repetitions_needed,
    split_r_hat,
)


def ar1(rho: float, shape: tuple[int, ...], seed: int) -> np.ndarray:
    """Stationary AR(1) series of mean 0 and variance 1."""
    noise = np.random.default_rng(seed).standard_normal(shape)
    noise[..., 1:] *= np.sqrt(1 - rho**2)
    return lfilter([1], [1, -rho], noise, axis=-1)


def tau_of(rho: float) -> float:
    return (1 + rho) / (2 * (1 - rho))


def widening(dof: int) -> float:
    """Student's quantile over the normal one, both at two standard deviations of the normal law."""
    return t.ppf(norm.cdf(2), dof) / 2


@pytest.mark.parametrize("rho", [-0.97, -0.5, 0.0, 0.5, 0.9, 0.98])
def test_tau_is_that_of_the_process(rho):
    series = ar1(rho, (8, 100_000), seed=1)
    expected = tau_of(rho)
    # Madras & Sokal's error of tau with window W, and the bias of truncation there
    window = 6 * max(expected, 1.0) if rho >= 0 else 6 * tau_of(-rho)
    error = max(expected, 1.0) * np.sqrt(2 * (2 * window + 1) / series.size)
    assert integrated_autocorrelation_time(series) == pytest.approx(expected, abs=4 * error + np.exp(-6) * expected)


def test_tau_of_one_chain_and_axis():
    series = ar1(0.8, (20_000,), seed=2)
    tau = integrated_autocorrelation_time(series)
    assert tau == pytest.approx(4.5, rel=0.15)
    assert integrated_autocorrelation_time(series[None]) == tau
    assert integrated_autocorrelation_time(series[:, None], axis=0) == tau
    assert integrated_autocorrelation_time(3 - 7 * series) == pytest.approx(tau)


def test_too_short_a_chain_is_seen_to_be_too_short():
    series = ar1(0.999, (500,), seed=3)
    assert 50 * integrated_autocorrelation_time(series) > 500
    estimate = mean_and_error(series)
    assert not estimate.valid
    assert np.isnan(estimate.error)
    assert "50 tau_int" in estimate.reason
    assert estimate.value == pytest.approx(series.mean())


@pytest.mark.parametrize(("rho", "shape"), [(0.0, (500,)), (0.8, (3000,)), (0.9, (4, 2000)), (0.5, (16, 20))])
def test_error_bars_cover_the_mean_at_their_level(rho, shape):
    """One sigma covers 68.3 % of repetitions (t-distributed with 15 degrees of freedom for the 16 short chains)."""
    repetitions = 600
    series = ar1(rho, (repetitions, *shape), seed=4)
    if shape == (16, 20):
        # Independent draws but too few for the rule of 50 tau: the error is that between the chains
        series = np.random.default_rng(4).standard_normal((repetitions, *shape))
    estimates = [mean_and_error(one) for one in series]
    valid = [e for e in estimates if e.valid]
    assert len(valid) >= (0.3 if shape == (16, 20) else 0.99) * repetitions
    covered = sum(abs(e.value) < e.error for e in valid)
    low, high = binom.interval(0.999, len(valid), 0.683)
    assert low <= covered <= high


def test_error_is_that_of_the_process():
    estimate = mean_and_error(ar1(0.9, (16, 50_000), seed=5))
    assert estimate.valid
    assert estimate.reason == ""
    assert estimate.error == pytest.approx(np.sqrt(2 * 9.5 / 800_000), rel=0.05)
    assert estimate.n_effective == pytest.approx(800_000 / 19, rel=0.1)
    assert abs(estimate.value) < 4 * estimate.error


def test_anticorrelation_does_not_shrink_the_error_bar():
    series = ar1(-0.9, (4000,), seed=6)
    assert mean_and_error(series).error == pytest.approx(1 / np.sqrt(4000), rel=0.1)


def test_many_short_chains_use_the_spread_between_chains():
    chains = np.random.default_rng(13).standard_normal((64, 20))
    estimate = mean_and_error(chains)
    assert split_r_hat(chains) < 1.01
    assert estimate.valid
    assert estimate.error == pytest.approx(widening(63) * chains.mean(axis=1).std(ddof=1) / 8)
    assert not mean_and_error(chains[:15]).valid


@pytest.mark.parametrize("offset", [0.3, 1.0, 5.0])
@pytest.mark.parametrize("rho", [0.0, 0.9])
def test_chains_that_have_not_met_get_no_error(rho, offset):
    """Half of the chains sits in another well; each chain alone looks perfectly equilibrated."""
    mixed = ar1(rho, (20, 5000), seed=7)
    unmixed = mixed + offset * (np.arange(20) % 2)[:, None]
    assert mean_and_error(mixed).valid
    estimate = mean_and_error(unmixed)
    assert not estimate.valid
    assert np.isnan(estimate.error)
    assert split_r_hat(unmixed) > 1.01 > split_r_hat(mixed)


def test_a_drifting_chain_gets_no_error():
    drifting = np.linspace(0, 5, 400) + ar1(0, (4, 400), seed=8)
    # eight half chains around 1.25 and 3.75, each of variance 1 + 2.5^2 / 12
    assert split_r_hat(drifting) == pytest.approx(np.sqrt(1 + 1.25**2 * 8 / 7 / (1 + 2.5**2 / 12)), rel=0.03)
    assert not mean_and_error(drifting).valid


def test_r_hat_of_frozen_halves_is_infinite():
    frozen = np.repeat([[1.0], [-1.0]], 10, axis=1)
    assert split_r_hat(frozen) == np.inf
    assert not mean_and_error(np.repeat(frozen, 8, axis=0)).valid


def test_jackknife_removes_the_bias_of_the_variance():
    """<x^2> - <x>^2 of 1000 draws with tau = 4.5 is too small by 2 tau / N = 0.9 %."""
    repetitions, n = 1500, 1000
    series = ar1(0.8, (repetitions, n), seed=9)
    naive = series.var(axis=1)
    estimates = [jackknife(lambda x, x2: x2 - x * x, one, one**2, n_blocks=16) for one in series]
    values = np.array([e.value for e in estimates])
    spread = naive.std() / np.sqrt(repetitions)
    assert abs(naive.mean() - (1 - 9 / n)) < 4 * spread
    assert abs(values.mean() - 1) < 4 * spread
    assert naive.mean() < 1 - 2 * spread  # the bias is there to be removed
    valid = [e for e in estimates if e.valid]
    assert len(valid) > 0.99 * repetitions
    assert np.mean([e.error for e in valid]) == pytest.approx(values.std(), rel=0.15)
    covered = sum(abs(e.value - 1) < e.error for e in valid)
    # Widened so that two errors hold 95.4 %, one holds 70 % with 16 blocks, less what the error's skewness takes.
    assert 0.65 < covered / len(valid) < 0.75
    assert 0.93 < sum(abs(e.value - 1) < 2 * e.error for e in valid) / len(valid) < 0.97


def test_jackknife_of_a_mean_is_the_mean():
    series = ar1(0.5, (4, 3200), seed=10)
    estimate = jackknife(lambda x: x, series)
    plain = mean_and_error(series)
    assert estimate.value == pytest.approx(series.mean(), abs=1e-12)
    assert estimate.error == pytest.approx(plain.error, rel=0.35)  # 32 blocks: 13 % each sigma
    assert estimate.tau_int == plain.tau_int


def test_jackknife_drops_the_first_draws_that_fill_no_block():
    series = ar1(0.0, (330,), seed=11)
    assert jackknife(lambda x: x, series, n_blocks=32).value == pytest.approx(series[10:].mean(), abs=1e-12)


def test_jackknife_with_short_chains_takes_chains_as_blocks():
    chains = np.random.default_rng(13).standard_normal((64, 20))
    estimate = jackknife(lambda x: x, chains, n_blocks=128)
    assert estimate.valid
    assert estimate.error == pytest.approx(widening(63) * chains.mean(axis=1).std(ddof=1) / 8)


def test_jackknife_of_independent_chains_needs_no_autocorrelation_time():
    # Slow chains, far from 50 tau_int long, each started from the stationary law.
    rng = np.random.default_rng(8)
    slow = rng.normal(size=(4000, 1)) + 0.1 * rng.normal(size=(4000, 20))
    found = jackknife(lambda x: x, slow, independent=True)
    expected = mean_of_independent(slow.mean(axis=1))
    assert found.valid
    assert found.value == pytest.approx(expected.value, abs=1e-12)
    assert found.error == pytest.approx(expected.error, rel=1e-9)
    assert found.n_effective == 4000
    squares = jackknife(lambda x, x2: x2 - x * x, slow, slow**2, independent=True)
    assert abs(squares.value - 1.01) < 4 * squares.error < 0.2


def test_jackknife_of_few_or_equal_independent_chains_has_no_error():
    few = jackknife(lambda x: x, np.random.default_rng(9).normal(size=(MIN_CHAINS - 1, 10)), independent=True)
    assert not few.valid
    assert "fewer than" in few.reason
    equal = jackknife(lambda x: x, np.tile(np.arange(10.0), (MIN_CHAINS, 1)), independent=True)
    assert not equal.valid
    assert "says nothing" in equal.reason
    with pytest.raises(ValueError, match="at least 2"):
        jackknife(lambda x: x, np.arange(10.0), independent=True, n_blocks=2)


def test_jackknife_refuses_short_blocks_and_short_chains():
    series = ar1(0.8, (600,), seed=12)
    assert jackknife(lambda x: x, series, n_blocks=8).valid
    blocks = jackknife(lambda x: x, series, n_blocks=60)
    assert not blocks.valid
    assert "blocks of 10 draws" in blocks.reason
    chain = jackknife(lambda x: x, series[:60], n_blocks=2)
    assert not chain.valid
    assert np.isnan(chain.error)
    assert "50 tau_int" in chain.reason


def test_chi_square_of_normal_points():
    assert chi_square([1.0, 2.0], [1.0, 0.5], 0.0) == (17.0, 2, pytest.approx(np.exp(-8.5)))
    assert chi_square(1.0, 1.0, 1.0) == (0.0, 1, 1.0)


def test_holm_steps_down():
    p = np.array([[0.04, 0.001], [0.012, 0.03]])
    # 0.001 <= 0.05/4, 0.012 <= 0.05/3, 0.03 > 0.05/2 stands and protects 0.04
    assert holm(p, level=0.05).tolist() == [[False, True], [True, False]]
    assert not holm([0.002, 0.5]).any()
    assert holm([]).shape == (0,)


@pytest.mark.parametrize("function", [mean_and_error, integrated_autocorrelation_time, split_r_hat])
@pytest.mark.parametrize(
    ("series", "message"),
    [
        ([1.0, np.nan, 2.0, 3.0], "series with nan: allowed are finite numbers"),
        ([1.0, np.inf, 2.0, 3.0], "series with inf: allowed are finite numbers"),
        (np.zeros((2, 3, 4)), "shape"),
        (3.0, "shape"),
        ([1.0], "2 draws"),
    ],
)
def test_bad_series_raise(function, series, message):
    with pytest.raises(ValueError, match=message):
        function(series)


def test_bad_arguments_raise():
    good = np.arange(10.0)
    with pytest.raises(ValueError, match="axis 1: the series has the axes 0 to 0"):
        integrated_autocorrelation_time(good, axis=1)
    with pytest.raises(ValueError, match="at least one series"):
        jackknife(lambda: 0.0)
    with pytest.raises(ValueError, match=r"series of shapes \[\(1, 10\), \(1, 5\)\]: they have to be equal"):
        jackknife(lambda a, b: a, good, good[:5])
    with pytest.raises(ValueError, match="n_blocks"):
        jackknife(lambda a: a, good, n_blocks=11)
    with pytest.raises(ValueError, match="not finite"):
        jackknife(lambda a: float("nan"), good, n_blocks=2)
    with pytest.raises(ValueError, match="4 draws"):
        split_r_hat([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match=r"errors 0\.0: allowed are positive numbers"):
        chi_square([1.0], [0.0], [1.0])
    with pytest.raises(ValueError, match="errors nan: allowed are finite numbers"):
        chi_square([1.0], [np.nan], [1.0])
    with pytest.raises(ValueError, match="at least one point"):
        chi_square([], [], [])
    with pytest.raises(ValueError, match=r"p_values nan: allowed are numbers in \[0, 1\]"):
        holm([0.1, np.nan])
    with pytest.raises(ValueError, match="level"):
        holm([0.1], level=0)


def test_mean_of_independent_repetitions_covers_the_true_mean():
    sets = np.random.default_rng(11).normal(2.0, 3.0, (2000, 20))
    estimates = [mean_of_independent(values) for values in sets]
    covered = np.mean([abs(e.value - 2.0) < 2 * e.error for e in estimates])
    # Student's t with 19 degrees of freedom: 94.0 % within two standard errors; 3 sigma of 2000 trials is 1.6 %.
    assert covered == pytest.approx(0.940, abs=0.016)
    assert all(e.valid and e.n_effective == 20 for e in estimates)


def test_repetitions_without_a_valid_error_say_why():
    few = mean_of_independent([1.0, 2.0, 4.0])
    assert not few.valid
    assert np.isnan(few.error)
    assert "fewer than 16" in few.reason
    assert "spread says nothing" in mean_of_independent(np.ones(20)).reason
    for wrong in ([1.0], [[1.0, 2.0]], [1.0, float("nan")]):
        with pytest.raises(ValueError, match=r"values .*: allowed (is|are finite)"):
            mean_of_independent(wrong)


@pytest.mark.parametrize("n", [3, 5])
def test_mean_of_few_covers_the_true_mean_as_often_as_it_says(n):
    sets = np.random.default_rng(12).normal(2.0, 3.0, (4000, n))
    covered = np.mean([abs(e.value - 2.0) < 2 * e.error for e in map(mean_of_few, sets)])
    assert covered == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 4000))


@pytest.mark.parametrize("distance", [0.3, 1.0, 5.0])
def test_as_many_repetitions_as_are_needed_resolve_the_distance_and_fewer_do_not(distance):
    def resolved(n):  # n values of standard deviation 1
        values = np.resize([-1.0, 1.0], n) - np.resize([-1.0, 1.0], n).mean()
        return 2 * mean_of_few(values / values.std(ddof=1)).error <= distance

    n = repetitions_needed([0.0, 1.0, 2.0], distance)
    assert resolved(n)
    assert n == 3 or not resolved(n - 1)


def test_no_number_of_repetitions_resolves_no_distance():
    with pytest.raises(ValueError, match="distance 0"):
        repetitions_needed([1.0, 2.0, 3.0], 0)


def test_mean_of_few_adds_what_each_value_is_uncertain_by():
    same = mean_of_few([1.0, 1.0, 1.0], each=0.3)
    assert same.valid
    assert same.error == pytest.approx(0.3 / np.sqrt(3) * 4.302653 / 2, rel=1e-6)
    assert "spread says nothing" in mean_of_few([1.0, 1.0, 1.0]).reason
    for wrong in ([1.0, 2.0], [[1.0, 2.0, 3.0]], [1.0, 2.0, float("nan")]):
        with pytest.raises(ValueError, match=r"values .*: allowed (is|are finite)"):
            mean_of_few(wrong)
    with pytest.raises(ValueError, match=r"each -1\.0: allowed are finite values and an error not below 0"):
        mean_of_few([1.0, 2.0, 3.0], each=-1.0)


def test_counts_of_their_own_law_have_the_p_values_of_chance():
    rng, law = np.random.default_rng(1), np.array([0.4, 0.3, 0.2, 0.0995, 0.0005])
    p = np.array([chi_square_of_counts(rng.multinomial(2000, law), law)[2] for _ in range(400)])
    assert kstest(p, "uniform").pvalue > 1e-3
    other = np.array([0.35, 0.35, 0.2, 0.0995, 0.0005])
    assert chi_square_of_counts(rng.multinomial(2000, other), law)[2] < 1e-3


def test_rare_classes_are_one_and_join_the_next_if_that_is_too_few():
    assert chi_square_of_counts([50, 44, 3, 3], [0.5, 0.44, 0.03, 0.03])[:2] == (0.0, 2)
    assert chi_square_of_counts([50, 46, 2, 2], [0.5, 0.46, 0.02, 0.02])[:2] == (0.0, 1)
    assert chi_square_of_counts([50, 50], [0.5, 0.5])[:2] == (0.0, 1)


@pytest.mark.parametrize(
    ("counts", "probabilities", "match"),
    [
        ([1, 2], [0.5, 0.3, 0.2], "one number for each class"),
        ([-1, 2], [0.5, 0.5], "none may be negative"),
        ([0, 0], [0.5, 0.5], "at least one event"),
        ([5, 5], [0.5, 0.6], "add up to 1"),
        ([3, 3], [0.5, 0.5], "two classes of 5"),
    ],
)
def test_counts_that_are_none_are_refused(counts, probabilities, match):
    with pytest.raises(ValueError, match=match):
        chi_square_of_counts(counts, probabilities)
