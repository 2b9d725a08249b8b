"""Metropolis of long-range Ising spins against its exact law and against enumeration."""

import numpy as np
import pytest

from spinlib import sample
from spinlib.exact import enumeration
from spinlib.models import Ising, LongRangeIsing
from spinlib.samplers import parallel_tempering
from spinlib.samplers.random import streams
from spinlib.samplers.single_spin import long_range

MODELS = [
    LongRangeIsing((2, 3)),
    LongRangeIsing((3, 2), "sinusoidal", coupling=-0.7, cutoff=9.0),
    LongRangeIsing((7,), coupling=1.3, screening=0.4, cutoff=5.0),
]


@pytest.mark.parametrize("temperature", [0.4, 2.0])
@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_transition_frequencies_of_one_sweep(model, temperature, law):
    n, start = 100_000, enumeration.states(model)[enumeration.n_states(model) // 3]
    spins = np.tile(start, (n, *(1,) * start.ndim))
    long_range.sweep(model, spins, np.full(n, temperature), law.random_state(n, 3), 1)
    assert law.p_value(model, spins, law.after_single_site_sweep(model, temperature, start, "metropolis")) > law.LEVEL


@pytest.mark.parametrize("method", ["auto", "metropolis"])
@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_samples_have_boltzmanns_law(model, method, law):
    draws = sample(model, [0.5, 1.5], 1, method=method, n_chains=10_000, burn_in=1_000, seed=4)
    assert draws.attrs["method"] == "metropolis"
    for temperature in (0.5, 1.5):
        here = draws.sel(temperature=temperature)
        spins = here.spins.values[:, 0]
        assert law.p_value(model, spins, enumeration.boltzmann(model, temperature)) > law.LEVEL
        np.testing.assert_allclose(here.energy.values[:, 0], model.energy(spins) / model.n_sites, atol=1e-12)
        np.testing.assert_allclose(here.magnetization.values[:, 0], spins.reshape(10_000, -1).mean(axis=1), atol=1e-15)


def test_parallel_tempering_has_the_same_law(law):
    draws = parallel_tempering.sample(MODELS[0], [0.3, 0.8], 1, n_chains=5_000, burn_in=50, seed=4)
    assert draws.attrs["method"] == "metropolis"
    for temperature in (0.3, 0.8):
        spins = draws.spins.sel(temperature=temperature).values[:, 0]
        assert law.p_value(MODELS[0], spins, enumeration.boltzmann(MODELS[0], temperature)) > law.LEVEL


def test_how_sweeps_are_split_into_calls_does_not_matter():
    model, results = LongRangeIsing((4, 4)), []
    for parts in ((7,), (1, 4, 2)):
        spins, rng = np.ones((2, 4, 4), np.int8), streams(0, "x", 0, 2)
        for n in parts:
            long_range.sweep(model, spins, np.array([0.5, 3.0]), rng, n)
        results.append((spins, rng))
    for one, other in zip(*results, strict=True):
        np.testing.assert_array_equal(one, other)


def test_other_methods_and_models_are_refused():
    for method in ("wolff", "heat_bath", "multispin", "convolution"):
        with pytest.raises(ValueError, match=f"'{method}': allowed for LongRangeIsing are 'auto', 'metropolis'$"):
            sample(MODELS[0], 1.0, 1, method=method)
    with pytest.raises(TypeError, match="Ising: this metropolis is for LongRangeIsing"):
        long_range.refuse(Ising((4, 4)))
    own = type("Own", (LongRangeIsing,), {"energy": lambda self, spins: 0.0})((2, 2))
    with pytest.raises(TypeError, match=r"Own\.energy"):
        sample(own, 1.0, 1)
