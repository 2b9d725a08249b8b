"""Lattices and models do not change once they are made, neither by an attribute, nor by a table, nor by an input."""

import copy
import pickle
from functools import cached_property

import numpy as np
import pytest

from spinlib import sample
from spinlib.exact import kaufman
from spinlib.immutable import read_only
from spinlib.lattice import Lattice
from spinlib.models import XY, CellularPotts, Ising, LongRangeIsing, PlanarPotts, Potts

COUPLING = np.random.default_rng(1).normal(size=(2, 4, 6))
TYPES, CONTACT = np.array([0, 1, 2]), np.array([[0.0, 1.0, 2.0], [1.0, 3.0, 4.0], [2.0, 4.0, 5.0]])
MAKE = {
    "lattice": lambda: Lattice((4, 6), ("free", "periodic")),
    "ising": lambda: Ising((4, 6), field=0.1),
    "ising per bond": lambda: Ising((4, 6), COUPLING),
    "ising with fixed spins": lambda: Ising((4, 6), boundary="plus_minus"),
    "potts": lambda: Potts((4, 6), 3, field=0.2),
    "xy": lambda: XY((4, 6)),
    "xy per bond": lambda: XY((4, 6), COUPLING),
    "planar potts": lambda: PlanarPotts((4, 6)),
    "long range": lambda: LongRangeIsing((2, 3), cutoff=3.0),
    "cellular potts": lambda: CellularPotts((4, 6), TYPES, CONTACT),
}


def tables(kind):
    """Names of what is computed when it is first asked for."""
    return [name for one in kind.__mro__ for name, value in vars(one).items() if isinstance(value, cached_property)]


@pytest.mark.parametrize("name", MAKE)
def test_no_attribute_can_be_set_or_deleted(name):
    one = MAKE[name]()
    for key in [*vars(one), *tables(type(one)), "shape", "n_sites", "new"]:
        with pytest.raises(AttributeError, match=f"{key} of {type(one).__name__}.*such as {type(one).__name__}"):
            setattr(one, key, 1)
        with pytest.raises(AttributeError, match=f"{key} of {type(one).__name__}.*deleted"):
            delattr(one, key)
    assert repr(one) == repr(MAKE[name]())


@pytest.mark.parametrize("name", MAKE)
def test_tables_are_made_once_and_cannot_be_written_to(name):
    one = MAKE[name]()
    for key in tables(type(one)):
        table = getattr(one, key)
        assert getattr(one, key) is table
        parts = table if isinstance(table, tuple | list) else [table]
        for array in (part for part in parts if isinstance(part, np.ndarray)):
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 0
            with pytest.raises(ValueError, match="WRITEABLE"):
                array.setflags(write=True)
    for array in (value for value in vars(one).values() if isinstance(value, np.ndarray)):
        with pytest.raises(ValueError, match="WRITEABLE"):
            array.setflags(write=True)


@pytest.mark.parametrize("name", MAKE)
def test_copies_and_pickles_are_equal(name):
    one = MAKE[name]()
    for other in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert type(other) is type(one)
        assert repr(other) == repr(one)


def test_a_changed_coupling_needs_a_new_model():
    model = Ising((16, 16))
    settings = {"method": "swendsen_wang", "keep_spins": False, "n_chains": 20, "burn_in": 50, "seed": 3}
    sample(model, 2.5, 5, **settings)
    with pytest.raises(AttributeError, match=r"coupling of Ising.*Ising\(\(32, 32\), coupling=0.5\)"):
        model.coupling = 0.5
    energies = sample(Ising((16, 16), 0.5), 2.5, 200, **settings).energy.values.mean(axis=2)
    expected = 0.5 * kaufman.energy(5.0, (16, 16))
    assert abs(energies.mean() - expected) < 4.0 * energies.std() / np.sqrt(energies.size)


@pytest.mark.parametrize("kind", [Ising, XY])
def test_couplings_are_copied(kind):
    given = COUPLING.copy()
    model = kind((4, 6), given)
    given[:] = 0.0
    assert np.array_equal(model.coupling, COUPLING)


@pytest.mark.parametrize("kind", [Ising, XY])
def test_couplings_of_a_tensor_are_copied(kind):
    torch = pytest.importorskip("torch")
    given = torch.tensor(COUPLING)
    model = kind((4, 6), given)
    given.zero_()
    assert np.array_equal(model.coupling, COUPLING)


def test_cells_are_copied():
    types, contact = TYPES.copy(), CONTACT.copy()
    model = CellularPotts((4, 6), types, contact)
    types[1:], contact[:] = 1, 0.0
    assert np.array_equal(model.types, TYPES)
    assert np.array_equal(model.coupling, CONTACT)


def test_a_boundary_is_copied():
    names = ["free", "periodic"]
    lattice = Lattice((4, 6), names)
    names[0] = "periodic"
    assert lattice.boundary == ("free", "periodic")


def test_a_read_only_view_stays_read_only():
    array = np.arange(3)
    view = read_only(array)
    for one in (array, view):
        with pytest.raises(ValueError, match="read-only"):
            one[0] = 1
    with pytest.raises(ValueError, match="WRITEABLE"):
        view.setflags(write=True)
