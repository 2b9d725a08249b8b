"""One sweep of Metropolis and of heat bath against its exact law, on lattices small enough for all states.

Even, periodic square lattices of two axes are updated by vector instructions, all others site by site: both are here.
"""

import numpy as np
import pytest

from spinlib import sample
from spinlib.exact import enumeration, potts
from spinlib.models import Ising, Potts
from spinlib.samplers import METHODS
from spinlib.statistics import mean_and_error

CASES = [
    (Ising((3, 3), boundary="free", field=0.2), 3.0),
    (Ising((2, 4)), 4.0),
    (Ising((3, 2), coupling=[[[0.5, -1.0]] * 3, [[2.0, 0.3]] * 3], boundary=("free", "antiperiodic")), 2.0),
    (Potts((2, 4), q=2), 1.0),
    (Potts((2, 2), q=3), 1.5),
    (Potts((2, 4), q=3, coupling=-0.8), 0.5),
    (Potts((4, 2), q=3, coupling=-1.0), 100.0),
    (Potts((2, 2), q=4), 0.8),
    (Potts((2, 2), q=4, coupling=-1.0), 0.3),
    (Potts((2, 2), q=5, coupling=0.7), 1.0),
    (Potts((2, 2), q=16), 1.2),
    (Potts((2, 2), q=16, coupling=-2.0), 3.0),
    (Potts((2, 3), q=3), 1.0),
    (Potts((3, 3), q=2, coupling=-1.0), 2.0),
    (Potts((2, 4), q=3, boundary=("free", "periodic")), 0.7),
    (Potts((2, 3), q=3, coupling=-1.0, boundary="free", neighborhood="triangular"), 1.0),
    (Potts((2, 4), q=2, neighborhood="honeycomb"), 0.6),
    (Potts((4,), q=5, boundary="free"), 0.8),
    (Ising((3, 3), coupling=(0.5, -1.0), field=-0.3), 2.0),
    (Ising((7,), coupling={"nearest": 1.0, "next_nearest": -0.5}, boundary="free"), 1.5),
    (Ising((2, 4), coupling={"nearest": 0.5, "next_nearest": -0.2}, field=0.2), 2.0),
    (Ising((3, 3), coupling={"nearest": 1.0, "next_nearest": 0.2, "third_nearest": -0.3, "fifth_nearest": 0.1}), 4.0),
    (Potts((2, 4), q=2, field=0.5), 1.0),
    (Potts((2, 2), q=4, field=-0.7), 0.6),
    (Potts((2, 3), q=3, coupling=-0.9, field=0.8), 0.5),
    (Potts((2, 3), q=3, coupling=0.0, field=-0.6), 0.5),
]
STATIONARY = [
    (Potts((2, 4), q=3), 0.7),
    (Potts((4, 2), q=3, coupling=-1.0), 0.3),
    (Potts((2, 4), q=3), 1.5),
    (Potts((2, 2), q=5, coupling=-1.0), 0.5),
    (Potts((2, 2), q=16), 1.0),
    (Potts((2, 4), q=2), 100.0),
]
METHODS_HERE = ("metropolis", "heat_bath")
LEVEL = 0.001 / (len(METHODS_HERE) * (len(CASES) + len(STATIONARY)))


@pytest.mark.parametrize("name", METHODS_HERE)
@pytest.mark.parametrize(("model", "temperature"), CASES, ids=repr)
def test_transition_frequencies_of_one_sweep(name, model, temperature, law):
    n = 40_000
    start = enumeration.states(model)[enumeration.n_states(model) // 3]
    spins = np.tile(start, (n, *(1,) * start.ndim))
    rng = np.random.default_rng(8).integers(2**64, size=(n, 4), dtype=np.uint64)
    METHODS[name].sweep(model, spins, np.full(n, temperature), rng, 1)
    probability = law.after_single_site_sweep(model, temperature, start, name)
    assert probability.sum() == pytest.approx(1.0)
    assert law.p_value(model, spins, probability) > LEVEL


@pytest.mark.parametrize("name", METHODS_HERE)
@pytest.mark.parametrize(("model", "temperature"), STATIONARY, ids=repr)
def test_exact_samples_stay_exact(name, model, temperature, law):
    n, probability = 40_000, enumeration.boltzmann(model, temperature)
    drawn = np.random.default_rng(3).choice(len(probability), size=n, p=probability)
    spins = enumeration.states(model)[drawn]
    rng = np.random.default_rng(9).integers(2**64, size=(n, 4), dtype=np.uint64)
    METHODS[name].sweep(model, spins, np.full(n, temperature), rng, 3)
    assert np.any(spins != enumeration.states(model)[drawn])
    assert law.p_value(model, spins, probability) > LEVEL


@pytest.mark.parametrize("field", [0.7, -0.7])
@pytest.mark.parametrize("name", METHODS_HERE)
def test_potts_spins_in_a_field_follow_its_sign(name, field):
    """<delta(s, 0)> and <e> of all states; a cold start is a ground state of the field's sign."""
    model, temperature = Potts((3, 3), q=3, field=field), 1.0
    settings = {"start": "cold", "burn_in": 200, "sweeps_between": 5, "n_chains": 64}
    draws = sample(model, temperature, 200, method=name, seed=4, **settings)
    states, probability = enumeration.states(model), enumeration.boltzmann(model, temperature)
    for measured, exact in (
        ((draws.spins[0] == 0).mean(("x0", "x1")), (states == 0).mean(axis=(1, 2)) @ probability),
        (draws.energy[0], enumeration.energies(model) @ probability / 9),
    ):
        estimate = mean_and_error(measured)
        assert estimate.valid
        assert estimate.error < 0.01
        assert abs(estimate.value - exact) < 4.0 * estimate.error


def energy_of_torus(model, temperature):
    """Mean energy per site of a two-dimensional Potts torus by its transfer matrix."""
    height, width = model.shape
    rows = np.array(np.unravel_index(np.arange(model.q**width), (model.q,) * width)).T
    within = (rows == np.roll(rows, 1, axis=1)).sum(axis=1)
    between = (rows[:, None] == rows).sum(axis=2)

    def log_partition(beta):
        exponent = beta * model.coupling * (between + 0.5 * (within[:, None] + within))
        top = exponent.max()
        eigenvalues = np.linalg.eigvalsh(np.exp(exponent - top))
        return height * top + np.log((eigenvalues**height).sum())

    beta, step = 1.0 / temperature, 1e-4
    return -(log_partition(beta + step) - log_partition(beta - step)) / (2.0 * step) / model.n_sites


TORI = [
    (Potts((8, 6), q=3), float(potts.critical_temperature(3))),
    (Potts((8, 6), q=3, coupling=-1.0), 0.6),
    (Potts((6, 4), q=5), float(potts.critical_temperature(5))),
    (Potts((4, 2), q=16, coupling=0.9), 0.8),
    (Potts((5, 5), q=3), 1.2),
]


@pytest.mark.parametrize("name", METHODS_HERE)
@pytest.mark.parametrize(("model", "temperature"), TORI, ids=repr)
def test_energy_of_a_torus_is_that_of_its_transfer_matrix(name, model, temperature):
    settings = {"start": "cold", "burn_in": 1_000, "sweeps_between": 20, "n_chains": 32, "keep_spins": False}
    draws = sample(model, temperature, 800, method=name, observables=("energy",), seed=2, **settings)
    energy = mean_and_error(draws.energy[0])
    assert energy.valid
    assert energy.error < 4e-3
    assert abs(energy.value - energy_of_torus(model, temperature)) < 4.0 * energy.error
