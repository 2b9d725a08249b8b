import numpy as np
import pytest
import torch

from spinlib.networks.embeddings import TemperatureEmbedding, sinusoidal
from spinlib.networks.initialization import initialize
from spinlib.networks.unet import ConditionalUNet


def small(shape=(16, 16), **how):
    network = ConditionalUNet(shape, widths=(8, 8, 16, 16), embedding=16, **how)
    return initialize(network, torch.Generator().manual_seed(1)).eval()


def inputs(n=3, shape=(16, 16)):
    rng = torch.Generator().manual_seed(2)
    return torch.randn((n, *shape), generator=rng), torch.tensor([1, 500, 1000][:n]), torch.tensor([1.6, 2.3, 3.4][:n])


def test_the_embedding_of_times_is_equation_7():
    times, d = torch.tensor([3, 700]), 6
    found = sinusoidal(times, d).numpy()
    for i in range(d // 2):
        phase = times.numpy() / 10_000 ** (2 * i / d)
        np.testing.assert_allclose(found[:, 2 * i], np.sin(phase), atol=1e-5)
        np.testing.assert_allclose(found[:, 2 * i + 1], np.cos(phase), atol=1e-5)


@pytest.mark.parametrize("padding", ["zeros", "periodic"])
@pytest.mark.parametrize("shape", [(8, 8), (16, 24)])
def test_the_noise_has_the_shape_of_the_configuration(shape, padding):
    assert small(shape, padding=padding)(*inputs(2, shape)).shape == (2, *shape)


def test_the_periodic_network_moves_with_the_lattice_and_the_other_does_not():
    """By a whole block of the coarsest level, 8 sites, a shift commutes with all pooling."""
    noisy, times, temperatures = inputs()
    for padding, equal in (("periodic", True), ("zeros", False)):
        network = small(padding=padding)
        moved = network(noisy.roll((8, 8), (1, 2)), times, temperatures)
        expected = network(noisy, times, temperatures).roll((8, 8), (1, 2))
        assert torch.allclose(moved, expected, atol=1e-5) is equal


def test_time_and_temperature_are_seen_at_every_level():
    network, (noisy, times, temperatures) = small(), inputs()
    before = network(noisy, times, temperatures)
    assert not torch.allclose(before, network(noisy, times - 1, temperatures))
    assert not torch.allclose(before, network(noisy, times, temperatures + 0.5))
    before.sum().backward()
    for level in (*network.down, *network.up):
        assert level.of_condition.weight.grad.abs().max() > 0


def test_configurations_of_a_batch_do_not_see_each_other():
    network, (noisy, times, temperatures) = small(), inputs()
    alone = network(noisy[1:2], times[1:2], temperatures[1:2])
    assert torch.allclose(network(noisy, times, temperatures)[1:2], alone, atol=1e-5)


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match=r"shape \(12, 16\): two sides divisible by 8"):
        ConditionalUNet((12, 16))
    with pytest.raises(ValueError, match="widths"):
        ConditionalUNet((8, 8), widths=(8, 8))
    with pytest.raises(ValueError, match="padding 'reflect'"):
        ConditionalUNet((8, 8), padding="reflect")
    with pytest.raises(ValueError, match="dimension 7"):
        ConditionalUNet((8, 8), embedding=7)
    with pytest.raises(ValueError, match="times of shape"):
        small()(torch.zeros(2, 16, 16), torch.tensor([1]), torch.tensor([1.0, 2.0]))
    with pytest.raises(ValueError, match="one for each configuration"):
        TemperatureEmbedding(4)(torch.zeros(2, 1))
    with pytest.raises(ValueError, match="spins of shape"):
        small()(torch.zeros(2, 8, 8), torch.tensor([1, 2]), torch.tensor([1.0, 2.0]))
