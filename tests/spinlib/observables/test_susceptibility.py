"""The susceptibility's three definitions, in a field and without one, against enumeration and a transfer matrix."""

import numpy as np
import pytest
import xarray as xr

from spinlib import observables, sample
from spinlib.exact import enumeration
from spinlib.models import Ising, Potts
from spinlib.statistics import jackknife


def as_draws(values, probabilities, n=4_000_000):
    """Every value as often as it is probable, to within one draw."""
    return np.repeat(values, np.rint(n * probabilities).astype(int))


def exact_slope(mean, B, step=1e-3):
    """The derivative, from differences of fourth order."""
    return (8 * (mean(B + step) - mean(B - step)) - mean(B + 2 * step) + mean(B - 2 * step)) / (12 * step)


@pytest.mark.parametrize(
    ("shape", "boundary"), [((3, 3), "periodic"), ((2, 4), ("free", "periodic")), ((10,), "antiperiodic")]
)
@pytest.mark.parametrize(("B", "T"), [(0.05, 2.0), (0.02, 2.5), (-0.3, 1.5), (1.0, 4.0)])
def test_in_a_field_it_is_the_derivative_of_m(shape, boundary, B, T):
    """At small fields m still changes its sign, and 0 or <|m|> subtracted is off by far."""

    def mean(field):
        return enumeration.thermodynamics(Ising(shape, 1.0, field, boundary), T).magnetization

    model = Ising(shape, 1.0, B, boundary)
    n = model.n_sites
    _, totals, probabilities = enumeration.energy_magnetization_distribution(model, T)
    m, slope = as_draws(totals / n, probabilities), exact_slope(mean, B)
    assert observables.susceptibility(m, T, n, field=B) == pytest.approx(slope, rel=1e-4)
    assert observables.susceptibility(m, T, n, "mean") == pytest.approx(slope, rel=1e-4)
    labelled = xr.DataArray(m, dims="draw", attrs={"field": B})
    assert float(observables.susceptibility(labelled, T, n)) == pytest.approx(slope, rel=1e-4)
    # What the definitions of zero field would give.
    zero, mean_abs = (observables.susceptibility(m, T, n, name) for name in ("zero", "mean_abs"))
    assert zero > slope > mean_abs
    assert max(zero / slope, slope / mean_abs) > 1.2


def test_chain_in_a_field_against_the_transfer_matrix():
    n, T, B = 24, 1.2, 0.1

    def mean(field):
        K, h = 1 / T, field / T
        root = np.sqrt(np.exp(2 * K) * np.sinh(h) ** 2 + np.exp(-2 * K))
        larger, smaller = (np.exp(K) * np.cosh(h) + sign * root for sign in (1, -1))
        # m = d ln Z / d h / n of Z = larger^n + smaller^n.
        slope = np.exp(K) * np.sinh(h) + np.array([1, -1]) * np.exp(2 * K) * np.sinh(h) * np.cosh(h) / root
        return (larger ** (n - 1) * slope[0] + smaller ** (n - 1) * slope[1]) / (larger**n + smaller**n)

    exact = exact_slope(mean, B)
    draws = sample(
        Ising((n,), 1.0, B), [T], 10_000, method="heat_bath", n_chains=4, burn_in=500, sweeps_between=4, seed=7,
        keep_spins=False,
    )  # fmt: skip
    m = draws.magnetization.assign_attrs(field=B)
    assert abs(float(m.mean()) - mean(B)) < 0.05
    chi = jackknife(lambda m1, m2, t: n * (m2 - m1 * m1) / t, m, m**2, draws.temperature)
    error = float(chi.error[0])
    assert 0 < error < 0.02 * exact
    assert abs(float(chi.value[0]) - exact) < 4 * error
    plain = observables.susceptibility(m, draws.temperature, n, axis=("chain", "draw"))
    assert abs(float(plain[0]) - exact) < 4 * error
    assert plain.attrs["definition"] == "N (<m^2> - <m>^2) / T"


@pytest.mark.parametrize("q", [2, 3])
def test_potts_in_a_field_on_one_state(q):
    """q / (q - 1) times the derivative of (q x_0 - 1) / (q - 1) by B in H - B N x_0, as the docstring says."""
    model, T, B = Potts((2, 3), q=q), 1.3, 0.4
    states, energies = enumeration.states(model), enumeration.energies(model)
    first = (states == 0).sum(axis=(1, 2))
    m = (q * first / 6 - 1) / (q - 1)

    def probabilities(field):
        weight = np.exp(-(energies - field * first) / T)
        return weight / weight.sum()

    slope = exact_slope(lambda field: probabilities(field) @ m, B)
    chi = observables.susceptibility(as_draws(m, probabilities(B)), T, 6, field=B)
    assert chi == pytest.approx(q / (q - 1) * slope, rel=1e-3)
    strong = 20.0
    # In a strong field the most frequent state is that of the field.
    order = observables.magnetization(model, states)
    variance = probabilities(strong) @ order**2 - (probabilities(strong) @ order) ** 2
    steep = exact_slope(lambda field: probabilities(field) @ m, strong)
    assert 6 * variance / T == pytest.approx(q / (q - 1) * steep, rel=1e-3)


def test_the_default_follows_the_field_and_the_attributes_say_so():
    values = np.random.default_rng(1).choice([-0.8, 0.9], 1000)
    by_name = {name: observables.susceptibility(values, 2.0, 10, name) for name in ("mean", "mean_abs", "zero")}
    assert by_name["mean"] == pytest.approx(5 * values.var())
    assert by_name["mean_abs"] == pytest.approx(5 * np.abs(values).var())
    assert by_name["zero"] == pytest.approx(5 * (values**2).mean())
    assert observables.susceptibility(values, 2.0, 10) == by_name["mean_abs"]
    assert observables.susceptibility(values, 2.0, 10, field=0.0) == by_name["mean_abs"]
    assert observables.susceptibility(values, 2.0, 10, field=-0.1) == by_name["mean"]
    assert observables.susceptibility(values, 2.0, 10, "zero", field=0.1) == by_name["zero"]
    for attrs, keyword, subtract in (
        ({}, {}, "mean_abs"),
        ({"field": 0.0}, {}, "mean_abs"),
        ({"field": 0.2}, {}, "mean"),
        ({"field": 0.2}, {"field": 0.0}, "mean_abs"),
        ({}, {"field": -1}, "mean"),
        ({"field": 0.2}, {"subtract": "zero"}, "zero"),
    ):
        chi = observables.susceptibility(xr.DataArray(values, dims="draw", attrs=attrs), 2.0, 10, **keyword)
        assert float(chi) == by_name[subtract]
        assert chi.attrs["subtract"] == subtract


@pytest.mark.parametrize("field", [float("nan"), "strong", [0.1, 0.2]])
def test_a_field_that_is_no_number_raises(field):
    with pytest.raises(ValueError, match="field"):
        observables.susceptibility([0.1, 0.2], 1.0, 4, field=field)
