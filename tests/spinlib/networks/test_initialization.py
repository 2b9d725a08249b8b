import pytest
import torch
from torch import nn

from spinlib.networks.initialization import initialize


def layers():
    return nn.Sequential(nn.Conv2d(3, 40, 5), nn.ReLU(), nn.Linear(400, 30))


def test_weights_fill_the_interval_and_follow_from_the_generator_alone():
    torch.manual_seed(0)
    first = initialize(layers(), torch.Generator().manual_seed(1))
    torch.manual_seed(5)
    same = initialize(layers(), torch.Generator().manual_seed(1))
    for fan_in, index in ((75, 0), (400, 2)):
        for values, again in zip(first[index].parameters(), same[index].parameters(), strict=True):
            assert torch.equal(values, again)
            assert values.abs().max() <= fan_in**-0.5
        assert first[index].weight.abs().max() > 0.98 * fan_in**-0.5
        assert abs(first[index].weight.mean()) < 5 * (fan_in * 3 * first[index].weight.numel()) ** -0.5


def test_the_global_generator_is_left_alone():
    before = torch.get_rng_state()
    network = layers()
    state = torch.get_rng_state()
    initialize(network, torch.Generator().manual_seed(1))
    assert torch.equal(torch.get_rng_state(), state)
    torch.set_rng_state(before)


def test_other_layers_are_refused():
    with pytest.raises(TypeError, match="BatchNorm2d"):
        initialize(nn.Sequential(nn.BatchNorm2d(3)), torch.Generator())
