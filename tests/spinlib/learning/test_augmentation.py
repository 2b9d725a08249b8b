"""Symmetries leave energies and fixed spins alone, and reach every configuration that they should."""

import numpy as np
import pytest
import torch
from scipy import stats

from spinlib.learning.augmentation import Symmetries
from spinlib.models import Ising, Potts

TEXT = ("plus_minus", "periodic")


@pytest.mark.parametrize("coupling", [1.0, -1.0])
@pytest.mark.parametrize(
    ("shape", "boundary"),
    [((6, 6), one) for one in ("periodic", "antiperiodic", "free", TEXT, "plus_minus", ("antiperiodic", "free"))]
    + [((4, 6), "periodic"), ((4, 6), ("periodic", "plus_minus"))],
)
def test_energies_and_fixed_spins_stay(shape, boundary, coupling):
    model = Ising(shape, coupling, boundary=boundary)
    spins, labels = torch.tensor(model.random(1, (400,))), torch.arange(400)
    shown, same = Symmetries(model)(spins, labels, torch.Generator().manual_seed(2))
    model.check(shown)
    assert torch.equal(model.energy(shown), model.energy(spins))
    assert torch.equal(same, labels)
    assert shown.dtype == spins.dtype
    assert (shown != spins).flatten(1).any(dim=1).double().mean() > 0.4


@pytest.mark.parametrize(
    ("boundary", "n_symmetries", "n_images"),
    # One marked spin, of two signs: 16 places on a torus; with walls at 16 places, four places beside these; between
    # fixed rows four columns; in a frame its mirror image alone.
    [("periodic", 16, 2 * 16), ("antiperiodic", 16, 2 * 16 * 4), (TEXT, 4, 2 * 4), ("plus_minus", 2, 2)],
)
def test_all_images_of_a_configuration_are_reached(boundary, n_symmetries, n_images):
    model = Ising((4, 4), boundary=boundary)
    one = np.array(model.cold())
    one[1, 1] = -1
    symmetries = Symmetries(model)
    assert symmetries.n_symmetries == n_symmetries
    batch = torch.tensor(one).repeat(4000, 1, 1)
    shown, _ = symmetries(batch, torch.zeros(4000), torch.Generator().manual_seed(1))
    images, counts = np.unique(shown.numpy().reshape(4000, -1), axis=0, return_counts=True)
    assert len(images) == n_images
    assert stats.chisquare(counts).pvalue > 0.001


@pytest.mark.parametrize(
    ("make", "error", "match"),
    [
        (lambda: Symmetries(Potts((4, 4))), TypeError, "those of Ising"),
        (lambda: Symmetries(Ising((4, 4), field=0.1)), ValueError, "without field"),
        (lambda: Symmetries(Ising((4, 4), (1.0, 2.0))), ValueError, "one coupling"),
        (lambda: Symmetries(Ising((8,))), ValueError, "on two axes"),
        (
            lambda: Symmetries(Ising((4, 4)))(torch.ones(1, 5, 4), torch.zeros(1), torch.Generator()),
            ValueError,
            "needed",
        ),
    ],
)
def test_other_models_are_refused(make, error, match):
    with pytest.raises(error, match=match):
        make()


def test_a_checkpoint_can_tell_symmetries_apart_in_every_process():
    one, same, other = (repr(Symmetries(Ising((6, 6), boundary=name))) for name in ("periodic", "periodic", TEXT))
    assert one == same
    assert one != other
    assert " at 0x" not in one
