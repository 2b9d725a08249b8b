"""Generated and reconstructed configurations of networks whose outputs are known."""

import numpy as np
import pytest
import torch

from spinlib.learning.configurations import unit_vectors
from spinlib.learning.generated import generate, reconstruct, right_sites
from spinlib.networks.adversarial_autoencoder import AdversarialAutoencoder
from spinlib.networks.dense_vae import DenseVAE


def known(deviation=0.0):
    """Encodes the first spin, with a standard deviation; decodes z to the fields (3 z, z / 2, 0.5, -0.5)."""
    network = DenseVAE((4,), 1, hidden=()).double()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
        (encoder,), (decoder,) = network.encoder, network.decoder
        encoder.weight[0, 0] = 1.0
        encoder.bias[1] = 2 * np.log(max(deviation, 1e-20))
        decoder.weight[:2, 0] = torch.tensor([3.0, 0.5])
        decoder.bias[2:] = torch.tensor([0.5, -0.5])
    return network.eval()


def test_signs_follow_the_latent_variable():
    spins = generate(known(), 5000, seed=1)
    assert spins.dtype == np.int8
    np.testing.assert_array_equal(spins[:, 0], spins[:, 1])
    assert abs(spins[:, 0].mean()) < 0.06
    assert set(spins[:, 2]) == {1}
    assert set(spins[:, 3]) == {-1}


def test_drawn_spins_have_weaker_correlations():
    spins = generate(known(), 100_000, seed=1, spins="drawn").astype(float)
    np.testing.assert_allclose(spins[:, 2:].mean(axis=0), np.tanh([0.5, -0.5]), atol=0.015)
    z = np.random.default_rng(1).normal(size=1_000_000)
    expected = np.mean(np.tanh(3 * z) * np.tanh(z / 2))
    assert abs(np.mean(spins[:, 0] * spins[:, 1]) - expected) < 0.015
    assert expected < 0.4  # by signs it is 1


def test_all_discretisations_share_their_latent_variables():
    outputs, by_sign = generate(known(), 300, seed=2, spins="none"), generate(known(), 300, seed=2)
    np.testing.assert_array_equal(np.where(outputs < 0, -1, 1), by_sign)
    drawn = generate(known(), 300, seed=2, spins="drawn")
    assert np.mean(drawn[:, 0] == by_sign[:, 0]) > 0.8


def test_seeds_and_batches():
    first = generate(known(), 300, seed=1, spins="drawn")
    np.testing.assert_array_equal(first, generate(known(), 300, seed=1, spins="drawn"))
    np.testing.assert_array_equal(first, generate(known(), 300, seed=1, spins="drawn", batch=77))
    assert not np.array_equal(first, generate(known(), 300, seed=2, spins="drawn"))


def test_planar_spins_are_angles():
    network = DenseVAE((6,), 3, n_components=2)
    angles, vectors = generate(network, 50, seed=1), generate(network, 50, seed=1, spins="none")
    assert angles.shape == (50, 6)
    np.testing.assert_allclose(unit_vectors(angles), vectors, atol=1e-5)


def test_a_reconstruction_by_the_mean_and_by_a_sampled_latent_variable():
    spins = np.random.default_rng(3).choice([-1, 1], size=(20_000, 4))
    by_mean = reconstruct(known(0.8), spins, seed=1)
    np.testing.assert_array_equal(by_mean[:, 0], spins[:, 0])
    sampled = reconstruct(known(0.8), spins, seed=1, latent="sampled")
    # Right unless noise of standard deviation 0.8 exceeds the mean, 1: 89.4 %.
    assert np.mean(sampled[:, 0] == spins[:, 0]) == pytest.approx(0.8944, abs=0.01)
    outputs = reconstruct(known(0.8), spins[:5], seed=1, output="none")
    np.testing.assert_allclose(outputs[:, 0], np.tanh(3 * spins[:5, 0]))


def test_networks_with_noise_among_their_inputs_and_their_mode():
    network = AdversarialAutoencoder((4,), 2, 3).train()
    spins = np.ones((50, 4))
    one = reconstruct(network, spins, seed=1, output="none")
    assert np.ptp(one, axis=0).max() == 0.0
    assert np.ptp(reconstruct(network, spins, seed=1, latent="sampled", output="none"), axis=0).min() > 0.0
    assert network.training


def test_shares_of_right_sites():
    spins = np.ones((4, 2, 3))
    other = spins.copy()
    other[0, 0, 0] = other[1] = -1
    assert right_sites(spins, other) == pytest.approx((1 - 7 / 24, 0.5))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: generate(known(), 5, 1, spins="round"), "spins 'round': allowed are 'sign', 'drawn', 'none'"),
        (lambda: generate(known(), 0, 1), "n 0: has to be at least 1"),
        (lambda: generate(known(), 5, 1, batch=0), "batch 0"),
        (lambda: reconstruct(known(), np.ones((3, 4)), 1, latent="mu"), "latent 'mu': allowed are 'mean', 'sampled'"),
        (lambda: reconstruct(known(), np.ones((3, 4)), 1, output="round"), "output 'round'"),
        (lambda: reconstruct(known(), np.ones((3, 5)), 1), r"spins of shape \(3, 5\)"),
        (lambda: right_sites(np.ones((3, 4)), np.ones((3, 5))), "one shape"),
    ],
)
def test_bad_input(call, words):
    with pytest.raises(ValueError, match=words):
        call()
