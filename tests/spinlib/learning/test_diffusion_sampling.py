"""The samplers with the exact noise of a known law, what a network says of the noise, and what is refused."""

import warnings

import numpy as np
import pytest
import torch

from spinlib.datasets.training_sets import random_spins
from spinlib.learning.diffusion import DiffusionTraining, fit
from spinlib.learning.diffusion_sampling import generate
from spinlib.learning.noise_prediction import predicted
from spinlib.learning.noise_schedule import NoiseSchedule
from spinlib.networks.unet import ConditionalUNet

SHORT = NoiseSchedule(200, 1e-4, 0.08)


def network(shape=(8, 8)):
    return ConditionalUNet(shape, widths=(4, 4, 4, 4), embedding=8)


class ExactNoise(ConditionalUNet):
    """The best prediction of the noise for independent spins with mean tanh(1 / T), in closed form."""

    def __init__(self, schedule):
        super().__init__((8, 8), widths=(1, 1, 1, 1), embedding=2)
        self.schedule = schedule

    def forward(self, noisy, times, temperatures):
        a = self.schedule.kept.float()[times - 1][:, None, None]
        clean = torch.tanh(1.0 / temperatures[:, None, None] + a.sqrt() * noisy / (1.0 - a))
        return (noisy - a.sqrt() * clean) / (1.0 - a).sqrt()


@pytest.mark.parametrize(
    "how",
    [
        {"sampler": "ancestral"},
        {"sampler": "deterministic"},
        {"sampler": "deterministic", "n_steps": 50},
        {"sampler": "stochastic"},
        {"sampler": "stochastic", "n_steps": 50},
        {"sampler": "multistep"},
        {"sampler": "multistep", "n_steps": 20},
    ],
)
@pytest.mark.parametrize("temperature", [1.0, 4.0])
def test_samplers_draw_the_law_whose_exact_noise_they_are_told(how, temperature):
    found = generate(ExactNoise(SHORT), temperature, 400, 1, SHORT, **how)
    assert np.abs(np.abs(found) - 1).mean() < 0.1
    spins = np.where(found < 0, -1.0, 1.0)
    mean = np.tanh(1 / temperature)
    error = np.sqrt((1 - mean**2) / spins.size)
    # Finitely many steps are off by a little more than chance.
    assert abs(spins.mean() - mean) < 4 * error + 0.02
    pairs = (spins * np.roll(spins, 1, axis=1)).mean()
    assert abs(pairs - mean**2) < 0.03


class Remainder(ConditionalUNet):
    """What is left of the exact noise after the linear guess."""

    def forward(self, noisy, times, temperatures):
        share = SHORT.kept[times - 1].view(-1, 1, 1)
        exact = ExactNoise(SHORT)(noisy, times, temperatures)
        return ((exact - (1 - share).sqrt() * noisy) / share.sqrt()).to(noisy)


def test_an_output_added_to_a_share_of_the_input_is_the_noise_as_well():
    given = (
        torch.randn((3, 8, 8), generator=torch.Generator().manual_seed(1)),
        torch.tensor([1, 50, 200]),
        torch.ones(3),
    )
    rest = Remainder((8, 8), widths=(4, 4, 4, 4), embedding=8)
    found = predicted(rest, *given, SHORT, from_input=True)
    torch.testing.assert_close(found, ExactNoise(SHORT)(*given).to(found), rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(predicted(rest, *given, SHORT), rest(*given))
    drawn = generate(rest, 1.0, 4, 1, SHORT, from_input=True)
    np.testing.assert_allclose(drawn, generate(ExactNoise(SHORT), 1.0, 4, 1, SHORT), atol=0.02)


def test_without_signal_a_share_of_the_input_is_nearly_all_of_the_noise():
    """Whatever an untrained network says: sqrt(a) of the last step is small, and the size of the input is kept."""
    noisy = 3.0 * torch.randn((5, 8, 8), generator=torch.Generator().manual_seed(1))
    last = NoiseSchedule()
    found = predicted(network(), noisy, torch.full((5,), last.n_steps), torch.ones(5), last, from_input=True)
    assert float((found - noisy).detach().abs().max()) < 0.1


def test_steps_that_are_asked_for_lie_between_noise_and_result():
    at = (200, 100, 0)
    found = generate(ExactNoise(SHORT), 1.0, 100, 1, SHORT, at_steps=at)
    assert found.shape == (3, 100, 8, 8)
    np.testing.assert_array_equal(found[-1], generate(ExactNoise(SHORT), 1.0, 100, 1, SHORT))
    assert found[0].mean() == pytest.approx(0, abs=0.05)
    assert found[0].std() == pytest.approx(1, abs=0.05)
    assert 0.05 < found[1].mean() < found[2].mean()


def test_a_temperature_outside_of_the_training_is_an_extrapolation():
    taught = network()
    fit(taught, random_spins((8, 8), 20, seed=1), np.linspace(1.6, 3.4, 20), DiffusionTraining(1, SHORT), seed=1)
    with pytest.warns(UserWarning, match=r"temperature 1\.0: the network was trained for 1\.6 to 3\.4"):
        generate(taught, 1.0, 1, 1, SHORT)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        generate(taught, 1.6, 1, 1, SHORT)


@pytest.mark.parametrize(
    ("how", "match"),
    [
        ({"sampler": "euler"}, "sampler 'euler'"),
        ({"n_steps": 10}, "the ancestral sampler takes all steps"),
        ({"sampler": "deterministic", "n_steps": 500}, "allowed are 1 to 200"),
        ({"at_steps": [0, 5]}, "falling steps"),
        ({"sampler": "deterministic", "n_steps": 2, "at_steps": [7]}, "falling steps"),
        ({"batch": 0}, "batch"),
    ],
)
def test_bad_samplers_are_refused(how, match):
    with pytest.raises(ValueError, match=match):
        generate(network(), 2.0, 2, 1, SHORT, **how)


def test_a_temperature_of_zero_is_refused():
    with pytest.raises(ValueError, match="has to be positive"):
        generate(network(), 0.0, 1, 1)
