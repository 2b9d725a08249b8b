"""What models share: the bonds' couplings are tested with Ising, here that the others have the same."""

import numpy as np
import pytest

from spinlib import observables
from spinlib.exact import enumeration
from spinlib.models import XY, CellularPotts, Ising, LongRangeIsing, PlanarPotts, Potts
from spinlib.samplers.random import streams

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


MODELS = [
    Ising((3, 4), field=0.2),
    Potts((3, 4), 3),
    XY((3, 4)),
    LongRangeIsing((3, 4)),
    PlanarPotts((3, 4)),
]


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_random_and_cold_configurations_are_the_models_own(model):
    spins = model.random(np.random.default_rng(1), (5, 2))
    assert (spins.shape, spins.dtype) == ((5, 2, 3, 4), model.spin_dtype)
    model.check(spins)
    model.check(model.cold())
    assert len(np.unique(model.cold())) == 1
    assert model.cold().dtype == model.spin_dtype


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_random_configurations_are_drawn_one_after_the_other(model):
    rng = np.random.default_rng(3)
    one_by_one = [model.random(rng) for _ in range(4)]
    np.testing.assert_array_equal(model.random(np.random.default_rng(3), (4,)), one_by_one)
    key = streams(0, "x", 0, 1)[0]
    np.testing.assert_array_equal(model.random(key), model.random(np.random.default_rng(key)))


@pytest.mark.parametrize("model", [Ising((300, 300)), XY((300, 300))], ids=repr)
def test_large_configurations_are_one_series_too(model):
    rng = np.random.default_rng(3)
    first, second = model.random(rng), model.random(rng)
    np.testing.assert_array_equal(model.random(np.random.default_rng(3), (2,)), [first, second])


@pytest.mark.parametrize("model", [*MODELS, CellularPotts((3, 4), [0, 1, 1], np.ones((2, 2)))], ids=repr)
def test_valid_values_are_those_that_the_check_allows(model):
    if model.spin_dtype.kind == "f":
        with pytest.raises(ValueError, match="continuum"):
            _ = model.values
        return
    assert np.all(np.diff(model.values) > 0)
    for value in range(-3, 6):
        spins = np.full((3, 4), value, dtype=model.spin_dtype)
        if value in model.values:
            model.check(spins)
        else:
            with pytest.raises(ValueError, match=str(value)):
                model.check(spins)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_the_order_parameter_is_the_magnetisation(model):
    spins = model.random(np.random.default_rng(1), (5, 2))
    np.testing.assert_array_equal(model.order_parameter(spins), observables.magnetization(model, spins))
    assert model.order_parameter(model.cold()) == pytest.approx(1.0)
    with pytest.raises(ValueError, match="shape"):
        model.order_parameter(spins[..., 1:])


def test_order_parameters_of_a_few_configurations():
    quarter = np.array([1, 1, 1, -1])
    assert Ising((4,)).order_parameter(quarter) == LongRangeIsing((4,)).order_parameter(quarter) == 0.5
    assert Potts((4,), 3).order_parameter(np.array([0, 2, 2, 2])) == pytest.approx((3 * 0.75 - 1) / 2)
    angles = np.array([0.0, np.pi / 2, 0.0, np.pi / 2])
    for model in (XY((4,)), PlanarPotts((4,))):
        assert model.order_parameter(angles) == pytest.approx(np.sqrt(0.5))


def test_cells_have_no_random_state_and_no_order_parameter():
    model = CellularPotts((4, 4), [0, 1], np.ones((2, 2)))
    for call in (model.cold, lambda: model.random(1), lambda: model.order_parameter(np.zeros((4, 4), np.int16))):
        with pytest.raises(TypeError, match="CellularPotts"):
            call()


@pytest.mark.parametrize("model", [Potts((4, 6), 3, -0.7), Potts((4, 6), 3, boundary="free", neighborhood="moore")])
def test_potts_has_the_bonds_of_ising(model):
    ising = Ising((4, 6), model.coupling, boundary=model.lattice.boundary, neighborhood=model.lattice.neighborhood)
    assert model.is_uniform
    for name in ("direction_couplings", "coupling_values", "bond_strengths", "neighbor_couplings", "forward_couplings"):
        assert np.array_equal(getattr(model, name), getattr(ising, name))


def test_the_gap_of_a_bond_is_what_breaking_it_costs():
    for model, alike, unlike in (
        (Ising((2,), 0.7, boundary="free"), [1, 1], [1, -1]),
        (Potts((2,), 3, 0.7, "free"), [1, 1], [1, 2]),
    ):
        cost = model.energy(np.array(unlike)) - model.energy(np.array(alike))
        assert cost == pytest.approx(model.bond_gap * 0.7)
