"""How often two errors hold the true value, on AR(1) series of known tau_int, from 50 tau_int per chain upwards."""

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.stats import binom

from spinlib.statistics import jackknife, mean_and_error
from spinlib.statistics.estimates import widened

TAU = 5.0
RHO = (2 * TAU - 1) / (2 * TAU + 1)
# Fixed before the test: what the true share may be, and the binomial interval of 99.9 % around each end. Near the limit
# of 50 tau_int, half of the chains are refused and those accepted are the ones that look shorter-lived, hence 92 %.
LOWEST, HIGHEST = 0.92, 0.975


def ar1(shape, seed):
    """Stationary AR(1) series of mean 0 and variance 1."""
    noise = np.random.default_rng(seed).standard_normal(shape)
    noise[..., 1:] *= np.sqrt(1 - RHO**2)
    return lfilter([1], [1, -RHO], noise, axis=-1)


def check(estimates, true, lowest=LOWEST):
    valid = [e for e in estimates if e.valid]
    covered = sum(abs(e.value - true) < 2 * e.error for e in valid)
    assert len(valid) > 0.4 * len(estimates)
    assert binom.ppf(0.0005, len(valid), lowest) <= covered <= binom.ppf(0.9995, len(valid), HIGHEST)


@pytest.mark.parametrize("n_chains", [1, 4])
@pytest.mark.parametrize(("times", "repetitions"), [(50, 4000), (60, 4000), (100, 3000), (1000, 1000)])
def test_two_errors_of_a_mean_hold_it_as_often_as_they_say(times, repetitions, n_chains):
    series = ar1((repetitions, n_chains, int(times * TAU)), seed=times + n_chains)
    # At 100 tau_int and more nearly no chain is refused, and the share has to be 95 %.
    check([mean_and_error(one) for one in series], 0.0, LOWEST if times < 100 else 0.94)


@pytest.mark.parametrize("n_chains", [16, 40])
def test_two_errors_from_the_spread_of_short_chains(n_chains):
    series = np.random.default_rng(n_chains).standard_normal((3000, n_chains, 20))
    check([mean_and_error(one) for one in series], 0.0, 0.94)


@pytest.mark.parametrize(
    ("times", "n_chains", "n_blocks", "repetitions"),
    [(60, 1, 8, 1500), (100, 1, 8, 1500), (50, 4, 8, 1500), (100, 4, 16, 1000), (1000, 1, 32, 600), (1000, 4, 8, 400)],
)
def test_two_errors_of_the_jackknife(times, n_chains, n_blocks, repetitions):
    series = ar1((repetitions, n_chains, int(times * TAU)), seed=times + n_blocks)
    check([jackknife(lambda x: x, one, n_blocks=n_blocks) for one in series], 0.0, LOWEST if times < 100 else 0.935)


def test_two_errors_of_a_jackknifed_variance():
    series = ar1((1000, 4, int(200 * TAU)), seed=3)
    check([jackknife(lambda x, x2: x2 - x * x, one, one**2, n_blocks=16) for one in series], 1.0)


def test_long_chains_keep_their_error():
    for dof, most in ((5, 1.4), (100, 1.02), (1000, 1.002), (1e6, 1.00001)):
        assert 1 < widened(1.0, dof) < most
    series = ar1((10_000 * int(TAU),), seed=1)
    estimate = mean_and_error(series)
    plain = np.sqrt(2 * estimate.tau_int / series.size) * series.std()
    assert estimate.error == pytest.approx(plain, rel=0.003)
    assert estimate.n_effective == pytest.approx(series.size / (2 * estimate.tau_int), rel=1e-9)
