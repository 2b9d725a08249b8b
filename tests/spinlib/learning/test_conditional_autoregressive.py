"""Maximum likelihood at several temperatures: exact laws of small tori, resumption, and bad input."""

import numpy as np
import pytest
import torch

from spinlib.datasets.training_sets import random_spins
from spinlib.evaluation.divergences import of_probabilities
from spinlib.evaluation.importance_weights import log_partition
from spinlib.exact import enumeration
from spinlib.learning import conditional_autoregressive as learning
from spinlib.learning.conditional_autoregressive import LikelihoodTraining
from spinlib.learning.plan import Optimizer
from spinlib.learning.training import NotFiniteError
from spinlib.models import Ising
from spinlib.networks.frontier_autoregressive import FrontierAutoregressive
from spinlib.networks.weights import weights
from spinlib.samplers import independence

LATTICE = Ising((2, 4))
TEMPERATURES = (2.0, 2.6, 3.4)
HOW = LikelihoodTraining(12, 50, Optimizer("adamw", 0.01, "cosine"), 0.98)


def thermal(temperatures=TEMPERATURES, n=1000):
    """Exact independent configurations of all temperatures."""
    rng, states = np.random.default_rng(1), enumeration.states(LATTICE)
    parts = [states[rng.choice(len(states), n, p=enumeration.boltzmann(LATTICE, t))] for t in temperatures]
    return np.concatenate(parts), np.repeat(temperatures, n)


@pytest.fixture(scope="module")
def trained():
    network = FrontierAutoregressive((2, 4), width=16)
    curves = learning.fit(network, *thermal(), HOW, seed=1)
    return network, curves


def law(network, temperature):
    return np.exp(learning.log_probability(network, enumeration.states(LATTICE), temperature))


@pytest.mark.parametrize("temperature", [*TEMPERATURES, 2.3, 3.0])
def test_training_finds_the_law_of_all_states_between_the_temperatures_too(trained, temperature):
    p = law(trained[0], temperature)
    assert p.sum() == pytest.approx(1.0, abs=1e-5)
    found = of_probabilities(p / p.sum(), enumeration.boltzmann(LATTICE, temperature))
    # 3000 configurations fix the law of 256 states, half of them by symmetry, to about 128 / 6000 nats at worst.
    assert found.model_to_exact < 0.02


def test_the_loss_is_minus_the_log_likelihood_per_site(trained):
    network, curves = trained
    energies = LATTICE.energy(enumeration.states(LATTICE))
    means = [float(enumeration.boltzmann(LATTICE, t) @ energies) for t in TEMPERATURES]
    entropy = [enumeration.log_partition(LATTICE, t) + e / t for t, e in zip(TEMPERATURES, means, strict=True)]
    assert curves.losses["per_site"].shape == (12,)
    assert curves.losses["per_site"][-1] == pytest.approx(np.mean(entropy) / 8, abs=0.02)
    assert network.temperature_range.tolist() == pytest.approx([2.0, 3.4])


def test_what_is_drawn_has_the_probability_that_is_told_and_its_weights_give_z(trained):
    network, _ = trained
    drawn = learning.generate(network, 2.3, 4000, seed=3, batch=1500)
    assert drawn.spins.dtype == np.int8
    np.testing.assert_allclose(drawn.log_probability, learning.log_probability(network, drawn.spins, 2.3), atol=1e-4)
    found = log_partition(-LATTICE.energy(drawn.spins) / 2.3 - drawn.log_probability)
    assert abs(found.value - enumeration.log_partition(LATTICE, 2.3)) < 4 * found.error + 1e-4


def test_as_a_proposal_it_is_corrected_to_the_exact_energy():
    """Of an untrained network, so that much is left to correct."""
    proposal = learning.proposal(FrontierAutoregressive((2, 4), width=4), 3.0)
    draws = independence.sample(proposal, LATTICE, 3.0, 400, n_chains=50, burn_in=50, steps_between=5, seed=1)
    exact = float(enumeration.boltzmann(LATTICE, 3.0) @ LATTICE.energy(enumeration.states(LATTICE))) / 8
    means = draws.energy.values[0].mean(axis=1)
    assert abs(means.mean() - exact) < 4 * means.std(ddof=1) / np.sqrt(50)


def test_outside_the_training_range_it_warns_and_goes_on(trained):
    network, _ = trained
    with pytest.warns(UserWarning, match="temperature 1.0: the network was trained for 2 to 3.4"):
        assert learning.generate(network, 1.0, 5, seed=1).spins.shape == (5, 2, 4)
    with pytest.warns(UserWarning, match="this is an extrapolation"):
        learning.log_probability(network, np.ones((2, 2, 4)), 5.0)
    with pytest.warns(UserWarning, match="this is an extrapolation"):
        learning.proposal(network, 5.0)


