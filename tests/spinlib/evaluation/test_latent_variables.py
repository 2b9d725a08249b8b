"""Active latent variables: counted where they are known, and what linear theory predicts for chains."""

import numpy as np
import pytest
import torch

from spinlib.evaluation.latent_variables import activity, covariance, linear_number
from spinlib.exact import enumeration
from spinlib.models import Ising
from spinlib.networks.dense_vae import DenseVAE

CHAIN = Ising((6,), boundary="free")


def linear_encoder():
    """Means: the first spin, half the second, nothing. Variances: 1/4, 1, 1."""
    network = DenseVAE((6,), 3, hidden=()).double()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
        (layer,) = network.encoder
        layer.weight[0, 0], layer.weight[1, 1] = 1.0, 0.5
        layer.bias[3] = np.log(0.25)
    return network


def test_variances_and_divergences_of_a_known_encoder():
    found = activity(linear_encoder(), enumeration.states(CHAIN))
    np.testing.assert_allclose(found.variance, np.array([1.0, 0.25, 0.0]) * 64 / 63, rtol=1e-12)
    np.testing.assert_allclose(found.divergence, [0.5 * (1 + 0.25 - 1 + np.log(4)), 0.125, 0.0], rtol=1e-12)
    assert found.n_active == 2


def test_the_mode_of_the_network_stays():
    network = linear_encoder().train()
    activity(network, enumeration.states(CHAIN))
    assert network.training


@pytest.mark.parametrize(
    ("temperature", "number"), [(0.3, 1), (0.5, 1), (0.75, 2), (1.0, 2), (1.5, 3), (2.0, 4), (3.0, 6), (5.0, 6)]
)
def test_linear_theory_of_six_spins(temperature, number):
    """By the eigenvalues of tanh(1 / T)^|i - j|, the exact correlations of the open chain."""
    exact = covariance(enumeration.states(CHAIN), enumeration.boltzmann(CHAIN, temperature))
    distance = np.abs(np.subtract.outer(np.arange(6), np.arange(6)))
    np.testing.assert_allclose(exact, np.tanh(1 / temperature) ** distance, atol=1e-12)
    assert linear_number(exact) == number


def test_a_smaller_weight_keeps_more_and_a_mean_over_sites_fewer():
    exact = covariance(enumeration.states(CHAIN), enumeration.boltzmann(CHAIN, 2.0))
    assert [linear_number(exact, weight) for weight in (0.5, 1.0, 6.0)] == [6, 4, 0]


def test_the_covariance_of_given_configurations_is_numpys():
    rows = np.random.default_rng(1).normal(size=(50, 2, 3))
    np.testing.assert_allclose(covariance(rows), np.cov(rows.reshape(50, -1).T, bias=True), atol=1e-12)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: covariance([[1], [-1]], [0.5, 0.6]), r"2 numbers in \[0, 1\] that add up to 1"),
        (lambda: covariance([[1], [-1]], [1.5, -0.5]), r"2 numbers in \[0, 1\]"),
        (lambda: covariance([[1], [-1]], [1.0]), "2 numbers"),
        (lambda: linear_number([[1.0, 0.5]]), "symmetric matrix"),
        (lambda: linear_number([[1.0, 0.5], [0.4, 1.0]]), "symmetric matrix"),
        (lambda: linear_number([[np.nan]]), "finite numbers"),
        (lambda: linear_number([[1.0]], 0.0), "weight 0.0: it has to be positive"),
        (lambda: activity(linear_encoder(), np.ones((1, 6))), "at least two are needed"),
    ],
)
def test_bad_input(call, words):
    with pytest.raises(ValueError, match=words):
        call()
