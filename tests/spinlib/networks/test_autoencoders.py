"""What the autoencoders give beyond what every network must: codes, outputs, symmetries of convolutions, bad input."""

import pytest
import torch
from torch.nn import functional

from spinlib.networks.adversarial_autoencoder import AdversarialAutoencoder
from spinlib.networks.convolutional_vae import ConvolutionalVAE
from spinlib.networks.dense_vae import DenseVAE
from spinlib.networks.discriminator import Discriminator
from spinlib.networks.initialization import initialize
from spinlib.networks.weights import load_weights, weights


def generator(seed=1):
    return torch.Generator().manual_seed(seed)


def signs(*shape, seed=2):
    return torch.randint(2, shape, generator=generator(seed)).double() * 2 - 1


KINDS = [
    lambda n: DenseVAE((6,), 4, n_components=n),
    lambda n: ConvolutionalVAE((6,), 4, n_components=n),
    lambda n: ConvolutionalVAE((4, 6), 4, boundary="periodic", n_components=n),
    lambda n: AdversarialAutoencoder((2, 3), 4, 5, n_components=n),
]
every_kind = pytest.mark.parametrize("make", KINDS)


@every_kind
def test_outputs_are_means_of_spins_or_unit_vectors(make):
    ising, planar = initialize(make(1), generator()), initialize(make(2), generator())
    latent = 5 * torch.randn((100, 4), generator=generator(3))
    with torch.no_grad():
        means, vectors = ising.decode(latent), planar.decode(latent)
        assert means.shape == (100, *ising.shape)
        assert means.abs().max() <= 1
        torch.testing.assert_close(means, ising.fields(latent).tanh())
        assert vectors.shape == (100, *planar.shape, 2)
        torch.testing.assert_close(vectors.norm(dim=-1), torch.ones(100, *planar.shape))
        # Along the fields, not only of their length.
        assert ((vectors * planar.fields(latent)).sum(dim=-1) > 0).all()


@pytest.mark.parametrize("make", KINDS[:3])
def test_latent_variables_are_mean_plus_noise_times_standard_deviation(make):
    network = initialize(make(1), generator()).double()
    spins, noise = signs(7, *network.shape), torch.randn((7, 4), generator=generator(4), dtype=torch.float64)
    with torch.no_grad():
        mean, log_variance = network.encode(spins)
        assert mean.shape == log_variance.shape == (7, 4)
        torch.testing.assert_close(network.latent(spins, noise), mean + noise * log_variance.exp().sqrt())
        torch.testing.assert_close(network.latent(spins, torch.zeros(7, 4)), mean)
        torch.testing.assert_close(network(spins, noise), network.decode(network.latent(spins, noise)))


def test_the_adversarial_code_depends_on_noise_and_not_linearly():
    network = initialize(AdversarialAutoencoder((6,), 4, 3), generator()).double()
    spins, noise = signs(7, 6), torch.randn((7, 3), generator=generator(4), dtype=torch.float64)
    with torch.no_grad():
        zero, one, minus = (network.latent(spins, noise * factor) for factor in (0, 1, -1))
    assert (one - zero).abs().min() > 0
    assert (one + minus - 2 * zero).abs().max() > 1e-3


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("shape", [(6,), (4, 6)])
def test_periodic_layers_commute_with_translations(shape, stride):
    network = initialize(ConvolutionalVAE(shape, 3, stride=stride, boundary="periodic"), generator()).double()
    axes, steps = tuple(range(2, 2 + len(shape))), (stride,) * len(shape)
    images, codes = signs(5, 1, *shape), signs(5, *network.reduced, seed=5)
    convolutions = network.convolutions[:-1]  # without the flattening
    with torch.no_grad():
        moved = convolutions(images.roll(steps, axes))
        torch.testing.assert_close(moved, convolutions(images).roll((1,) * len(shape), axes))
        back = network.deconvolutions(codes.roll((1,) * len(shape), axes))
        torch.testing.assert_close(back, network.deconvolutions(codes).roll(steps, axes))
        assert back.shape[2:] == shape


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("boundary", ["free", "periodic"])
@pytest.mark.parametrize("shape", [(6,), (4, 6)])
def test_a_deconvolution_is_the_transpose_of_the_convolution(shape, boundary, stride):
    """<C x, y> = <x, C^T y> for the same weights without biases."""
    network = ConvolutionalVAE(shape, 3, filters=(2, 3), stride=stride, boundary=boundary).double()
    convolution, deconvolution = network.convolutions[2], network.deconvolutions[1]
    with torch.no_grad():
        convolution.layer.weight.normal_(generator=generator())
        deconvolution.layer.weight.copy_(convolution.layer.weight)
        convolution.layer.bias.zero_()
        deconvolution.layer.bias.zero_()
        x, y = signs(1, 2, *shape), signs(1, *network.reduced, seed=3)
        torch.testing.assert_close((convolution(x) * y).sum(), (x * deconvolution(y)).sum())


