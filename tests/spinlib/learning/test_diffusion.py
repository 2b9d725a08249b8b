"""The noise by its moments, samplers with the exact noise of a known law, training, and what is refused."""

import warnings

import numpy as np
import pytest
import torch

from spinlib.datasets.training_sets import random_spins
from spinlib.learning.diffusion import DiffusionTraining, NoiseSchedule, fit, generate, loss, predicted
from spinlib.learning.plan import Optimizer
from spinlib.learning.training import NotFiniteError
from spinlib.networks.unet import ConditionalUNet
from spinlib.networks.weights import weights

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


def test_the_schedule_is_the_papers():
    schedule = NoiseSchedule()
    betas = np.linspace(1e-4, 0.02, 1000)
    np.testing.assert_allclose(schedule.betas.numpy(), betas)
    np.testing.assert_allclose(schedule.kept.numpy(), np.cumprod(1 - betas))


def test_noise_that_is_added_at_once_has_the_moments_of_many_steps():
    rng, schedule = torch.Generator().manual_seed(1), NoiseSchedule(5, 0.1, 0.4)
    spins = torch.ones(40_000, 1)
    steps = spins
    for beta in schedule.betas.float():
        steps = (1 - beta).sqrt() * steps + beta.sqrt() * torch.randn(steps.shape, generator=rng)
    at_once = schedule.noisy(spins, torch.full((40_000,), 5), torch.randn(spins.shape, generator=rng))
    kept = float(schedule.kept[-1])
    for found in (steps, at_once):
        assert float(found.mean()) == pytest.approx(kept**0.5, abs=0.02)
        assert float(found.var()) == pytest.approx(1 - kept, abs=0.03)


def test_the_loss_of_no_prediction_is_the_variance_of_the_noise():
    silent, rng = network(), torch.Generator().manual_seed(1)
    with torch.no_grad():
        silent.last.weight.zero_()
        silent.last.bias.zero_()
        noise = torch.randn((200, 8, 8), generator=rng)
        found = loss(silent, torch.ones(200, 8, 8), torch.ones(200), torch.full((200,), 3), noise, SHORT)
    assert float(found) == pytest.approx(float((noise**2).mean()), rel=1e-5)


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


def test_training_learns_what_the_noise_hides():
    spins = np.ones((64, 8, 8), np.int8)
    how = DiffusionTraining(60, SHORT, batch=16, optimizer=Optimizer("adam", 5e-3), averaging=0.9)
    taught = network()
    curves = fit(taught, spins, np.full(64, 2.0), how, seed=1)
    assert curves.losses["noise"][-1] < 0.5 * curves.losses["noise"][0]
    assert generate(taught, 2.0, 20, 1, SHORT, sampler="deterministic", n_steps=20).mean() > 0.5


def test_flips_make_both_signs():
    spins = np.ones((64, 8, 8), np.int8)
    how = DiffusionTraining(60, SHORT, batch=16, optimizer=Optimizer("adam", 5e-3), averaging=0.9, flips=True)
    taught = network()
    fit(taught, spins, np.full(64, 2.0), how, seed=1)
    means = generate(taught, 2.0, 60, 1, SHORT, sampler="deterministic", n_steps=20).mean(axis=(1, 2))
    assert 10 < (means < 0).sum() < 50


def test_the_same_seed_gives_the_same_weights_and_configurations():
    spins, temperatures = random_spins((8, 8), 40, seed=1), np.full(40, 3.0)
    how = DiffusionTraining(2, SHORT, batch=20)
    first, again, other = network(), network(), network()
    fit(first, spins, temperatures, how, seed=1)
    fit(again, spins, temperatures, how, seed=1)
    fit(other, spins, temperatures, how, seed=2)
    for name, values in weights(first).items():
        np.testing.assert_array_equal(values, weights(again)[name])
    assert any(not np.array_equal(values, weights(other)[name]) for name, values in weights(first).items())
    drawn = [generate(first, 3.0, 4, seed, SHORT) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0], drawn[2])


def test_a_training_goes_on_from_its_checkpoint(tmp_path):
    spins, temperatures = random_spins((8, 8), 40, seed=1), np.linspace(1.6, 3.4, 40)
    whole, resumed = network(), network()
    fit(whole, spins, temperatures, DiffusionTraining(3, SHORT, batch=20), seed=1, checkpoint=tmp_path / "whole.npz")

    class Killed(RuntimeError): ...

    calls = []

    def killed(*arguments):
        calls.append(1)
        if len(calls) > 4:
            raise Killed
        return ConditionalUNet.forward(resumed, *arguments)

    resumed.forward = killed
    path = tmp_path / "resumed.npz"
    with pytest.raises(Killed):
        fit(resumed, spins, temperatures, DiffusionTraining(3, SHORT, batch=20), seed=1, checkpoint=path)
    del resumed.forward
    fit(resumed, spins, temperatures, DiffusionTraining(3, SHORT, batch=20), seed=1, checkpoint=path)
    for name, values in weights(whole).items():
        np.testing.assert_array_equal(values, weights(resumed)[name])
    other = ConditionalUNet((8, 8), widths=(4, 4, 4, 8), embedding=8)
    with pytest.raises(ValueError, match="checkpoint"):
        fit(other, spins, temperatures, DiffusionTraining(3, SHORT, batch=20), seed=1, checkpoint=path)


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


def test_bad_configurations_temperatures_and_losses_are_refused():
    spins, how = random_spins((8, 8), 10, seed=1), DiffusionTraining(1, SHORT)
    with pytest.raises(ValueError, match=r"spins of shape \(10, 8, 8\)"):
        fit(network((8, 16)), spins, np.ones(10), how, seed=1)
    with pytest.raises(ValueError, match="allowed are -1 and"):
        fit(network(), spins * 2, np.ones(10), how, seed=1)
    with pytest.raises(ValueError, match="a positive number for each configuration"):
        fit(network(), spins, np.zeros(10), how, seed=1)
    with pytest.raises(ValueError, match="has to be positive"):
        generate(network(), 0.0, 1, 1)
    with pytest.raises(ValueError, match="between 0 and 1"):
        NoiseSchedule(10, 0.0)
    wild = DiffusionTraining(5, SHORT, optimizer=Optimizer("adam", 1e30))
    with pytest.raises(NotFiniteError):
        fit(network(), spins, np.ones(10), wild, seed=1)
