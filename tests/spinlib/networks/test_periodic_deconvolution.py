import pytest
import torch
from torch.nn import functional

from spinlib.networks.convolutional_vae import ConvolutionalVAE
from spinlib.networks.periodic_deconvolution import periodic_deconvolution


def drawn(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).requires_grad_()


def by_torch(images, weight, bias, stride):
    """The transposed convolution of a picture with its own continuation, cut to one period."""
    continued = functional.pad(images, (1, 1, 1, 1), mode="circular")
    found = functional.conv_transpose2d(continued, weight, bias, stride=stride)
    before = 1 + stride
    for axis in (2, 3):
        found = found.narrow(axis, before, images.shape[axis] * stride)
    return found


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("sides", [(5, 5), (3, 4), (2, 2), (1, 3)])
def test_values_and_gradients_are_those_of_torchs_transposed_convolution(stride, sides):
    ours, theirs = (
        [drawn(1, 2, 3, *sides), drawn(2, 3, 4, 3, 3), drawn(3, 4)],
        [drawn(1, 2, 3, *sides), drawn(2, 3, 4, 3, 3), drawn(3, 4)],
    )
    found, expected = periodic_deconvolution(*ours, stride), by_torch(*theirs, stride)
    torch.testing.assert_close(found, expected)
    weights = drawn(4, *found.shape).detach()
    (found * weights).sum().backward()
    (expected * weights).sum().backward()
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one.grad, other.grad)


@pytest.mark.parametrize("stride", [1, 2])
def test_it_is_the_transpose_of_the_periodic_convolution(stride):
    small, large, weight = drawn(1, 1, 3, 4, 4), drawn(2, 1, 2, 4 * stride, 4 * stride), drawn(3, 3, 2, 3, 3)
    spread = periodic_deconvolution(small, weight, None, stride)
    gathered = functional.conv2d(functional.pad(large, (1, 1, 1, 1), mode="circular"), weight, stride=stride)
    torch.testing.assert_close((spread * large).sum(), (small * gathered).sum())


def test_networks_have_the_parameters_that_stored_weights_name():
    names = set(ConvolutionalVAE((10, 10), 4, boundary="periodic").state_dict())
    assert {"deconvolutions.1.layer.weight", "deconvolutions.3.layer.weight"} <= names


def test_shifted_latent_pictures_give_shifted_spins():
    images, weight, bias = drawn(1, 1, 2, 5, 5), drawn(2, 2, 1, 3, 3), drawn(3, 1)
    shifted = periodic_deconvolution(images.roll((1, 2), (2, 3)), weight, bias, 2)
    torch.testing.assert_close(shifted, periodic_deconvolution(images, weight, bias, 2).roll((2, 4), (2, 3)))


@pytest.mark.parametrize(
    ("images", "weight", "stride"),
    [((1, 2, 4, 4), (2, 3, 3, 3), 3), ((1, 2, 4, 4), (3, 2, 3, 3), 1), ((2, 4, 4), (2, 3, 3, 3), 1)],
)
def test_other_shapes_and_strides_are_refused(images, weight, stride):
    with pytest.raises(ValueError, match=r"allowed are|are needed"):
        periodic_deconvolution(torch.zeros(images), torch.zeros(weight), torch.zeros(3), stride)
