"""Samplers refuse a subclass whose Hamiltonian is not the one that its tables say."""

import numpy as np
import pytest

from spinlib import sample
from spinlib.datasets import targeted
from spinlib.exact import enumeration
from spinlib.models import XY, CellularPotts, Ising, LongRangeIsing, Potts
from spinlib.models.hamiltonian import require_own_hamiltonian
from spinlib.samplers import METHODS, XY_METHODS, learned_energy
from spinlib.samplers.cellular_potts import simulation as cellular_potts
from spinlib.samplers.clusters import coupling_from_the_past
from spinlib.samplers.tempering.parallel_tempering import sample as parallel_tempering


class Shifted(Ising):
    """An energy that no sampler sees."""

    def energy(self, spins):
        return super().energy(spins) - np.asarray(spins)[..., 0, 0]


class Turned(XY):
    def energy_change(self, spins, proposed):
        return -super().energy_change(spins, proposed)


class Favoured(Potts):
    """A field that no table has."""

    @property
    def field(self):
        return 0.5


class Named(Ising):
    """A constructor, a start and a method of its own: the same Hamiltonian."""

    def __init__(self, side):
        super().__init__((side, side), coupling=0.5)

    def __repr__(self):
        return f"Named({self.shape[0]})"

    def cold(self):
        return -super().cold()

    def energy_per_bond(self, spins):
        return self.energy(spins) / len(self.lattice.bonds[0])


class Mixin:
    def local_field(self, spins):
        return 0.0 * np.asarray(spins)


class Mixed(Mixin, Ising):
    pass


class Grandchild(Mixed):
    pass


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Shifted((4, 4)), r"Shifted.energy: Ising has 'energy' too.*allowed are Ising itself"),
        (Mixed((4, 4)), r"Mixin.local_field: Ising"),
        (Grandchild((4, 4)), r"Mixin.local_field: Ising"),
        (Turned((4, 4)), r"Turned.energy_change: XY"),
        (type("Field", (Potts,), {"relaxed_energy": None})((4, 4)), r"Field.relaxed_energy: Potts"),
        (type("Sums", (Ising,), {"neighbor_couplings": None})((4, 4)), r"Sums.neighbor_couplings: Ising"),
        (type("Sites", (Ising,), {"lattice": None})((4, 4)), r"Sites.lattice: Ising"),
        (type("Loose", (Ising,), {"__setattr__": object.__setattr__})((4, 4)), r"Loose.__setattr__"),
        (Favoured((4, 4)), r"Favoured.field: Potts"),
    ],
)
def test_a_hamiltonian_of_its_own_is_named(model, message):
    with pytest.raises(TypeError, match=message):
        require_own_hamiltonian(model)


@pytest.mark.parametrize("kind", [Ising, Potts, XY])
def test_every_method_and_every_front_door_refuses_it(kind):
    model = type("Own", (kind,), {"energy": lambda self, spins: 0.0})((4, 4))
    methods = XY_METHODS if kind is XY else METHODS
    for name in methods:
        if name == "convolution":
            pytest.importorskip("torch")
        if kind is Potts and name == "multispin":
            continue
        with pytest.raises(TypeError, match=r"Own\.energy"):
            methods[name].refuse(model)
        with pytest.raises(TypeError, match=r"Own\.energy"):
            sample(model, 2.0, 1, method=name)
    for call in (sample, parallel_tempering):
        with pytest.raises(TypeError, match=r"Own\.energy"):
            call(model, [2.0, 2.5], 1)


def test_the_other_samplers_refuse_it():
    model = Shifted((4, 4))
    rng = np.random.default_rng(0).integers(2**64, size=(1, 4), dtype=np.uint64)
    spins, energies, temperatures = np.ones((1, 4, 4), np.int8), np.zeros(1), np.ones(1)
    long_range = type("Far", (LongRangeIsing,), {"energy": lambda self, spins: 0.0})((2, 2))
    cells = type("Cells", (CellularPotts,), {"energy": lambda self, cells: 0.0})((4, 4), [0, 1], np.ones((2, 2)))
    with pytest.raises(TypeError, match=r"Shifted\.energy"):
        coupling_from_the_past.draw(model, 2.0, 1, 0)
    with pytest.raises(TypeError, match=r"Shifted\.energy"):
        targeted.draw(model, [-32.0], 1)
    with pytest.raises(TypeError, match=r"Shifted\.energy"):
        learned_energy.corrected_sweep(lambda s: energies, model, spins, energies, temperatures, rng, 1)
    with pytest.raises(TypeError, match=r"Far\.energy"):
        learned_energy.corrected_sweep(lambda s: energies, long_range, spins, energies, temperatures, rng, 1)
    with pytest.raises(TypeError, match=r"Cells\.energy"):
        cellular_potts.refuse(cells)


def test_algorithm_2_refuses_it():
    torch = pytest.importorskip("torch")
    from spinlib.samplers.convolution import differentiable

    noise = torch.zeros((1, 1, 4, 4), dtype=torch.float64)
    with pytest.raises(TypeError, match=r"Shifted\.energy"):
        differentiable.relaxed_sweep(Shifted((4, 4)), torch.ones((1, 1, 4, 4)), 2.0, 1.0, noise)


def test_enumeration_takes_the_energy_that_the_subclass_has():
    model = Shifted((2, 2))
    assert enumeration.energies(model).min() == Ising((2, 2)).energy(np.ones((2, 2))) - 1.0


def test_a_subclass_that_leaves_them_alone_is_sampled_as_what_it_is():
    settings = {"method": "metropolis", "seed": 5, "burn_in": 5}
    named = sample(Named(6), 2.0, 20, **settings)
    plain = sample(Ising((6, 6), 0.5), 2.0, 20, **settings)
    require_own_hamiltonian(Named(6))
    assert np.array_equal(named.spins, plain.spins)
