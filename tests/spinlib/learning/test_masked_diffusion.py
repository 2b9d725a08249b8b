"""Masked diffusion by maximum likelihood: the exact law of a small torus, what is drawn, resumption, a larger torus."""

import numpy as np
import pytest

from spinlib.evaluation.divergences import of_probabilities
from spinlib.evaluation.importance_weights import log_partition
from spinlib.exact import enumeration
from spinlib.learning import conditional_autoregressive as learning
from spinlib.learning.conditional_autoregressive import LikelihoodTraining
from spinlib.learning.plan import Optimizer
from spinlib.models import Ising
from spinlib.networks.masked_diffusion import MaskedDiffusion
from spinlib.networks.weights import weights

LATTICE = Ising((4, 4))
TEMPERATURES = (2.0, 2.6, 3.4)
SETTINGS = {"width": 8, "blocks": (1, 1, 1, 1, 1)}
HOW = LikelihoodTraining(16, 50, Optimizer("adamw", 0.01, "cosine"), 0.98)


def thermal(n=800):
    """Exact independent configurations of all temperatures."""
    rng, states = np.random.default_rng(1), enumeration.states(LATTICE)
    parts = [states[rng.choice(len(states), n, p=enumeration.boltzmann(LATTICE, t))] for t in TEMPERATURES]
    return np.concatenate(parts), np.repeat(TEMPERATURES, n)


@pytest.fixture(scope="module")
def trained():
    network = MaskedDiffusion((4, 4), **SETTINGS)
    return network, learning.fit(network, *thermal(), HOW, seed=1)


def test_training_finds_the_law_of_all_states_between_the_temperatures_too(trained):
    p = np.exp(learning.log_probability(trained[0], enumeration.states(LATTICE), 2.3))
    assert p.sum() == pytest.approx(1.0, abs=1e-4)
    exact = enumeration.boltzmann(LATTICE, 2.3)
    assert of_probabilities(p / p.sum(), exact).model_to_exact < 0.05
    flat = np.full(len(exact), 1.0 / len(exact))
    assert of_probabilities(flat, exact).model_to_exact > 1.0


def test_the_loss_is_minus_the_log_likelihood_per_site(trained):
    energies = LATTICE.energy(enumeration.states(LATTICE))
    means = [float(enumeration.boltzmann(LATTICE, t) @ energies) for t in TEMPERATURES]
    entropy = [enumeration.log_partition(LATTICE, t) + e / t for t, e in zip(TEMPERATURES, means, strict=True)]
    assert trained[1].losses["per_site"][-1] == pytest.approx(np.mean(entropy) / 16, abs=0.02)


def test_what_is_drawn_has_the_probability_that_is_told_and_its_weights_give_z(trained):
    drawn = learning.generate(trained[0], 2.3, 3000, seed=3, batch=1200)
    told = learning.log_probability(trained[0], drawn.spins, 2.3)
    np.testing.assert_allclose(drawn.log_probability, told, atol=1e-4)
    found = log_partition(-LATTICE.energy(drawn.spins) / 2.3 - drawn.log_probability)
    assert abs(found.value - enumeration.log_partition(LATTICE, 2.3)) < 4 * found.error + 1e-4


def test_on_a_larger_torus_it_remembers_its_temperatures(trained):
    larger = trained[0].on((8, 8))
    with pytest.warns(UserWarning, match="temperature 1.0: the network was trained for 2 to 3.4"):
        assert learning.generate(larger, 1.0, 5, seed=1).spins.shape == (5, 8, 8)


def test_a_resumed_training_ends_with_the_same_weights(tmp_path, monkeypatch):
    spins, at = thermal(40)
    how = LikelihoodTraining(4, 30, Optimizer("adamw", 0.01, "cosine"), 0.9)
    whole, resumed = MaskedDiffusion((4, 4), **SETTINGS), MaskedDiffusion((4, 4), **SETTINGS)
    curves = learning.fit(whole, spins, at, how, seed=1)
    real, calls = MaskedDiffusion.surprise, []

    def stops(self, *arguments):
        calls.append(1)
        if len(calls) > 10:
            raise KeyboardInterrupt
        return real(self, *arguments)

    monkeypatch.setattr(MaskedDiffusion, "surprise", stops)
    with pytest.raises(KeyboardInterrupt):
        learning.fit(resumed, spins, at, how, seed=1, checkpoint=tmp_path / "state.npz")
    monkeypatch.setattr(MaskedDiffusion, "surprise", real)
    again = learning.fit(resumed, spins, at, how, seed=1, checkpoint=tmp_path / "state.npz")
    np.testing.assert_array_equal(again.losses["per_site"], curves.losses["per_site"])
    for name, values in weights(whole).items():
        np.testing.assert_array_equal(weights(resumed)[name], values)
