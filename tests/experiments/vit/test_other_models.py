"""Crossings, pictures of Potts and XY spins, and symmetries that leave energies as they are."""

import numpy as np
import pytest
import torch

from experiments.vit import other_models

RNG = np.random.default_rng(1)


def spins_of(kind, n=5):
    return torch.tensor(other_models.model_of(kind, 8).random(2, (n,)))


def test_a_crossing_lies_on_the_line_between_two_temperatures():
    T = np.array([1.0, 2.0, 3.0, 4.0])
    assert other_models.crossing(T, np.array([0.0, 0.25, 0.75, 0.2])) == pytest.approx(2.5)
    assert other_models.crossing(T, np.array([0.0, 0.5, 0.6, 1.0])) == 2.0
    assert np.isnan(other_models.crossing(T, np.array([0.6, 0.7, 0.8, 0.9])))


def test_each_potts_state_has_its_channel():
    spins = spins_of("potts")
    shown = other_models.pictures("potts", spins)
    assert shown.shape == (5, 3, 8, 8)
    assert torch.equal(shown.argmax(dim=1), spins.long())
    assert set(shown.unique().tolist()) == {-1.0, 1.0}


def test_an_xy_spin_has_its_components():
    spins = spins_of("xy")
    shown = other_models.pictures("xy", spins)
    assert torch.allclose(torch.atan2(shown[:, 1], shown[:, 0]), spins.float(), atol=1e-5)


@pytest.mark.parametrize("kind", other_models.KINDS)
def test_symmetries_leave_the_energy_and_the_labels(kind):
    spins, labels = spins_of(kind), torch.arange(5)
    moved, kept = other_models.turned(kind, spins, labels, torch.Generator().manual_seed(3))
    model = other_models.model_of(kind, 8)
    wrapped = moved if kind == "potts" else (moved + torch.pi) % (2 * torch.pi) - torch.pi
    np.testing.assert_allclose(model.energy(wrapped.numpy()), model.energy(spins.numpy()), atol=1e-4)
    assert torch.equal(kept, labels)
    assert (moved != spins).any()


def test_the_observables_of_order_are_those_of_ground_states():
    assert other_models.observable("potts", np.zeros((2, 8, 8), np.int8)).tolist() == [-2.0, -2.0]
    assert other_models.observable("xy", np.zeros((2, 8, 8))).tolist() == [0.0, 0.0]


def test_random_xy_spins_have_a_third_of_their_squares_with_a_vortex():
    angles = RNG.uniform(-np.pi, np.pi, (200, 8, 8))
    density = other_models.observable("xy", angles)
    assert density.mean() == pytest.approx(1 / 3, abs=4 * density.std() / np.sqrt(200))
