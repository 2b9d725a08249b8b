"""A network that is asked something in between goes on in the mode that it had."""

import pytest
import torch

from spinlib.networks.evaluation_mode import evaluation_mode


@pytest.mark.parametrize("before", [True, False])
def test_the_mode_comes_back_also_after_an_error(before):
    layers = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Dropout(0.5)).train(before)
    with evaluation_mode(layers):
        assert not layers.training
        assert not layers[1].training
    assert (layers.training, layers[1].training) == (before, before)
    with pytest.raises(KeyboardInterrupt), evaluation_mode(layers):
        raise KeyboardInterrupt
    assert layers.training is before


def test_nothing_is_kept_for_gradients_inside_and_all_afterwards():
    layers = torch.nn.Linear(2, 2)
    with evaluation_mode(layers):
        assert not layers(torch.ones(1, 2)).requires_grad
    assert layers(torch.ones(1, 2)).requires_grad
