"""What models share: the bonds' couplings are tested with Ising, here that the others have the same."""

import numpy as np
import pytest

from spinlib.exact import enumeration
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


COLD = [
    *(Ising((3, 4), 0.8, field, boundary) for field in (0.0, 0.3, -0.3) for boundary in ("periodic", "free")),
    Ising((4, 3), boundary=("antiperiodic", "periodic")),
    Ising((4, 4), 1.0, -0.1, neighborhood="next_nearest"),
    *(Potts((3, 3), 3, 0.8, "periodic", field=field) for field in (0.0, 0.2, -0.2, -5.0)),
    Potts((2, 3), 4, 0.0, field=-1.0),
]


@pytest.mark.parametrize("model", COLD, ids=repr)
def test_cold_is_a_ground_state_where_couplings_are_not_negative(model):
    cold = model.cold()
    assert (cold.shape, cold.dtype) == (model.shape, model.spin_dtype)
    assert model.energy(cold) == pytest.approx(enumeration.energies(model).min(), abs=1e-12)


def test_cold_planar_spins_satisfy_every_bond():
    model = XY((4, 5), boundary=("free", "periodic"))
    assert model.energy(model.cold()) == -len(model.lattice.bonds[0])


@pytest.mark.parametrize("shape", [(3, 5), (300, 300)])
def test_random_configurations_are_one_series_of_draws(shape):
    """A model draws piece by piece, to save memory, what numpy draws at once."""

    def rng():
        return np.random.default_rng(7)

    assert np.array_equal(Ising(shape).random(rng()), rng().choice([1, -1], size=shape))
    assert np.array_equal(Potts(shape, 5).random(rng()), rng().choice(5, size=shape))
    assert np.array_equal(XY(shape).random(rng()), rng().uniform(-np.pi, np.pi, size=shape))
    for model in (Ising(shape), Potts(shape, 5), XY(shape)):
        assert model.random(rng()).dtype == model.spin_dtype
