"""Boundaries that fix spins, as a property of Ising models."""

import pickle

import numpy as np
import pytest

from spinlib.exact import enumeration, plus_minus
from spinlib.models import XY, Ising, Potts
from spinlib.models.fixed_spins import fixed_spins
from spinlib.samplers.chains.contents import digest

TEXT, SUITE = ("plus_minus", "periodic"), "plus_minus"


def test_the_text_fixes_two_rows_and_the_suite_the_frame():
    rows, frame = (Ising((4, 5), boundary=boundary).fixed for boundary in (TEXT, SUITE))
    assert rows.tolist() == [[1] * 5, [0] * 5, [0] * 5, [-1] * 5]
    assert frame.tolist() == [[1, 1, 1, 1, -1], [1, 0, 0, 0, -1], [1, 0, 0, 0, -1], [1, -1, -1, -1, -1]]
    assert Ising((4, 5)).fixed is None
    assert Ising((2, 3, 2), boundary=("periodic", "plus_minus", "free")).fixed[0].tolist() == [[1, 1], [0, 0], [-1, -1]]


def test_energy_is_that_of_all_bonds_but_those_between_the_outer_rows():
    model = Ising((5, 4), boundary=TEXT)
    spins = model.random(3, (20,)).astype(int)
    rows, columns = spins[:, 1:] * spins[:, :-1], spins * np.roll(spins, 1, 2)
    np.testing.assert_array_equal(model.energy(spins), -rows.sum((1, 2)) - columns.sum((1, 2)))


@pytest.mark.parametrize("T", [0.7, 2.3])
@pytest.mark.parametrize("shape", [(3, 4), (4, 3), (5, 3)])
def test_enumeration_of_the_free_rows_is_the_closed_form(shape, T):
    model = Ising(shape, boundary=TEXT)
    assert enumeration.n_states(model) == 2 ** ((shape[0] - 2) * shape[1])
    found = enumeration.thermodynamics(model, T)
    assert enumeration.log_partition(model, T) == pytest.approx(plus_minus.log_partition(T, shape), rel=1e-12)
    assert found.energy == pytest.approx(plus_minus.energy(T, shape), rel=1e-12)
    assert found.specific_heat == pytest.approx(plus_minus.specific_heat(T, shape), rel=1e-9)


@pytest.mark.parametrize("boundary", [TEXT, SUITE, ("antiperiodic", "plus_minus")])
def test_all_configurations_have_the_fixed_spins(boundary):
    model = Ising((4, 4), coupling=-1.0, field=-0.5, boundary=boundary)
    where = model.fixed != 0
    states = enumeration.states(model)
    assert len(np.unique(states.reshape(len(states), -1), axis=0)) == 2 ** (16 - where.sum())
    for spins in (model.cold(), model.random(1), model.random(2, (3, 2)), states):
        model.check(spins)
        assert np.all(spins[..., where] == model.fixed[where])
    assert np.all(model.cold()[~where] == -1)
    # The free spins are those that a model without fixed ones draws.
    np.testing.assert_array_equal(model.random(5)[~where], Ising((4, 4)).random(5)[~where])


def test_another_value_of_a_fixed_spin_is_refused():
    torch = pytest.importorskip("torch")
    model = Ising((4, 4), boundary=TEXT)
    spins = np.ones((2, 4, 4))
    for given in (spins, torch.tensor(spins)):
        for ask in (model.check, model.energy, model.energy_change, model.local_field, model.order_parameter):
            with pytest.raises(ValueError, match=r"spin value 1: boundary .*plus_minus.* fixes this spin to -1"):
                ask(given)
    spins[:, -1] = -1
    assert model.energy(torch.tensor(spins)).tolist() == model.energy(spins).tolist()


def test_a_flip_costs_the_difference_of_energies():
    model = Ising((4, 4), coupling=0.7, field=0.2, boundary=SUITE)
    spins = model.random(1)
    changes = model.energy_change(spins)
    for site in zip(*np.nonzero(model.fixed == 0), strict=True):
        flipped = spins.copy()
        flipped[site] *= -1
        assert model.energy(flipped) - model.energy(spins) == pytest.approx(changes[site])


def test_boundaries_are_arguments_of_equal_models():
    models = [Ising((4, 4), boundary=one) for one in (TEXT, SUITE, ("free", "periodic"), "free")]
    assert len({digest(model) for model in models}) == 4
    for model in models:
        other = pickle.loads(pickle.dumps(model))
        assert repr(other) == repr(model)
        np.testing.assert_array_equal(other.cold(), model.cold())
    assert "('plus_minus', 'periodic')" in repr(models[0])
    # A list is a sequence too, and what a model keeps cannot be changed.
    assert Ising((4, 4), boundary=list(TEXT)).boundary == TEXT
    with pytest.raises(ValueError, match="read-only"):
        models[0].fixed[1] = 1


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: Ising((4, 4), boundary="fixed"), "boundary 'fixed': allowed are .*'plus_minus'"),
        (lambda: Ising((4, 4), boundary=("plus_minus", "odd")), "boundary 'odd'"),
        (lambda: Ising((4, 4), boundary=("plus_minus",)), "one for each of the 2 axes"),
        (lambda: Ising((2, 4), boundary=TEXT), "every spin would be fixed"),
        (lambda: Potts((4, 4), boundary="plus_minus"), "boundary 'plus_minus': allowed are"),
        (lambda: XY((4, 4), boundary=TEXT), "boundary 'plus_minus': allowed are"),
    ],
)
def test_bad_boundaries_are_refused(make, match):
    with pytest.raises(ValueError, match=match):
        make()


def test_the_last_axis_wins_the_corners():
    assert fixed_spins((3, 3), ("plus_minus", "plus_minus"))[0].tolist() == [1, 1, -1]