def test_a_resumed_training_ends_with_the_same_weights(tmp_path, monkeypatch):
    spins, at = thermal(n=40)
    how = LikelihoodTraining(4, 30, Optimizer("adamw", 0.01, "cosine"), 0.9)
    whole, resumed = FrontierAutoregressive((2, 4), width=4), FrontierAutoregressive((2, 4), width=4)
    curves = learning.fit(whole, spins, at, how, seed=1)
    real, calls = FrontierAutoregressive.forward, []

    def stops(self, *arguments):
        calls.append(1)
        if len(calls) > 10:
            raise KeyboardInterrupt
        return real(self, *arguments)

    monkeypatch.setattr(FrontierAutoregressive, "forward", stops)
    with pytest.raises(KeyboardInterrupt):
        learning.fit(resumed, spins, at, how, seed=1, checkpoint=tmp_path / "state.npz")
    monkeypatch.setattr(FrontierAutoregressive, "forward", real)
    again = learning.fit(resumed, spins, at, how, seed=1, checkpoint=tmp_path / "state.npz")
    np.testing.assert_array_equal(again.losses["per_site"], curves.losses["per_site"])
    for name, values in weights(whole).items():
        np.testing.assert_array_equal(weights(resumed)[name], values)
    with pytest.raises(ValueError, match="belongs to another network"):
        learning.fit(FrontierAutoregressive((2, 4), width=5), spins, at, how, seed=1, checkpoint=tmp_path / "state.npz")


def test_a_loss_that_is_nan_stops_and_keeps_the_last_good_weights(monkeypatch):
    real, calls = FrontierAutoregressive.forward, []

    def breaks(self, *arguments):
        calls.append(1)
        return real(self, *arguments) * (1.0 if len(calls) <= 5 else float("nan"))

    monkeypatch.setattr(FrontierAutoregressive, "forward", breaks)
    network = FrontierAutoregressive((2, 4), width=4)
    with pytest.raises(NotFiniteError, match=r"loss of epoch 1 is nan in step 1.* weights of epoch 0"):
        learning.fit(network, *thermal(n=40), LikelihoodTraining(3, 30), seed=1)
    assert all(np.isfinite(values).all() for values in weights(network).values())


@pytest.mark.parametrize(
    ("spins", "temperatures", "words"),
    [
        (np.ones((5, 4, 2)), np.full(5, 2.0), r"\(n, 2, 4\) is needed"),
        (np.zeros((5, 2, 4)), np.full(5, 2.0), "allowed are -1 and \\+1"),
        (np.ones((5, 2, 4)), np.full(4, 2.0), "a positive number for each"),
        (np.ones((5, 2, 4)), np.full(5, -2.0), "a positive number for each"),
    ],
)
def test_bad_examples(spins, temperatures, words):
    network = FrontierAutoregressive((2, 4), width=4)
    with pytest.raises(ValueError, match=words):
        learning.fit(network, spins, temperatures, LikelihoodTraining(1), seed=1)


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan"), float("inf")])
def test_bad_temperatures(temperature):
    network = FrontierAutoregressive((2, 4), width=4)
    for ask in (
        lambda: learning.generate(network, temperature, 1, seed=1),
        lambda: learning.log_probability(network, np.ones((1, 2, 4)), temperature),
        lambda: learning.proposal(network, temperature),
    ):
        with pytest.raises(ValueError, match="has to be positive and finite"):
            ask()


@pytest.mark.parametrize(("named", "words"), [({"n": 0}, "n 0"), ({"batch": 0}, "batch 0")])
def test_bad_counts(named, words):
    with pytest.raises(ValueError, match=words):
        learning.generate(FrontierAutoregressive((2, 4), width=4), 2.0, **({"n": 1, "seed": 1} | named))
    with pytest.raises(ValueError, match="batch 0"):
        LikelihoodTraining(batch=0)


def test_rectangles_are_moved_by_their_own_symmetries():
    """The axes of a 2 x 4 torus cannot be exchanged; without symmetries the same examples are seen every time."""
    network = FrontierAutoregressive((2, 4), width=4)
    spins, at = random_spins((2, 4), 20, seed=1), np.full(20, 3.0)
    moved = learning.fit(network, spins, at, LikelihoodTraining(1, 20), seed=1).losses["per_site"]
    still = learning.fit(network, spins, at, LikelihoodTraining(1, 20, symmetries=False), seed=1).losses["per_site"]
    assert np.isfinite(moved).all()
    assert moved[0] == pytest.approx(still[0], abs=0.05)
    assert torch.is_tensor(network.seen)
