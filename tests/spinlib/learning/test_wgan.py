"""The losses by hand, the gradient of a linear critic, training towards a known magnetisation, and what is refused."""

import warnings

import numpy as np
import pytest
import torch

from spinlib.datasets.training_sets import random_spins
from spinlib.learning.plan import Optimizer
from spinlib.learning.training import NotFiniteError
from spinlib.learning.wgan import (
    WassersteinTraining,
    critic_loss,
    fit,
    generate,
    generator_loss,
    gradient_penalty,
)
from spinlib.networks.initialization import initialize
from spinlib.networks.weights import weights
from spinlib.networks.wgan import Critic, Generator

SHAPE = (16, 16)


def pair(**critic):
    return Generator(SHAPE, n_noise=8, width=2), Critic(SHAPE, embedding=8, width=2, **critic)


class LinearCritic(Critic):
    """Scores slope times the sum of all spins, so that its gradient is known."""

    def __init__(self, slope):
        super().__init__(SHAPE, embedding=2, width=1, normalised=False)
        self.slope = slope

    def forward(self, spins, temperatures):
        return self.slope * spins.flatten(1).sum(dim=1)


def test_the_critics_loss_is_the_difference_of_mean_scores():
    critic = LinearCritic(0.5)
    real, made = torch.ones(4, *SHAPE), torch.zeros(4, *SHAPE)
    assert float(critic_loss(critic, real, made, torch.ones(4))) == pytest.approx(-0.5 * 256)


@pytest.mark.parametrize("slope", [0.0, 1 / 16, 0.5])
def test_the_penalty_is_that_of_a_known_gradient(slope):
    real, made = torch.ones(3, *SHAPE), -torch.ones(3, *SHAPE)
    found = gradient_penalty(LinearCritic(slope), real, made, torch.ones(3), torch.tensor([0.0, 0.4, 1.0]))
    assert float(found) == pytest.approx((slope * 16 - 1) ** 2, abs=1e-5)


def test_the_distance_of_magnetisations_is_a_mean_of_squares_of_differences():
    rng = torch.Generator().manual_seed(1)
    made, real = torch.rand((5, *SHAPE), generator=rng), torch.rand((5, *SHAPE), generator=rng)
    found = generator_loss(made, torch.zeros(5), real, 3.0)
    expected = 3 * ((made.mean(dim=(1, 2)) - real.mean(dim=(1, 2))) ** 2).mean()
    assert float(found["magnetization"]) == pytest.approx(float(expected), rel=1e-5)
    assert set(generator_loss(made, torch.zeros(5), real)) == {"score"}


def test_the_generator_gives_numbers_of_the_lattice_and_sees_noise_and_temperature():
    generator = initialize(Generator((16, 32), n_noise=8, width=2), torch.Generator().manual_seed(1)).eval()
    noise = torch.randn((3, 8), generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        found = generator(noise, torch.tensor([1.6, 1.6, 1.6]))
        other = generator(noise, torch.tensor([3.4, 3.4, 3.4]))
    assert found.shape == (3, 16, 32)
    assert found.abs().max() <= 1
    assert not torch.allclose(found, other)
    assert not torch.allclose(found[0], found[1])


def test_weights_of_the_critic_are_clipped_and_those_of_the_generator_are_not():
    generator, critic = pair()
    fit(generator, critic, random_spins(SHAPE, 40, seed=1), np.full(40, 3.0), WassersteinTraining(5, 8), seed=1)
    assert max(float(one.detach().abs().max()) for one in critic.parameters()) <= np.float32(0.01)
    assert max(float(one.detach().abs().max()) for one in generator.parameters()) > 0.1


@pytest.mark.parametrize("how", [{"magnetization": 50.0}, {"penalty": 10.0}])
def test_training_moves_the_magnetisation_towards_that_of_the_data(how):
    spins, temperatures = np.ones((64, *SHAPE), np.int8), np.full(64, 2.0)
    adam = Optimizer("adam", 1e-2, options={"betas": (0.0, 0.9)})
    settings = WassersteinTraining(25, 16, critic_steps=1, generator=adam, critic=adam, **how)
    generator, critic = pair(normalised=False)
    curves = fit(generator, critic, spins, temperatures, settings, seed=1)
    assert generate(generator, 2.0, 50, seed=1).mean() > 0.7
    parts = {"generator/magnetization"} if "magnetization" in how else {"critic/penalty", "critic/score"}
    assert parts < set(curves.losses)


def test_the_same_seed_gives_the_same_weights_and_batches_do_not_matter():
    spins, temperatures = random_spins(SHAPE, 40, seed=1), np.linspace(1.6, 3.4, 40)
    found = []
    for seed in (1, 1, 2):
        generator, critic = pair()
        fit(generator, critic, spins, temperatures, WassersteinTraining(3, 8, critic_steps=2), seed)
        found.append(weights(generator))
    assert all(np.array_equal(values, found[1][name]) for name, values in found[0].items())
    assert any(not np.array_equal(values, found[2][name]) for name, values in found[0].items())
    whole, parts = (generate(generator, 2.0, 10, 3, batch=batch) for batch in (10, 3))
    np.testing.assert_allclose(whole, parts, atol=1e-5)
    with pytest.warns(UserWarning, match="extrapolation"):
        generate(generator, 1.0, 1, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        generate(generator, 3.4, 1, 1)


def test_bad_input_is_refused():
    spins, temperatures, how = random_spins(SHAPE, 10, seed=1), np.ones(10), WassersteinTraining(1, 5)
    generator, critic = pair()
    with pytest.raises(ValueError, match=r"shape \(24, 16\): two sides divisible by 16"):
        Generator((24, 16))
    with pytest.raises(ValueError, match=r"shape \(16,\)"):
        Critic((16,))
    with pytest.raises(ValueError, match=r"critic of shape \(16, 32\)"):
        fit(generator, Critic((16, 32)), spins, temperatures, how, seed=1)
    with pytest.raises(ValueError, match="without batch norm"):
        fit(generator, critic, spins, temperatures, WassersteinTraining(1, 5, penalty=1.0), seed=1)
    with pytest.raises(ValueError, match="allowed are -1 and"):
        fit(generator, critic, 3 * spins, temperatures, how, seed=1)
    with pytest.raises(ValueError, match="a positive number for each"):
        fit(generator, critic, spins, temperatures[1:], how, seed=1)
    with pytest.raises(ValueError, match="noise of shape"):
        generator(torch.zeros(2, 9), torch.ones(2))
    with pytest.raises(ValueError, match="penalty -1"):
        WassersteinTraining(1, penalty=-1.0)
    with pytest.raises(ValueError, match="has to be positive"):
        generate(generator, -1.0, 1, 1)
    wild = WassersteinTraining(5, 5, critic_steps=1, generator=Optimizer("adam", 1e30), critic=Optimizer("adam", 1e30))
    with pytest.raises(NotFiniteError):
        fit(*pair(normalised=False), spins, temperatures, WassersteinTraining(
            5, 5, 1, penalty=1.0, generator=wild.generator, critic=wild.critic), seed=1)  # fmt: skip