def test_free_ends_see_zeros():
    network = initialize(ConvolutionalVAE((6,), 3, boundary="free"), generator()).double()
    layer, images = network.convolutions[0], signs(4, 1, 6)
    with torch.no_grad():
        wide = functional.conv1d(functional.pad(images, (1, 1)), layer.layer.weight, layer.layer.bias)
        torch.testing.assert_close(layer(images), wide)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: DenseVAE((), 4), r"shape \(\): a lattice has at least one side"),
        (lambda: DenseVAE((6,), 0), "n_latent 0: has to be at least 1"),
        (lambda: DenseVAE((6,), hidden=(64, 0)), "hidden 0: has to be at least 1"),
        (lambda: DenseVAE((6,), n_components=3), r"n_components 3: allowed are 1 \(Ising\) and 2 \(XY\)"),
        (lambda: ConvolutionalVAE((4, 4, 4)), "one side or two"),
        (lambda: ConvolutionalVAE((5,), stride=2), r"stride 2 and shape \(5,\): allowed are 1, and 2 for even sides"),
        (lambda: ConvolutionalVAE((6,), stride=3), "stride 3"),
        (lambda: ConvolutionalVAE((6,), boundary="antiperiodic"), "allowed are 'free' and 'periodic'"),
        (lambda: ConvolutionalVAE((6,), filters=(16, 0)), r"filters \(16, 0\): two positive numbers"),
        (lambda: AdversarialAutoencoder((6,), n_noise=0), "n_noise 0: has to be at least 1"),
        (lambda: Discriminator((6,), 0), "n_latent 0: has to be at least 1"),
    ],
)
def test_bad_settings_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_noise_and_latent_variables_of_another_number_are_refused():
    network = DenseVAE((6,), 4)
    with pytest.raises(ValueError, match=r"noise of shape \(3, 5\): \(batch, 4\) is needed"):
        network(signs(3, 6), torch.zeros(3, 5))
    with pytest.raises(ValueError, match=r"latent of shape \(3, 2\): \(batch, 4\) is needed"):
        network.decode(torch.zeros(3, 2))
    with pytest.raises(ValueError, match=r"latent of shape \(2, 4\)"):
        Discriminator((6,), 4)(signs(3, 6), torch.zeros(2, 4))


@pytest.mark.parametrize("kind", [DenseVAE, AdversarialAutoencoder])
def test_weights_of_another_lattice_with_as_many_sites_are_refused(kind):
    with pytest.raises(RuntimeError, match=r"weights of a lattice of shape \(3, 4\), not \(4, 3\)"):
        load_weights(kind((4, 3)), weights(kind((3, 4))))


def test_dropout_draws_in_training_alone():
    """It takes torch's global generator, which the training loop seeds for every epoch and puts back."""
    network = initialize(DenseVAE((6,), 4, dropout=0.5), generator())
    spins, noise, state = signs(20, 6), torch.zeros(20, 4), torch.get_rng_state()
    with torch.no_grad():
        assert torch.equal(network.eval()(spins, noise), network(spins, noise))
        assert torch.equal(torch.get_rng_state(), state)
        assert not torch.equal(network.train()(spins, noise), network(spins, noise))
    torch.set_rng_state(state)
    for dropout in (-0.1, 1.0):
        with pytest.raises(ValueError, match=f"dropout {dropout}: allowed are probabilities from 0 up to"):
            DenseVAE((6,), dropout=dropout)
