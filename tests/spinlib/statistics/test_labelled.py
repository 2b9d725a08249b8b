"""Error bars of whole labelled variables are those of each temperature's series alone."""

import pytest
import xarray as xr

from spinlib import sample
from spinlib.models import Ising
from spinlib.statistics import (
    Estimate,
    chi_square,
    integrated_autocorrelation_time,
    jackknife,
    mean_and_error,
    split_r_hat,
)

TEMPERATURES = [2.0, 2.3, 3.0]


@pytest.fixture(scope="module")
def energy():
    return sample(
        Ising((6, 6)), TEMPERATURES, 400, method="swendsen_wang", n_chains=2, burn_in=20, seed=2, keep_spins=False
    ).energy


def columns(dataset, index):
    return Estimate(*(dataset[name].values[index] for name in Estimate._fields))


def test_each_temperature_has_the_estimate_of_its_series(energy):
    for variable in (energy, energy.transpose("draw", "temperature", "chain")):
        found = mean_and_error(variable)
        assert isinstance(found, xr.Dataset)
        assert found.temperature.values.tolist() == TEMPERATURES
        assert set(found.data_vars) == set(Estimate._fields)
        for i in range(3):
            assert columns(found, i) == mean_and_error(energy.values[i])
    assert found.value.attrs["units"] == found.error.attrs["units"] == "J"
    assert found.tau_int.attrs["units"] == "draws"
    assert found.valid.dtype == bool


def test_other_dimensions_remain(energy):
    both = xr.concat([energy, 2 * energy], "size").assign_coords(size=[6, 12])
    found = mean_and_error(both)
    assert dict(found.sizes) == {"size": 2, "temperature": 3}
    assert float(found.error.sel(size=12, temperature=2.3)) == pytest.approx(
        2 * float(found.error.sel(size=6, temperature=2.3))
    )


def test_one_series_gives_plain_numbers(energy):
    assert mean_and_error(energy[1]) == mean_and_error(energy.values[1])
    assert mean_and_error(energy[1].transpose("draw", "chain")) == mean_and_error(energy.values[1])
    assert mean_and_error(energy[1, 0]) == mean_and_error(energy.values[1, 0])
    assert isinstance(integrated_autocorrelation_time(energy[1]), float)
    assert isinstance(split_r_hat(energy[1]), float)
    assert jackknife(lambda x: x, energy[1]) == jackknife(lambda x: x, energy.values[1])


def test_times_and_r_hat_of_each_temperature(energy):
    for function in (integrated_autocorrelation_time, split_r_hat):
        found = function(energy.transpose("chain", "draw", "temperature"))
        assert found.dims == ("temperature",)
        assert found.values.tolist() == [function(one) for one in energy.values]


def test_jackknife_knows_the_temperature_of_each_series(energy):
    found = jackknife(
        lambda e, e2, T: 36 * (e2 - e * e) / T**2, energy, (energy**2).transpose("draw", ...), energy.temperature
    )
    for i, T in enumerate(TEMPERATURES):
        one = energy.values[i]
        assert columns(found, i) == jackknife(lambda e, e2, T=T: 36 * (e2 - e * e) / T**2, one, one**2)


def test_series_without_the_right_labels_raise(energy):
    for function in (mean_and_error, integrated_autocorrelation_time, split_r_hat):
        with pytest.raises(ValueError, match="needs the dimension 'draw', got temperature, chain, step"):
            function(energy.rename(draw="step"))
        with pytest.raises(TypeError, match="a Dataset holds several"):
            function(energy.to_dataset())
        with pytest.raises(ValueError, match="series with nan: allowed are finite numbers"):
            function(energy.where(energy.temperature > 2.1))
        with pytest.raises(ValueError, match="2 draws"):
            function(energy[..., :1])
        with pytest.raises(ValueError, match="nothing to average"):
            function(energy[..., :0])
    with pytest.raises(ValueError, match="taken along 'draw'"):
        integrated_autocorrelation_time(energy, axis=0)
    with pytest.raises(ValueError, match="labels of the arrays differ"):
        jackknife(lambda a, b: a * b, energy[:2], energy[1:])
    with pytest.raises(ValueError, match="has the dimension beta"):
        jackknife(lambda a, b: a * b, energy, energy.temperature.rename(temperature="beta"))
    with pytest.raises(ValueError, match="none of the labelled series has the dimension 'draw'"):
        jackknife(lambda a: a, energy.rename(draw="step"))
    with pytest.raises(TypeError, match="either all are labelled"):
        jackknife(lambda a, b: a * b, energy, energy.values)


def test_chi_square_goes_by_the_labels():
    labels = {"dims": ("temperature", "size"), "coords": {"temperature": [1.0, 2.0], "size": [4, 8]}}
    observed = xr.DataArray([[1.0, 2.0], [3.0, 4.0]], **labels)
    errors = xr.DataArray([[1.0, 2.0], [0.5, 4.0]], **labels)
    expected = ((observed / errors) ** 2).sum()
    for found in (
        chi_square(observed, errors.T, 0.0),
        chi_square(observed.values, errors.values, 0.0),
        chi_square(observed.T, errors, xr.DataArray(0.0)),
    ):
        assert found[0] == pytest.approx(float(expected))
        assert found[1] == 4
    with pytest.raises(ValueError, match="labels of the arrays differ"):
        chi_square(observed, errors.assign_coords(size=[4, 16]), 0.0)
    with pytest.raises(ValueError, match="have to be equal"):
        chi_square([1.0, 2.0], [[1.0], [2.0]], 0.0)
