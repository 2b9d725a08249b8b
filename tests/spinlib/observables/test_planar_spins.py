"""Planar spins: the answer to a twist against the free energy of a twisted lattice, and vortices put by hand."""

import numpy as np
import pytest

from spinlib import observables
from spinlib.models import XY


def random_angles(model, *leading):
    return np.random.default_rng(1).uniform(-9.0, 9.0, size=(*leading, *model.shape))


@pytest.mark.parametrize(
    "model",
    [
        XY((3,), 0.8),
        XY((2, 2), boundary=("periodic", "free")),
        XY((2, 2), np.random.default_rng(2).normal(size=(2, 2, 2)), ("antiperiodic", "periodic")),
    ],
    ids=repr,
)
def test_helicity_modulus_is_the_curvature_of_the_free_energy(model):
    T, n = 0.9, 40
    # All configurations on a grid, the first spin held: the integrand is periodic, so the sum converges like exp(-n).
    grid = np.meshgrid(*[np.arange(n) * 2 * np.pi / n] * (model.n_sites - 1), indexing="ij")
    spins = np.stack([np.zeros(grid[0].size), *map(np.ravel, grid)], axis=1).reshape(-1, *model.shape)
    i, j, _, axes = model.lattice.bonds
    rows = spins.reshape(len(spins), -1)

    def free_energy(axis, twist):
        cosines = np.cos(rows[:, i] - rows[:, j] + twist * (axes == axis))
        return -T * np.log(np.mean(np.exp(cosines @ model.bond_strengths / T)))

    weight = np.exp(-model.energy(spins) / T)
    for axis in range(len(model.shape)):
        stiffness, current = observables.twist_response(model, spins, axis)
        # The mean over draws, each as often as it is probable.
        modulus = (weight @ stiffness - weight @ current**2 * model.n_sites / T) / weight.sum()
        step = 1e-3
        curvature = (free_energy(axis, step) - 2 * free_energy(axis, 0.0) + free_energy(axis, -step)) / step**2
        assert modulus == pytest.approx(curvature / model.n_sites, abs=1e-6)
        slope = (free_energy(axis, step) - free_energy(axis, -step)) / (2 * step)
        assert weight @ current / weight.sum() == pytest.approx(slope / model.n_sites, abs=1e-6)


def test_helicity_modulus_of_few_draws_by_hand():
    assert observables.helicity_modulus([1.0, 0.5], [0.1, -0.3], 0.5, 8) == pytest.approx(0.75 - 8 * 0.05 / 0.5)
    assert observables.helicity_modulus(np.ones((3, 4)), np.zeros((3, 4)), [1.0, 2.0, 3.0], 8).tolist() == [1.0] * 3
    aligned = observables.twist_response(XY((4, 6)), np.full((4, 6), 0.4), axis=1)
    np.testing.assert_allclose(aligned, [1.0, 0.0], rtol=0, atol=1e-15)


def test_vortices_are_where_they_were_put():
    # Angles as seen from points: they turn once around a vortex, once backwards around an antivortex.
    row, column = np.indices((8, 8))

    def seen_from(y, x):
        return np.arctan2(row - y, column - x)

    model = XY((8, 8), boundary="free")
    pair = seen_from(2.5, 3.5) - seen_from(5.5, 1.5) + 0.2
    found = observables.vorticity(model, pair)
    assert found.dtype == np.int8
    assert found[2, 3] == 1
    assert found[5, 1] == -1
    assert np.count_nonzero(found) == 2
    assert np.array_equal(observables.vorticity(model, -pair), -found)


@pytest.mark.parametrize("boundary", ["periodic", "antiperiodic", ("free", "periodic"), ("antiperiodic", "free")])
@pytest.mark.parametrize("coupling", [1.0, -1.0])
def test_vortices_on_a_lattice(boundary, coupling):
    model = XY((6, 8), coupling, boundary)
    spins = random_angles(model, 2, 50)
    vortices = observables.vorticity(model, spins)
    assert vortices.shape == spins.shape
    assert set(np.unique(vortices)) == {-1, 0, 1}
    if "free" not in model.lattice.boundary:
        assert not vortices.sum(axis=(-2, -1)).any()
    else:
        free = model.lattice.boundary.index("free")
        assert not np.take(vortices, -1, axis=2 + free).any()
    assert np.array_equal(observables.vorticity(model, spins + 1.7), vortices)
    # Random angles: the turns of three bonds are independent, and a third of the squares hold a vortex.
    assert np.mean(vortices[..., :-1, :-1] != 0) == pytest.approx(1 / 3, abs=0.03)


def test_no_vortices_in_the_ground_state():
    checkerboard = np.pi * (np.indices((6, 8)).sum(axis=0) % 2)
    assert not observables.vorticity(XY((6, 8)), np.full((6, 8), 3.0)).any()
    assert not observables.vorticity(XY((6, 8), -1.0), checkerboard + 0.3).any()
    # Across an antiperiodic seam the angles turn by pi in all.
    twisted = np.arange(6)[:, None] * np.pi / 6 + np.zeros(8)
    assert not observables.vorticity(XY((6, 8), boundary=("antiperiodic", "periodic")), twisted).any()
