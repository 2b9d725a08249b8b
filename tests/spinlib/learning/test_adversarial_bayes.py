"""Adversarial variational Bayes: its two losses where the optimum is known, who learns from which, and bad input."""

import numpy as np
import pytest
import torch

from spinlib.learning import adversarial_bayes
from spinlib.learning.adversarial_bayes import PAPER_OPTIMIZER, AdversarialTraining
from spinlib.learning.plan import Optimizer
from spinlib.learning.training import NotFiniteError
from spinlib.networks.adversarial_autoencoder import AdversarialAutoencoder
from spinlib.networks.discriminator import Discriminator
from spinlib.networks.weights import weights


def networks(hidden=(16,)):
    return AdversarialAutoencoder((4,), 2, 3, hidden=hidden), Discriminator((4,), 2, hidden=hidden)


def spins(n=200, seed=1):
    """Two states and their neighbours: something to learn."""
    rng = np.random.default_rng(seed)
    return (rng.choice([-1, 1], size=(n, 1)) * np.where(rng.random((n, 4)) < 0.1, -1, 1)).astype(np.int8)


class Quadratic(torch.nn.Module):
    """ln N(z; m, s) - ln N(z; 0, 1) for one latent variable: the best discriminator of an encoder that is Gaussian."""

    def __init__(self, mean, deviation):
        super().__init__()
        self.mean, self.deviation = mean, deviation

    def forward(self, spins, latent):
        z = latent[:, 0]
        return -0.5 * ((z - self.mean) / self.deviation) ** 2 - np.log(self.deviation) + 0.5 * z**2


def test_the_best_discriminator_has_the_divergence_as_its_mean_and_the_least_loss():
    n, mean, deviation = 200_000, 0.7, 0.5
    rng = torch.Generator().manual_seed(1)
    encoded = mean + deviation * torch.randn((n, 1), generator=rng).double()
    prior, seen = torch.randn((n, 1), generator=rng).double(), torch.ones(n, 4)
    exact = 0.5 * (mean**2 + deviation**2 - 1 - 2 * np.log(deviation))
    assert float(Quadratic(mean, deviation)(seen, encoded).mean()) == pytest.approx(exact, abs=0.01)
    losses = {
        near: float(adversarial_bayes.discriminator_loss(Quadratic(*near), seen, encoded, prior))
        for near in ((0.7, 0.5), (0.5, 0.5), (0.9, 0.5), (0.7, 0.4), (0.7, 0.6))
    }
    assert min(losses, key=losses.get) == (0.7, 0.5)


def test_a_discriminator_that_cannot_tell_has_the_loss_ln_4():
    _, discriminator = networks()
    with torch.no_grad():
        for parameter in discriminator.parameters():
            parameter.zero_()
        found = adversarial_bayes.discriminator_loss(
            discriminator, torch.ones(5, 4), torch.ones(5, 2), torch.zeros(5, 2)
        )
    assert float(found) == pytest.approx(np.log(4), rel=1e-6)


