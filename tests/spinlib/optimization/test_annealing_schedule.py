"""Temperatures, alpha and rates of `anneal` reach the sweeps and the spins, step by step."""

import numpy as np
import pytest
import torch

from spinlib.optimization import annealing as module
from spinlib.optimization.annealing import anneal, spin_glass_couplings

torch.set_num_threads(1)
STEPS = 8


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def seen(monkeypatch):
    """What the two samplers are asked for: name, temperature, and where it has one alpha and its noise."""
    calls = []
    plain, relaxed = module.sweep, module.relaxed_sweep

    def spy_on_sweep(model, spins, temperature, rng, n, **others):
        calls.append(("sweep", float(temperature), n))
        return plain(model, spins, temperature, rng, n, **others)

    def spy_on_relaxed(model, spins, temperature, alpha, noise, **others):
        calls.append(("relaxed", float(temperature), alpha, noise.clone(), spins.detach().clone(), others))
        return relaxed(model, spins, temperature, alpha, noise, **others)

    monkeypatch.setattr(module, "sweep", spy_on_sweep)
    monkeypatch.setattr(module, "relaxed_sweep", spy_on_relaxed)
    return calls


def glass(n=2, shape=(4, 4)):
    couplings = spin_glass_couplings(n, shape, generator(1))
    return couplings, torch.randint(2, (n, 1, *shape), generator=generator(2)) * 2.0 - 1.0


@pytest.mark.parametrize("start", [3.0, 0.8])
def test_metropolis_sweeps_once_at_every_temperature_of_the_ramp(seen, start):
    anneal(*glass(), "monte_carlo", STEPS, generator(3), start_temperature=start)
    assert [call[0] for call in seen] == ["sweep"] * STEPS
    np.testing.assert_allclose([call[1] for call in seen], start * np.arange(STEPS, 0, -1) / STEPS, rtol=1e-12)
    assert [call[2] for call in seen] == [1] * STEPS


@pytest.mark.parametrize("alpha", [10.0, 2.5])
def test_the_differentiable_method_has_the_same_ramp_and_its_alpha(seen, alpha):
    couplings, spins = glass()
    anneal(couplings, spins, "differentiable", 2 * STEPS, generator(3), start_temperature=1.6, alpha=alpha)
    assert [call[0] for call in seen] == ["relaxed"] * STEPS
    np.testing.assert_allclose([call[1] for call in seen], 1.6 * np.arange(STEPS, 0, -1) / STEPS, rtol=1e-12)
    assert [call[2] for call in seen] == [alpha] * STEPS
    noises = torch.stack([call[3] for call in seen]).flatten(1)
    assert len(noises.unique(dim=0)) == STEPS  # fresh noise in every step
    for call in seen:
        assert call[5]["coupling"] is couplings
        assert set(call[4].unique().tolist()) <= {-1.0, 1.0}  # each step begins with discrete spins
    assert not torch.equal(seen[0][4], seen[1][4])  # and with those of the step before


def test_defaults_are_those_of_the_docstring(seen):
    anneal(*glass(), "differentiable", 8, generator(3))
    assert seen[0][1:3] == (3.0, 10.0)


@pytest.mark.parametrize(
    ("arguments", "rate"), [({}, 0.1), ({"gradient_rate": 0.1}, 0.1), ({"gradient_rate": 0.03}, 0.03)]
)
def test_a_soft_spin_turns_after_as_many_steps_as_its_distance_takes(arguments, rate):
    """In a ferromagnet one spin of each instance is wrong. Its field is positive: |s| / rate steps lead to zero."""
    n, shape = 40, (4, 4)
    spins = torch.ones(n, 1, *shape)
    spins[:, 0, 1, 2] = -1.0
    result = anneal(1.0, spins, "gradient", 40, generator(5), **arguments)
    distance = torch.rand(spins.shape, generator=generator(5))[:, 0, 1, 2].double().numpy()
    turned = (result.energy == -2.0).argmax(axis=0)
    steps = distance / rate
    clear = np.abs(steps - np.round(steps)) > 1e-3
    assert clear.sum() > 30
    np.testing.assert_array_equal(turned[clear], np.ceil(steps[clear]))


@pytest.mark.parametrize(("rate", "turns"), [(0.5, False), (0.9, False), (1.1, True)])
def test_a_gradient_step_of_more_than_one_overrules_the_sweep(rate, turns):
    """At the first, hot step of a relaxed sweep at large alpha spins are +-1; from there each moves by the rate."""
    spins = torch.ones(20, 1, 4, 4)
    # Metropolis at T = 1e9 accepts every flip, one colour after the other: all spins turn over, and so does the field,
    # so that the gradient pushes none back. In the antiferromagnet it pushes all.
    result = anneal(
        -1.0, spins, "differentiable", 2, generator(5), start_temperature=1e9, alpha=1e9, gradient_rate=rate
    )
    assert np.all(result.spins == (1 if turns else -1))
