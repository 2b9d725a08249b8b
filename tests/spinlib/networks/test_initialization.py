import numpy as np
import pytest
import torch
from scipy.stats import ks_2samp
from torch import nn

from spinlib.networks.initialization import initialize


def generator(seed=1):
    return torch.Generator().manual_seed(seed)


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


def test_the_first_weights_of_a_seed_stay_as_they_are():
    """Records rest on them: the numbers of the generator in the order of the layers, weight before bias."""
    network = initialize(nn.Sequential(nn.Linear(2, 2), nn.Conv1d(1, 1, 3)), generator(77))
    rng, expected = generator(77), []
    for shape, fan_in in (((2, 2), 2), ((2,), 2), ((1, 1, 3), 3), ((1,), 3)):
        expected.append(torch.empty(shape).uniform_(-(fan_in**-0.5), fan_in**-0.5, generator=rng))
    for found, wanted in zip(network.parameters(), expected, strict=True):
        assert torch.equal(found, wanted)


LAYERS = {
    "linear": lambda: nn.Linear(50, 40),
    "linear without bias": lambda: nn.Linear(50, 40, bias=False),
    "conv1d": lambda: nn.Conv1d(8, 16, 5),
    "conv2d": lambda: nn.Conv2d(8, 16, 3, groups=2),
    "conv3d": lambda: nn.Conv3d(4, 8, 3),
    "transposed 1d": lambda: nn.ConvTranspose1d(16, 8, 4),
    "transposed 2d": lambda: nn.ConvTranspose2d(16, 8, 4),
    "batch norm 1d": lambda: nn.BatchNorm1d(20),
    "batch norm 2d": lambda: nn.BatchNorm2d(20, affine=False),
    "group norm": lambda: nn.GroupNorm(4, 20),
    "layer norm": lambda: nn.LayerNorm((5, 4)),
    "embedding": lambda: nn.Embedding(60, 30),
    "padded embedding": lambda: nn.Embedding(60, 30, padding_idx=2),
    "attention": lambda: nn.MultiheadAttention(32, 4),
    "attention to others": lambda: nn.MultiheadAttention(32, 4, kdim=20, vdim=24, add_bias_kv=True),
}


@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
def test_each_layer_has_the_distribution_that_torch_gives_it(make):
    torch.manual_seed(1)
    torchs = [make().state_dict() for _ in range(30)]
    ours = [initialize(make(), generator(seed)).state_dict() for seed in range(30)]
    for name in torchs[0]:
        expected, found = (torch.stack([one[name].double() for one in many]).flatten() for many in (torchs, ours))
        if expected.std() == 0:
            assert torch.equal(expected, found), name
        else:
            assert ks_2samp(expected.numpy(), found.numpy()).pvalue > 1e-4, name


@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
def test_each_layer_follows_from_the_seed_alone(make):
    torch.manual_seed(1)
    first = initialize(make(), generator(3)).state_dict()
    torch.manual_seed(2)
    network = make()
    again, other = initialize(network, generator(3)).state_dict(), initialize(make(), generator(4)).state_dict()
    drawn = 0
    for name, value in first.items():
        assert torch.equal(value, again[name]), name
        drawn += not torch.equal(value, other[name])
    is_norm = "Norm" in type(network).__name__
    assert (drawn == 0) == is_norm


def test_running_statistics_are_those_of_no_data():
    layer = nn.BatchNorm1d(3)
    layer(torch.randn((50, 3), generator=generator()) + 7)
    assert layer.running_mean.abs().min() > 0.1
    with torch.no_grad():
        layer.weight.fill_(5.0)
    initialize(layer, generator())
    assert layer.running_mean.tolist() == [0.0] * 3
    assert layer.running_var.tolist() == layer.weight.tolist() == [1.0] * 3
    assert int(layer.num_batches_tracked) == 0


def test_padding_has_no_embedding():
    assert not initialize(nn.Embedding(5, 4, padding_idx=2), generator()).weight[2].any()


class Positions(nn.Module):
    """Parameters of its own, a buffer, and a layer."""

    def __init__(self):
        super().__init__()
        self.positions = nn.Parameter(torch.zeros(4, 3))
        self.layer = nn.Linear(3, 3)

    def initialize_parameters(self, rng):
        self.positions.normal_(std=0.02, generator=rng)


def test_a_module_draws_the_parameters_that_it_holds_itself():
    network = initialize(nn.Sequential(Positions(), nn.Linear(3, 1)), generator(6))
    rng = generator(6)
    assert torch.equal(network[0].positions, torch.empty(4, 3).normal_(std=0.02, generator=rng))
    # Its layers follow, as everywhere.
    assert torch.equal(network[0].layer.weight, torch.empty(3, 3).uniform_(-(3**-0.5), 3**-0.5, generator=rng))
    assert network[0].positions.requires_grad


class Foreign(nn.Module):
    def __init__(self):
        super().__init__()
        self.token = nn.Parameter(torch.zeros(5))


def test_modules_of_other_packages_have_a_rule_at_the_call():
    network = initialize(
        nn.Sequential(Foreign()), generator(), {Foreign: lambda layer, rng: layer.token.normal_(generator=rng)}
    )
    np.testing.assert_array_equal(network[0].token.detach(), torch.empty(5).normal_(generator=generator()))


def test_the_global_generator_is_left_alone():
    before = torch.get_rng_state()
    network = layers()
    state = torch.get_rng_state()
    initialize(network, torch.Generator().manual_seed(1))
    assert torch.equal(torch.get_rng_state(), state)
    torch.set_rng_state(before)


@pytest.mark.parametrize("layer", [Foreign(), nn.PReLU(), nn.LSTM(2, 3), nn.Bilinear(2, 3, 4)], ids=str)
def test_other_layers_are_refused(layer):
    with pytest.raises(TypeError, match=f"layer {type(layer).__name__}: allowed are linear"):
        initialize(nn.Sequential(nn.Linear(2, 2), layer), torch.Generator())
