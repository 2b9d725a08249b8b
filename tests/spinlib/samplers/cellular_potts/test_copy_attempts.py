"""One Monte Carlo step of each dynamics against its exact law, on lattices small enough for all states."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from spinlib.models import CellularPotts, Ising
from spinlib.samplers.cellular_potts import copy_attempts
from spinlib.samplers.cellular_potts.copy_attempts import DYNAMICS, refuse, sweep
from spinlib.samplers.random import streams

COUPLING = np.array([[0.0, 3.0, 4.0], [3.0, 2.0, 1.5], [4.0, 1.5, 0.5]])
N_CHAINS = 40_000

# Lattice, types, start, temperature. Colours hold up to 4, 4, 2, 1 and 8 sites: where it is 1, no two copies can be
# made at once, so areas are never stale. In the corner, half of the sites have no neighbour of another cell.
CASES = {
    "moore": (((4, 4), "periodic", "moore"), [0, 1], "0110 1100 0010 0001", 9.0),
    "moore free": (((4, 4), ("free", "periodic"), "moore"), [0, 2], "0111 1000 0011 0100", 6.0),
    "chain": (((4,), "periodic", "nearest"), [0, 1, 2, 2], "0132", 4.0),
    "moore2": (((3, 3), "periodic", "moore2"), [0, 1, 2], "012 210 020", 20.0),
    "corner": (((3, 5), "free", "nearest"), [0, 1], "11000 11000 00000", 6.0),
}
LEVEL = 0.001 / (4 * len(CASES))

# The share of boundary sites below which they are listed: never, by default, always.
LISTED_BELOW = (0.0, copy_attempts.LISTED_BELOW, 2.0)


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
def test_one_step_follows_the_exact_law(name, monkeypatch):
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
    monkeypatch.setattr(copy_attempts, "LISTED_BELOW", LISTED_BELOW[-1])
    assert p_value(after_one_step(law, start, temperature, "serial"), expected["serial"]) > LEVEL
    colors_of_one_site = max(map(len, model.lattice.sublattices)) == 1
    assert np.allclose(expected["parallel"], expected["ordered"]) == colors_of_one_site


@pytest.mark.parametrize(
    ("dynamics", "listed_below"), [(name, 0.0) for name in DYNAMICS] + [("serial", 0.8), ("serial", 2.0)]
)
@pytest.mark.parametrize("boundary", ["periodic", "free"])
def test_what_a_kernel_keeps_is_what_a_recount_finds(dynamics, listed_below, boundary, monkeypatch):
    # Each call counts areas and lists the boundary anew, so one call of 60 MCS equals 60 calls only if the kernel kept
    # them right. With 0.8 some steps list the boundary and others do not.
    monkeypatch.setattr(copy_attempts, "LISTED_BELOW", listed_below)
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


def share_of_boundary(model, cells):
    index, weight = model.lattice.neighbors
    flat = cells.reshape(len(cells), -1)
    return ((flat[:, index] != flat[:, :, None]) & (weight != 0)).any(axis=2).mean(axis=1)


@pytest.mark.parametrize("listed_below", [0.0, 2.0])
def test_a_cell_of_one_site_vanishes_after_a_geometric_number_of_attempts(listed_below, monkeypatch):
    monkeypatch.setattr(copy_attempts, "LISTED_BELOW", listed_below)
    # It can grow too, but so rarely that this can be neglected.
    model = CellularPotts((8, 8), [0, 1], COUPLING[:2, :2], 1.0, 30.0, neighborhood="moore")
    start, temperature, n_chains = np.zeros((8, 8), dtype=np.int16), 4.0, 20_000
    start[5, 2] = 1
    change = model.energy_change(start, 1 - start)
    p = np.exp(-change[5, 2] / temperature) / 64
    assert p > 0.003
    assert np.exp(-change[4, 2] / temperature) < 1e-3 * 64 * p
    cells = np.repeat(start[None], n_chains, axis=0)
    rng = np.random.default_rng(9).integers(0, 2**64, size=(n_chains, 4), dtype=np.uint64)
    observed = []
    for _ in range(10):
        sweep(model, cells, np.full(len(cells), temperature), rng, 1)
        alive = cells[:, 5, 2] == 1
        observed.append(np.count_nonzero(~alive))
        cells, rng = cells[alive], rng[alive]
    observed.append(len(cells))
    reached = (1.0 - p) ** (64.0 * np.arange(11))
    expected = n_chains * np.append(reached[:-1] - reached[1:], reached[-1])
    assert expected.min() > 10.0
    assert stats.chisquare(observed, expected).pvalue > 0.001 / 2


def test_listing_the_boundary_does_not_change_the_law(monkeypatch):
    types = [0, 1, 2, 1]
    model = CellularPotts(
        (24, 24), types, COUPLING, target_area=30.0, neighborhood="moore", boundary=("free", "periodic")
    )
    start = np.zeros((24, 24), dtype=np.int16)
    start[:5, :6], start[5:11, :5], start[8:14, 10:15] = 1, 2, 3
    assert 0.1 < share_of_boundary(model, start[None])[0] < 0.3
    n_chains, results = 2_000, []
    for seed, listed_below in enumerate((0.0, 2.0)):
        monkeypatch.setattr(copy_attempts, "LISTED_BELOW", listed_below)
        cells = np.repeat(start[None], n_chains, axis=0)
        rng = np.random.default_rng(seed).integers(0, 2**64, size=(n_chains, 4), dtype=np.uint64)
        sweep(model, cells, np.full(n_chains, 8.0), rng, 15)
        assert np.any(cells != start)
        moved = np.count_nonzero(cells != start, axis=(1, 2))
        results.append([model.energy(cells), model.areas(cells)[:, 1], model.boundary_lengths(cells)[:, 0], moved])
    for plain, listed in zip(*results, strict=True):
        assert stats.ks_2samp(plain, listed).pvalue > 0.001 / 4


@pytest.mark.parametrize(("side", "as_with"), [(3, 0.0), (60, 2.0)])
def test_the_boundary_is_listed_where_cells_are_large(side, as_with, monkeypatch):
    model = CellularPotts((120, 120), [0, *[1] * 1_600], COUPLING, target_area=side**2, neighborhood="moore")
    row, column = np.indices(model.shape) // side
    start = (1 + row * (120 // side) + column)[None].astype(np.int16)
    assert (share_of_boundary(model, start)[0] < LISTED_BELOW[1]) == (side == 60)
    results = []
    for listed_below in (LISTED_BELOW[1], as_with):
        monkeypatch.setattr(copy_attempts, "LISTED_BELOW", listed_below)
        cells = start.copy()
        sweep(model, cells, np.array([5.0]), streams(3, "listed", 0, 1), 2)
        results.append(cells)
    assert np.array_equal(*results)
    assert not np.array_equal(results[0], start)


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
