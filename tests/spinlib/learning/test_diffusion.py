"""The loss, training and its checkpoints, and what is refused."""

import numpy as np
import pytest
import torch

from spinlib.datasets.training_sets import random_spins
from spinlib.learning import diffusion, diffusion_sampling, noise_prediction, noise_schedule
from spinlib.learning.diffusion import DiffusionTraining, fit, loss
from spinlib.learning.diffusion_sampling import generate
from spinlib.learning.noise_schedule import NoiseSchedule
from spinlib.learning.plan import Optimizer
from spinlib.learning.training import NotFiniteError
from spinlib.networks.unet import ConditionalUNet
from spinlib.networks.weights import weights

SHORT = NoiseSchedule(200, 1e-4, 0.08)


def network(shape=(8, 8)):
    return ConditionalUNet(shape, widths=(4, 4, 4, 4), embedding=8)


def test_the_loss_of_no_prediction_is_the_variance_of_the_noise():
    silent, rng = network(), torch.Generator().manual_seed(1)
    with torch.no_grad():
        silent.last.weight.zero_()
        silent.last.bias.zero_()
        noise = torch.randn((200, 8, 8), generator=rng)
        found = loss(silent, torch.ones(200, 8, 8), torch.ones(200), torch.full((200,), 3), noise, SHORT)
    assert float(found) == pytest.approx(float((noise**2).mean()), rel=1e-5)


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


def test_bad_configurations_temperatures_and_losses_are_refused():
    spins, how = random_spins((8, 8), 10, seed=1), DiffusionTraining(1, SHORT)
    with pytest.raises(ValueError, match=r"spins of shape \(10, 8, 8\)"):
        fit(network((8, 16)), spins, np.ones(10), how, seed=1)
    with pytest.raises(ValueError, match="allowed are -1 and"):
        fit(network(), spins * 2, np.ones(10), how, seed=1)
    with pytest.raises(ValueError, match="a positive number for each configuration"):
        fit(network(), spins, np.zeros(10), how, seed=1)
    wild = DiffusionTraining(5, SHORT, optimizer=Optimizer("adam", 1e30))
    with pytest.raises(NotFiniteError):
        fit(network(), spins, np.ones(10), wild, seed=1)


def test_names_of_noise_and_sampling_can_be_imported_from_here_too():
    for module in (diffusion_sampling, noise_prediction, noise_schedule):
        for name in module.__all__:
            assert getattr(diffusion, name) is getattr(module, name)
