import numpy as np
import pytest
import torch

from spinlib.networks.energy_cnn import EnergyCNN, Reducing
from spinlib.networks.initialization import initialize


def spins(side, n=3, channels=None):
    shape = (n, side, side) if channels is None else (n, channels, side, side)
    return torch.randint(2, shape, generator=torch.Generator().manual_seed(1), dtype=torch.int8) * 2 - 1


def test_layers_are_those_of_the_paper():
    network = EnergyCNN(4, 15)
    convolutions = [layer for layer in network.modules() if isinstance(layer, torch.nn.Conv2d)]
    assert [(c.out_channels, *c.kernel_size, *c.stride) for c in convolutions] == [
        (32, 3, 3, 2, 2), (16, 4, 4, 1, 1), (16, 4, 4, 1, 1),
        (32, 3, 3, 2, 2), (16, 4, 4, 1, 1), (16, 4, 4, 1, 1),
        (32, 3, 3, 2, 2),
    ]  # fmt: skip
    linear = [layer for layer in network.modules() if isinstance(layer, torch.nn.Linear)]
    assert [(layer.in_features, layer.out_features) for layer in linear] == [(2 * 2 * 32, 1024), (1024, 15)]


@pytest.mark.parametrize(
    ("side", "input_side"), [(1, 16), (4, 16), (8, 16), (16, 16), (4, 8), (8, 8), (12, 24), (9, 9), (9, 18)]
)
def test_every_side_gives_one_row_per_configuration(side, input_side):
    network = EnergyCNN(side, 5, input_side=input_side)
    assert network(spins(side)).shape == (3, 5)


@pytest.mark.parametrize("padding", ["periodic", "zeros"])
def test_odd_sides_are_rounded_up_when_halved(padding):
    sides, images = [], spins(9)[:, None].float()
    for layer in EnergyCNN(9, 1, input_side=9, padding=padding).convolutions:
        images = layer(images)
        sides.append(images.shape[-1])
    assert sides[::2] == [5, 5, 5, 3, 3, 3, 2]


def test_a_filter_of_a_reducing_layer_is_centred_on_every_other_site_of_an_odd_side():
    # TensorFlow's "same" padding of an odd side is one column on each side.
    layer = Reducing(1, 1, "periodic")
    layer.load_state_dict({"weight": torch.zeros(1, 1, 3, 3), "bias": torch.zeros(1)})
    layer.weight.data[0, 0, 1, 1] = 1.0
    images = torch.arange(25.0).reshape(1, 1, 5, 5)
    torch.testing.assert_close(layer(images), images[:, :, ::2, ::2])


def test_repeated_rows_and_columns_are_the_same_picture():
    rng = torch.Generator().manual_seed(2)
    small, large = initialize(EnergyCNN(4, 15), rng), EnergyCNN(16, 15)
    large.load_state_dict(small.state_dict())
    picture = np.kron(spins(4).numpy(), np.ones((4, 4), np.int8))
    torch.testing.assert_close(small(spins(4)), large(torch.from_numpy(picture)))


def test_convolutions_are_periodic_unless_they_are_padded_with_zeros():
    rng = torch.Generator().manual_seed(3)
    periodic = initialize(EnergyCNN(16, 1), rng)
    zeros = EnergyCNN(16, 1, padding="zeros")
    zeros.load_state_dict(periodic.state_dict())
    # A shift by 8 sites, what three layers of stride 2 make of one, is a shift by one of their output.
    images = spins(16)[:, None].float()
    for network, commutes in ((periodic, True), (zeros, False)):
        shifted = network.convolutions(images.roll(8, 2))
        assert torch.allclose(shifted, network.convolutions(images).roll(1, 2), atol=1e-6) == commutes


def test_channels_are_an_axis_before_the_sides():
    network = EnergyCNN(8, 1, n_channels=3)
    assert network(spins(8, channels=3)).shape == (3, 1)
    with pytest.raises(ValueError, match=r"shape \(3, 8, 8\)"):
        network(spins(8))


@pytest.mark.parametrize("wrong", [(3, 4, 8), (3, 8), (3, 2, 8, 8)])
def test_other_shapes_are_refused(wrong):
    with pytest.raises(ValueError, match=r"\(batch, 8, 8\) is needed"):
        EnergyCNN(8, 1)(torch.ones(wrong))


def test_impossible_networks_are_refused():
    with pytest.raises(ValueError, match="input_side 16: it has to be at least 8 and a multiple of side 6"):
        EnergyCNN(6, 15)
    with pytest.raises(ValueError, match="input_side 4: it has to be at least 8"):
        EnergyCNN(4, 15, input_side=4)
    with pytest.raises(ValueError, match="padding 'mirror'"):
        EnergyCNN(4, 15, padding="mirror")
    with pytest.raises(ValueError, match="n_outputs 0"):
        EnergyCNN(4, 0)
