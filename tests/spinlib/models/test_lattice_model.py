"""What models share: the bonds' couplings are tested with Ising, here that the others have the same."""

import numpy as np
import pytest

from spinlib.models import XY, CellularPotts, Ising, Potts

COUPLING = np.random.default_rng(0).normal(size=(2, 4, 6))


@pytest.mark.parametrize("coupling", [-0.7, COUPLING], ids=["uniform", "per bond"])
@pytest.mark.parametrize("boundary", ["periodic", ("antiperiodic", "free")])
def test_models_with_bonds_have_the_same_tables(coupling, boundary):
    ising, xy = Ising((4, 6), coupling, boundary=boundary), XY((4, 6), coupling, boundary)
    assert ising.is_uniform == xy.is_uniform == np.isscalar(coupling)
    for name in ("bond_strengths", "neighbor_couplings", "forward_couplings"):
        assert np.array_equal(getattr(ising, name), getattr(xy, name))
        with pytest.raises(ValueError, match="read-only"):
            getattr(xy, name)[0] = 0.0


def test_every_model_knows_its_lattice_and_what_it_is_stored_in():
    models = [Ising((4, 6)), Potts((4, 6)), XY((4, 6)), CellularPotts((4, 6), [0, 1], np.ones((2, 2)))]
    assert all(model.shape == (4, 6) and model.n_sites == 24 for model in models)
    assert [np.dtype(model.spin_dtype).name for model in models] == ["int8", "int8", "float64", "int16"]
