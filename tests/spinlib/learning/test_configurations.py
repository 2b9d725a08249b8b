"""Configurations in and out of generative networks."""

import numpy as np
import pytest
import torch

from spinlib.learning.configurations import angles_of, as_examples, drawn, signs, unit_vectors
from spinlib.networks.dense_vae import DenseVAE


def test_angles_become_unit_vectors_and_come_back():
    angles = np.random.default_rng(1).uniform(-np.pi, np.pi, size=(50, 6))
    vectors = unit_vectors(angles)
    assert vectors.shape == (50, 6, 2)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=-1), 1.0, atol=1e-6)
    np.testing.assert_allclose(vectors[..., 1] / vectors[..., 0], np.tan(angles), rtol=1e-4)
    np.testing.assert_allclose(angles_of(3.0 * vectors), angles, atol=1e-6)


def test_signs_of_means():
    np.testing.assert_array_equal(signs([[-1.0, -0.01], [0.0, 0.4]]), [[-1, -1], [1, 1]])


def test_drawn_spins_have_the_means_and_are_independent():
    means = np.array([-1.0, -0.6, 0.0, 0.5, 1.0])
    spins = drawn(np.broadcast_to(means, (100_000, 5)), np.random.default_rng(1))
    assert spins.dtype == np.int8
    np.testing.assert_allclose(spins.mean(axis=0), means, atol=0.015)
    assert set(spins[:, 0]) == {-1}
    assert set(spins[:, 4]) == {1}
    assert abs(np.mean(spins[:, 1] * spins[:, 3]) - means[1] * means[3]) < 0.015


@pytest.mark.parametrize("how", [signs, lambda means: drawn(means, np.random.default_rng(1))])
@pytest.mark.parametrize(("mean", "words"), [(1.2, "would be 1.1, outside"), (-3.0, "would be -1"), (np.nan, "nan")])
def test_probabilities_outside_0_and_1_are_refused(how, mean, words):
    with pytest.raises(ValueError, match=words):
        how([0.5, mean])


def test_examples_have_the_dtype_of_the_weights():
    network = DenseVAE((2, 3))
    assert as_examples(network, np.ones((5, 2, 3), np.int8)).dtype == torch.float32
    assert as_examples(network.double(), -torch.ones(5, 2, 3)).dtype == torch.float64
    planar = DenseVAE((3,), n_components=2)
    assert as_examples(planar, unit_vectors(np.ones((5, 3)))).shape == (5, 3, 2)


@pytest.mark.parametrize(
    ("spins", "words"),
    [
        (np.ones((5, 4)), r"spins of shape \(5, 4\): \(batch, 6\) is needed"),
        (np.ones((0, 6)), "at least one configuration"),
        (np.zeros((5, 6)), "length 0 is among them, -1 and .1 are needed"),
        (np.full((5, 6), np.nan), "length nan"),
        (np.full((5, 6), 0.5), "length 0.5"),
    ],
)
def test_bad_examples(spins, words):
    with pytest.raises(ValueError, match=words):
        as_examples(DenseVAE((6,)), spins)


def test_bad_vectors():
    with pytest.raises(ValueError, match=r"length 1\.41421 is among them, unit vectors are needed"):
        as_examples(DenseVAE((6,), n_components=2), np.ones((5, 6, 2)))
    with pytest.raises(ValueError, match="angles: inf is among them"):
        unit_vectors([0.0, np.inf])
    with pytest.raises(ValueError, match=r"vectors of shape \(3,\)"):
        angles_of([1.0, 2.0, 3.0])
