import pytest
import torch

from spinlib.evaluation.maximizing_inputs import maximizing_inputs
from spinlib.networks.block_filters import BlockFilters
from spinlib.networks.initialization import initialize


def generator(seed=1):
    return torch.Generator().manual_seed(seed)


def test_a_filter_is_maximised_by_its_signs_in_every_block():
    network = initialize(BlockFilters(6, 2), generator())
    found = maximizing_inputs(lambda x: network.filters(x[:, None]), [5, 0], (9, 9), generator(2))
    assert found.shape == (2, 9, 9)
    for picture, channel in zip(found, (5, 0), strict=True):
        assert torch.equal(picture, network.filters.weight[channel, 0].sign().repeat(3, 3))


def test_no_other_input_of_a_small_nonlinear_channel_is_better():
    weight = torch.randn((3, 4), generator=generator(3))
    states = (torch.arange(16)[:, None] >> torch.arange(4) & 1) * 2.0 - 1.0

    def outputs(x):
        return torch.tanh(x @ weight.T)

    found = maximizing_inputs(outputs, range(3), (4,), generator(4))
    assert torch.equal(found, states[outputs(states).argmax(dim=0)])


def test_a_channel_that_sleeps_behind_relu_keeps_its_noise():
    def outputs(x):
        return (x.sum(dim=1, keepdim=True) - 1.0).relu()

    found = maximizing_inputs(outputs, [0] * 50, (2,), generator(5))
    assert 0 < (found > 0).sum() < 100


def test_impossible_ascents_are_refused():
    with pytest.raises(ValueError, match="rate 0"):
        maximizing_inputs(torch.clone, [0], (2,), generator(), rate=0)
    with pytest.raises(ValueError, match=r"3 steps of 0\.1 do not lead to 1"):
        maximizing_inputs(torch.clone, [0], (2,), generator(), steps=3)
