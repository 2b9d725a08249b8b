import numpy as np
import pytest
import torch

from experiments.dnn import filter_inputs
from spinlib.networks.block_filters import BlockFilters


@pytest.fixture
def network():
    """Two filters: the first answers to its own signs, the second is asleep whatever it sees."""
    network = BlockFilters(n_filters=2, hidden=1)
    signs = torch.tensor([[1.0, -1.0, 1.0], [-1.0, 1.0, 1.0], [1.0, 1.0, -1.0]])
    with torch.no_grad():
        network.filters.weight.copy_(torch.stack([0.2 * signs, -0.2 * signs])[:, None])
        network.filters.bias.copy_(torch.tensor([2.0, -100.0]))  # awake at any noise, and never
    return network


def test_an_awake_filter_gets_its_signs_and_a_sleeping_one_keeps_the_noise(network):
    found = filter_inputs.climbed(network, steps=200, rate=0.1, seed=3)
    assert filter_inputs.shows_signs(network, found)[0].all()
    assert (np.abs(found[0]) == 1.0).all()
    np.testing.assert_array_equal(found[1], filter_inputs.climbed(network, steps=1, rate=0.1, seed=3)[1])


def test_before_the_activation_both_get_their_signs(network):
    assert filter_inputs.shows_signs(network, filter_inputs.climbed_before_activation(network, seed=3)).all()


def test_blocks_are_those_that_the_filters_see(network):
    pictures = np.arange(162.0).reshape(2, 9, 9)
    found = filter_inputs.blocks(pictures)
    np.testing.assert_array_equal(found[1, 2, 0], pictures[1, 6:9, 0:3])
    weight, bias = network.filters.weight[0, 0].detach().numpy(), float(network.filters.bias[0].detach())
    expected = np.maximum((found[0] * weight).sum(axis=(2, 3)) + bias, 0)
    np.testing.assert_allclose(filter_inputs.responses(network, pictures)[0], expected, rtol=1e-5)


def test_only_the_last_block_is_set():
    changed = filter_inputs.with_last_block(np.ones((2, 9, 9)), -np.ones((2, 3, 3)))
    assert (changed[:, 6:, 6:] == -1).all()
    assert changed.sum() == 2 * (81 - 18)
