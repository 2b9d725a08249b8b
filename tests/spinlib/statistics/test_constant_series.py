"""Frozen series: no valid error and a reason, but no exception that stops a sweep."""

import numpy as np
import pytest
import xarray as xr

from spinlib import observables, sample
from spinlib.models import Ising
from spinlib.statistics import (
    MIN_CHAINS,
    integrated_autocorrelation_time,
    jackknife,
    mean_and_error,
    mean_of_few,
    mean_of_independent,
    split_r_hat,
)


@pytest.fixture(scope="module")
def cold_sweep():
    """The example of the issue: at T = 0.5 no spin ever turns."""
    return sample(
        Ising((16, 16)), [0.5, 2.0], 400, method="metropolis", start="cold", n_chains=2, burn_in=50, seed=3,
        keep_spins=False,
    )  # fmt: skip


@pytest.mark.parametrize("series", [np.full(100, 0.1), np.full((4, 100), -2), np.full((MIN_CHAINS, 5), 1e9)])
def test_constant_series_have_a_value_and_no_error(series):
    value = float(series.flat[0])
    squared = jackknife(lambda x, x2: x2 / x, series, series**2, n_blocks=4)
    assert squared.value == pytest.approx(value)
    for estimate in (mean_and_error(series), jackknife(lambda x: x, series, n_blocks=4), squared):
        assert not estimate.valid
        assert np.isnan([estimate.error, estimate.tau_int, estimate.n_effective]).all()
        assert "without variance" in estimate.reason
    assert mean_and_error(series).value == value
    assert np.isnan(integrated_autocorrelation_time(series))
    assert np.isnan(split_r_hat(series))


def test_one_constant_series_of_several_has_no_error():
    noise = np.random.default_rng(1).normal(size=(4, 300))
    estimate = jackknife(lambda a, b: a + b, noise, np.full((4, 300), 3.0))
    assert estimate.value == pytest.approx(noise.mean() + 3)
    assert "all draws are 3" in estimate.reason


def test_a_function_that_is_not_finite_there_gives_nan():
    zero = np.zeros((2, 50))
    estimate = jackknife(lambda m2, m4: 1 - m4 / (3 * m2**2), zero, zero)
    assert np.isnan(estimate.value)
    assert not estimate.valid


def test_repetitions_that_all_agree_have_no_error():
    for estimate in (mean_of_independent(np.ones(20)), mean_of_few([1.0, 1.0, 1.0])):
        assert not estimate.valid
        assert "says nothing" in estimate.reason
    agreeing = jackknife(lambda x: x, np.tile(np.arange(10.0), (MIN_CHAINS, 1)), independent=True)
    assert not agreeing.valid


def test_fluctuations_of_constant_series_are_zero():
    constant = np.full((3, 50), -2.0)
    T = [1.0, 2.0, 3.0]
    assert observables.heat_capacity(constant, T, 16).tolist() == [0, 0, 0]
    for subtract in ("mean", "mean_abs"):
        assert observables.susceptibility(constant, T, 16, subtract).tolist() == [0, 0, 0]
    np.testing.assert_allclose(observables.binder_cumulant(constant), 2 / 3, rtol=1e-12)


def test_a_frozen_temperature_does_not_stop_a_sweep(cold_sweep):
    energy = cold_sweep.energy
    assert np.ptp(energy.sel(temperature=0.5).values) == 0
    found = mean_and_error(energy)
    assert found.valid.values.tolist() == [False, True]
    assert found.value.values[0] == -2
    assert np.isnan(found.error.values[0])
    assert "without variance" in str(found.reason.values[0])
    assert np.isnan(integrated_autocorrelation_time(energy)).values.tolist() == [True, False]
    assert np.isnan(split_r_hat(energy)).values.tolist() == [True, False]
    heat = jackknife(lambda e, e2, T: 256 * (e2 - e * e) / T**2, energy, energy**2, cold_sweep.temperature)
    assert heat.valid.values.tolist() == [False, True]
    assert heat.value.values[0] == 0
    assert observables.heat_capacity(energy, cold_sweep.temperature, 256, axis=("chain", "draw")).values[0] == 0


def test_one_temperature_without_magnetization_does_not_stop_the_cumulants():
    m = np.random.default_rng(2).normal(size=(3, 2, 600))
    m[1] = 0
    labelled = xr.DataArray(m, dims=("temperature", "chain", "draw"), coords={"temperature": [1.0, 2.0, 3.0]})
    for cumulant in (
        observables.binder_cumulant(m, axis=(1, 2)),
        observables.binder_cumulant(labelled, axis=("chain", "draw")).values,
        jackknife(lambda m2, m4: 1 - m4 / (3 * m2**2), labelled**2, labelled**4, n_blocks=8).value.values,
    ):
        assert np.isnan(cumulant).tolist() == [False, True, False]
    single = observables.binder_cumulant(labelled[1], axis=("chain", "draw"))
    assert np.isnan(single)


def test_one_temperature_where_the_function_is_not_finite_does_not_stop_the_others():
    values = np.random.default_rng(4).normal(size=(2, 600)) + np.array([[5.0], [-5.0]])
    series = xr.DataArray(values, dims=("temperature", "draw"), coords={"temperature": [1.0, 2.0]})
    found = jackknife(lambda x: np.sqrt(x) if x > 0 else float("nan"), series, n_blocks=8)
    assert found.valid.values.tolist() == [True, False]
    assert "not finite" in str(found.reason.values[1])
    with pytest.raises(ValueError, match="not finite"):
        jackknife(lambda x: float("nan"), values[1], n_blocks=8)
