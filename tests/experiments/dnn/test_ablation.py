import numpy as np
import pytest
import torch

from experiments.dnn.ablation import CHANGES, SETTINGS, glorot, right, schedule_of
from experiments.dnn.example_sets import model, targeted_examples
from spinlib.networks.energy_cnn import EnergyCNN


def test_every_change_sees_its_examples_equally_often():
    settings = SETTINGS["paper"]
    for n in (150, 1500, 27_000):
        schedules = [schedule_of(change, n, 400, settings) for change in CHANGES]
        assert len({schedule.epochs for schedule in schedules}) == 1
        assert {schedule.batch for schedule in schedules} == {min(400, n)}
    assert [schedule_of(change, 150, 400, settings).optimizer for change in CHANGES].count("adadelta") == 1


def test_glorot_weights_lie_within_their_bound_and_fill_it():
    network = EnergyCNN(4, 15)
    glorot(network, torch.Generator().manual_seed(1))
    for layer in (network.convolutions[2], network.decision[1]):
        fan_in, fan_out = layer.weight[0].numel(), layer.weight[:, 0].numel()
        bound = (6 / (fan_in + fan_out)) ** 0.5
        assert 0.95 * bound < float(layer.weight.detach().abs().max()) <= bound
        assert not layer.bias.detach().any()


def test_the_exact_energy_is_always_right():
    spins = targeted_examples(3, 1)
    assert right(model.energy, spins) == 100.0
    assert right(lambda spins: np.zeros(len(spins)), spins) == pytest.approx(100 / 15)
