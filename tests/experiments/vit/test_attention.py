"""Rollouts, walls and their correlation, where they are known."""

import numpy as np
import pytest
import torch

from experiments.vit import attention, systems


def test_rollout_of_attention_to_itself_is_the_identity_and_of_equal_attention_is_equal():
    n = 5
    equal = torch.full((1, 3, 2, n, n), 1 / n)
    torch.testing.assert_close(attention.rollout(equal), torch.full((1, n - 1), 1 / (n - 1)))
    # Only the class token looks, and only at the third patch.
    looks = torch.eye(n).repeat(1, 2, 2, 1, 1)
    looks[:, 1, :, 0] = torch.tensor([0.0, 0, 0, 1, 0])
    torch.testing.assert_close(attention.rollout(looks), torch.tensor([[0.0, 0, 1, 0]]))


def test_rollout_follows_a_patch_through_two_layers():
    """The last layer takes from patch 1, which had taken from patch 2 in the first one."""
    looks = torch.eye(4).repeat(1, 2, 1, 1, 1)
    looks[0, 0, 0, 1] = torch.tensor([0.0, 0, 1, 0])
    looks[0, 1, 0, 0] = torch.tensor([0.0, 1, 0, 0])
    # Half stays in each: 1/2 of patch 1's share comes from patch 2.
    torch.testing.assert_close(attention.rollout(looks), torch.tensor([[0.5, 0.5, 0.0]]))


def test_walls_add_up_to_the_energy():
    model = systems.model_of("ferromagnet", 20)
    spins = model.random(1, (7,))
    found = attention.walls(spins, 4)
    assert found.shape == (7, 5, 5)
    np.testing.assert_allclose(found.sum(axis=(1, 2)), (model.energy(spins) + 2 * 400) / 2)


def test_correlations_are_pearsons_and_undefined_without_walls():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 3, 5, 5))
    b[2] = 1.0
    found = attention.correlations(a, b)
    assert found[0] == pytest.approx(np.corrcoef(a[0].ravel(), b[0].ravel())[0, 1])
    assert np.isnan(found[2])
    assert attention.mean_of_finite(found) == pytest.approx(found[:2].mean())
    assert attention.mean_of_finite(np.array([np.nan])) == 0.0
