"""One Monte Carlo step of each dynamics against its exact law, on lattices small enough for all states."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from spinlib.models import CellularPotts, Ising
from spinlib.samplers.cellular_potts_kernels import DYNAMICS, refuse, sweep

COUPLING = np.array([[0.0, 3.0, 4.0], [3.0, 2.0, 1.5], [4.0, 1.5, 0.5]])
N_CHAINS = 40_000

# Lattice, types, start, temperature. Colours hold 4, 4, 2 and 1 sites: in the last case no two copies can be
# made at once, so areas are never stale.
CASES = {
    "moore": (((4, 4), "periodic", "moore"), [0, 1], "0110 1100 0010 0001", 9.0),
    "moore free": (((4, 4), ("free", "periodic"), "moore"), [0, 2], "0111 1000 0011 0100", 6.0),
    "chain": (((4,), "periodic", "nearest"), [0, 1, 2, 2], "0132", 4.0),
    "moore2": (((3, 3), "periodic", "moore2"), [0, 1, 2], "012 210 020", 20.0),
}
LEVEL = 0.001 / (3 * len(CASES))


def model_and_start(name):
    (shape, boundary, neighborhood), types, start, temperature = CASES[name]
    model = CellularPotts(
        shape,
        types,
        COUPLING,
        target_area=2.0,
        stiffness=0.8,
        boundary=boundary,
        neighborhood=neighborhood,
    )
    return model, np.array(list(start.replace(" ", "")), dtype=np.int16).reshape(shape), temperature


class ExactLaw:
    """Probabilities over all (n_cells + 1)^N states, numbered in base n_cells + 1, after one Monte Carlo step."""

    def __init__(self, model, temperature):
        self.model, self.q = model, model.n_cells + 1
        self.place = self.q ** np.arange(model.n_sites)[::-1]
        self.digits = np.arange(self.q**model.n_sites)[:, None] // self.place % self.q
        states = self.digits.reshape(-1, *model.shape)
        index, weight = model.lattice.neighbors
        self.copy = np.empty((self.q, *self.digits.shape))  # P(this site gets this value | it attempts, state)
        for value in range(self.q):
            source = ((self.digits[:, index] == value) & (weight != 0)).sum(-1) / (weight != 0).sum(-1)
            change = model.energy_change(states, np.full_like(states, value)).reshape(self.digits.shape)
            self.copy[value] = source * np.minimum(1.0, np.exp(-change / temperature))
        own = np.arange(self.q)[:, None, None] == self.digits
        self.copy[own] = 0.0
        self.copy += own * (1.0 - self.copy.sum(0))

    def number(self, cells):
        return cells.reshape(len(cells), -1).astype(np.int64) @ self.place

    def attempt(self, law, sites):
        """All `sites` attempt at once, each seeing the state (and its areas) as it is."""
        result = np.zeros_like(law)
        for values in product(range(self.q), repeat=len(sites)):
            probability, shift = law.copy(), 0
            for site, value in zip(sites, values, strict=True):
                probability *= self.copy[value, :, site]
                shift = shift + (value - self.digits[:, site]) * self.place[site]
            result += np.bincount(np.arange(len(law)) + shift, probability, len(law))
        return result

    def step(self, start, dynamics):
        law = np.zeros(len(self.digits))
        law[self.number(start[None])] = 1.0
        if dynamics != "serial":
            for sites in self.model.lattice.sublattices:
                for together in [sites] if dynamics == "parallel" else sites[:, None]:
                    law = self.attempt(law, together)
            return law
        for _ in range(self.model.n_sites):
            law = sum(self.attempt(law, [site]) for site in range(self.model.n_sites)) / self.model.n_sites
        return law


def after_one_step(law, start, temperature, dynamics):
    """How often each state was reached from `start` in one MCS."""
    cells = np.repeat(start[None], N_CHAINS, axis=0)
    rng = np.random.default_rng(20).integers(0, 2**64, size=(N_CHAINS, 4), dtype=np.uint64)
    sweep(law.model, cells, np.full(N_CHAINS, temperature), rng, 1, dynamics)
    return np.bincount(law.number(cells), minlength=len(law.digits))


def p_value(counts, law):
    """Chi-square of counts against a law; states with an expectation below 10 are pooled."""
    if np.any(counts[law == 0]):
        return 0.0
    expected = law * counts.sum()
    rare = expected < 10
    observed, expected = (np.append(x[~rare], x[rare].sum()) for x in (counts, expected))
    observed, expected = observed[expected > 0], expected[expected > 0]
    assert len(observed) > 20
    return stats.chisquare(observed, expected * (observed.sum() / expected.sum())).pvalue


@pytest.mark.parametrize("name", CASES)
def test_one_step_follows_the_exact_law(name):
    model, start, temperature = model_and_start(name)
    law = ExactLaw(model, temperature)
    expected = {dynamics: law.step(start, dynamics) for dynamics in DYNAMICS}
    for dynamics in DYNAMICS:
        assert expected[dynamics].sum() == pytest.approx(1.0, abs=1e-12)
        counts = after_one_step(law, start, temperature, dynamics)
        assert p_value(counts, expected[dynamics]) > LEVEL
        # The test has the power to tell the dynamics apart, unless one site per colour makes two of them equal.
        for other in (expected[name] for name in DYNAMICS if name != dynamics):
            assert p_value(counts, other) < 1e-9 or np.allclose(other, expected[dynamics])
    colors_of_one_site = max(map(len, model.lattice.sublattices)) == 1
    assert np.allclose(expected["parallel"], expected["ordered"]) == colors_of_one_site


@pytest.mark.parametrize("dynamics", DYNAMICS)
@pytest.mark.parametrize("boundary", ["periodic", "free"])
def test_the_areas_that_a_kernel_keeps_are_those_that_a_recount_finds(dynamics, boundary):
    # Each call counts areas anew, so one call of 60 MCS equals 60 calls only if the kernel kept them right.
    types = [0, *[1, 2] * 8]
    model = CellularPotts((12, 12), types, COUPLING, target_area=6.0, boundary=boundary, neighborhood="moore")
    start = np.random.default_rng(2).integers(0, 17, (3, 12, 12)).astype(np.int16)
    temperatures = np.array([2.0, 6.0, 10.0])
    rng = np.random.default_rng(3).integers(0, 2**64, size=(3, 4), dtype=np.uint64)
    once, again, rng_again = start.copy(), start.copy(), rng.copy()
    sweep(model, once, temperatures, rng, 60, dynamics)
    for _ in range(60):
        sweep(model, again, temperatures, rng_again, 1, dynamics)
    np.testing.assert_array_equal(once, again)
    np.testing.assert_array_equal(rng, rng_again)
    assert np.any(once != start)


def test_at_zero_temperature_serial_copies_never_raise_the_energy():
    model = CellularPotts((12, 12), [0, *[1, 2] * 8], COUPLING, target_area=6.0, neighborhood="moore2")
    cells = np.random.default_rng(4).integers(0, 17, (1, 12, 12)).astype(np.int16)
    rng = np.random.default_rng(5).integers(0, 2**64, size=(1, 4), dtype=np.uint64)
    energies = [model.energy(cells)[0]]
    for _ in range(20):
        sweep(model, cells, np.array([1e-9]), rng, 1)
        energies.append(model.energy(cells)[0])
    assert np.all(np.diff(energies) <= 1e-9)
    assert energies[-1] < energies[0] - 100


@pytest.mark.parametrize("dynamics", DYNAMICS)
def test_one_cell_everywhere_has_nothing_to_copy(dynamics):
    model = CellularPotts((6, 6), [0, 1, 2], COUPLING, neighborhood="moore")
    cells = np.full((1, 6, 6), 2, dtype=np.int16)
    rng = np.random.default_rng(6).integers(0, 2**64, size=(1, 4), dtype=np.uint64)
    sweep(model, cells, np.array([50.0]), rng, 10, dynamics)
    assert np.all(cells == 2)


def test_what_cannot_run_is_refused():
    model = CellularPotts((6, 7), [0, 1], COUPLING, neighborhood="moore2")
    refuse(model, "serial")
    with pytest.raises(ValueError, match=r"9 colours.*6 or 9"):
        refuse(model, "parallel")
    with pytest.raises(ValueError, match="'simultaneous': allowed are 'serial', 'parallel', 'ordered'"):
        refuse(model, "simultaneous")
    with pytest.raises(TypeError, match="Ising"):
        refuse(Ising((4, 4)))
    crowd = CellularPotts((6, 6), np.ones(2**15 + 1, dtype=int) - (np.arange(2**15 + 1) == 0), COUPLING)
    with pytest.raises(ValueError, match="32768 cells: at most 32767"):
        refuse(crowd)