def test_the_autoencoders_loss_is_odds_plus_squared_error():
    network, discriminator = networks()
    seen, noise = torch.from_numpy(spins(7)).float(), torch.randn((7, 3), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        found = adversarial_bayes.autoencoder_loss(network, discriminator, seen, noise, weight=0.5)
        latent = network.latent(seen, noise)
        odds, outputs = discriminator(seen, latent), network.decode(latent)
    assert float(found["divergence"]) == pytest.approx(0.5 * float(odds.mean()), rel=1e-5)
    assert float(found["reconstruction"]) == pytest.approx(float(((seen - outputs) ** 2).sum() / 7), rel=1e-5)


@pytest.mark.parametrize(("steps", "expected"), [(1, 4), (3, 1)])
def test_each_takes_its_own_steps(steps, expected, monkeypatch):
    taken = {"discriminator": [], "autoencoder": []}
    for name in taken:
        real = getattr(adversarial_bayes, f"{name}_loss")

        def spied(*arguments, _real=real, _name=name, **named):
            # The discriminator is the first argument of its own loss, the second of the autoencoder's.
            taken[_name].append(next(discriminator.parameters()).detach().clone())
            return _real(*arguments, **named)

        monkeypatch.setattr(adversarial_bayes, f"{name}_loss", spied)
    network, discriminator = networks()
    how = AdversarialTraining(1, batch=50, discriminator_steps=steps)
    adversarial_bayes.fit(network, discriminator, spins(), how, seed=1)
    assert len(taken["discriminator"]) == 4
    assert len(taken["autoencoder"]) == expected
    # In a step the autoencoder finds the discriminator as that has just become.
    assert not torch.equal(taken["autoencoder"][0], taken["discriminator"][0])


def test_the_papers_settings_are_the_defaults():
    how = AdversarialTraining(1)
    assert (how.batch, how.weight, how.discriminator_steps, how.decoder) == (500, 1.0, 1, "gaussian")
    assert how.autoencoder is how.discriminator is PAPER_OPTIMIZER
    assert (PAPER_OPTIMIZER.name, PAPER_OPTIMIZER.rate) == ("adam", 0.002)
    assert PAPER_OPTIMIZER.options["betas"][0] == 0.4


def test_training_learns_to_reconstruct_and_the_seed_decides():
    def trained(seed):
        one, other = networks()
        how = AdversarialTraining(15, batch=50, autoencoder=Optimizer("adam", 0.01))
        curves = adversarial_bayes.fit(one, other, spins(), how, seed)
        return curves.losses["autoencoder/reconstruction"], weights(one, "a.") | weights(other, "d.")

    (curve, first), (_, again), (_, different) = trained(1), trained(1), trained(2)
    assert curve[-1] < 0.7 * curve[0]
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["d.layers.0.weight"], different["d.layers.0.weight"])


def test_a_loss_that_is_nan_stops_and_leaves_the_last_good_state(monkeypatch):
    one, other = networks()
    good = networks()
    adversarial_bayes.fit(*good, spins(), AdversarialTraining(1, batch=50), seed=1)
    real, calls = adversarial_bayes.discriminator_loss, []

    def breaks(*arguments):
        calls.append(1)
        return real(*arguments) * (1.0 if len(calls) <= 6 else float("inf"))

    monkeypatch.setattr(adversarial_bayes, "discriminator_loss", breaks)
    with pytest.raises(NotFiniteError, match=r"'discriminator' loss of epoch 1 is inf in step 2.* weights of epoch 0"):
        adversarial_bayes.fit(one, other, spins(), AdversarialTraining(3, batch=50), seed=1)
    for found, kept in zip((one, other), good, strict=True):
        for name, values in weights(kept).items():
            np.testing.assert_array_equal(weights(found)[name], values)


def test_bad_input():
    network, _ = networks()
    with pytest.raises(
        ValueError, match=r"discriminator of spins \(5,\) and 2 latent variables: the network has \(4,\)"
    ):
        adversarial_bayes.fit(network, Discriminator((5,), 2), spins(), AdversarialTraining(1), seed=1)
    with pytest.raises(ValueError, match=r"discriminator of spins \(4,\) and 3 latent"):
        adversarial_bayes.fit(network, Discriminator((4,), 3), spins(), AdversarialTraining(1), seed=1)
    square = AdversarialAutoencoder((2, 2), 2, hidden=(8,))
    with pytest.raises(ValueError, match=r"spins of shape \(200, 4\): \(batch, 2, 2\) is needed"):
        adversarial_bayes.fit(square, Discriminator((2, 2), 2), spins(), AdversarialTraining(1), seed=1)
    for settings, words in (
        ({"decoder": "poisson"}, "decoder 'poisson'"),
        ({"weight": -0.1}, "weight -0.1"),
        ({"discriminator_steps": 0}, "discriminator_steps 0"),
        ({"batch": 0}, "batch 0"),
    ):
        with pytest.raises(ValueError, match=words):
            AdversarialTraining(1, **settings)
