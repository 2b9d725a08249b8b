from functools import lru_cache

import numpy as np
import pytest
from scipy import stats
from scipy.stats import chi2

from spinlib.exact import enumeration, kaufman
from spinlib.models import Ising, Potts
from spinlib.samplers.multispin import cpu as multispin
from spinlib.samplers.multispin.cpu import PackedSpins, chains_per_block, refuse
from spinlib.samplers.random import streams
from spinlib.samplers.single_spin.acceptance import PROPOSED
from spinlib.statistics import chi_square, holm, mean_and_error

CRITICAL = 2.269


def random_spins(n_chains, shape, seed=1):
    return np.random.default_rng(seed).choice(np.array([-1, 1], np.int8), (n_chains, *shape))


def packed(model, spins, temperatures=CRITICAL, seed=0, **options):
    temperatures = np.broadcast_to(np.asarray(temperatures, np.float64), len(spins))
    # As streams() makes them, but sooner for thousands of chains.
    rng = np.random.default_rng(seed).integers(2**64, size=(len(spins), 4), dtype=np.uint64)
    return PackedSpins(model, spins, temperatures, rng, **options)


def disorder(shape, strength=1.0, seed=3):
    return np.random.default_rng(seed).choice([-strength, strength], (2, *shape))


SHAPES = [(2, 2), (4, 2), (6, 10), (18, 34), (128, 2), (128, 36), (256, 16)]
BOUNDARIES = ["periodic", "antiperiodic", ("antiperiodic", "periodic"), ("periodic", "antiperiodic")]
FREE = ["free", ("free", "periodic"), ("antiperiodic", "free"), ("periodic", "free"), ("free", "antiperiodic")]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("boundary", BOUNDARIES + FREE)
@pytest.mark.parametrize("coupling", [1.0, -0.7, "disorder"])
def test_energy_and_magnetization_are_those_of_the_unpacked_spins(shape, boundary, coupling):
    model = Ising(shape, disorder(shape, 0.7) if coupling == "disorder" else coupling, boundary=boundary)
    spins = random_spins(3, shape)
    chains = packed(model, spins)
    np.testing.assert_array_equal(chains.unpack(), spins)
    for n in (0, 1, 7):
        chains.sweep(n)
        spins = chains.unpack()
        np.testing.assert_allclose(chains.energy(), model.energy(spins), rtol=1e-12, atol=1e-9)
        np.testing.assert_array_equal(chains.magnetization(), spins.sum(axis=(1, 2), dtype=np.int64))


def test_chains_beyond_one_word():
    model, spins = Ising((6, 8)), random_spins(130, (6, 8))
    chains = packed(model, spins)
    assert chains_per_block(model) == 64
    np.testing.assert_array_equal(chains.unpack(), spins)
    np.testing.assert_array_equal(chains.energy(), model.energy(spins))


def test_a_block_does_not_depend_on_the_others():
    model, spins = Ising((8, 8)), random_spins(130, (8, 8))
    temperatures, rng = np.linspace(1, 4, 130), streams(0, "multispin", 0, 130)
    together, alone = PackedSpins(model, spins, temperatures, rng.copy()), []
    together.sweep(20)
    for first in (0, 64, 128):
        some = slice(first, first + 64)
        chains = PackedSpins(model, spins[some], temperatures[some], rng[some].copy())
        chains.sweep(20)
        alone.append(chains.unpack())
    np.testing.assert_array_equal(together.unpack(), np.concatenate(alone))


@pytest.mark.parametrize(
    ("model", "n_chains"),
    [
        (Ising((1024, 512)), 1),
        (Ising((1024, 512), boundary="free"), 1),
        (Ising((256, 64)), 3),
        (Ising((8, 8)), 200),
        (Ising((128, 128), disorder((128, 128))), 64),
    ],
    ids=repr,
)
@pytest.mark.parametrize("threads", [2, 3])
def test_any_number_of_threads_gives_the_same_samples(model, n_chains, threads):
    spins = random_spins(n_chains, model.shape)
    one, more = packed(model, spins), packed(model, spins)
    one.sweep(5)
    more.sweep(5, threads=threads)
    np.testing.assert_array_equal(one.unpack(), more.unpack())


def test_sweeps_may_be_split_into_calls():
    model, spins = Ising((256, 32)), random_spins(1, (256, 32))
    one, other = packed(model, spins), packed(model, spins)
    one.sweep(5)
    for n in (2, 0, 3):
        other.sweep(n)
    np.testing.assert_array_equal(one.unpack(), other.unpack())


@pytest.mark.parametrize(("shape", "n_chains"), [((12, 6), 70), ((128, 8), 2)])
def test_sweep_works_in_place_and_advances_the_blocks_streams(shape, n_chains):
    model, spins = Ising(shape), random_spins(n_chains, shape)
    rng = streams(3, "multispin", 0, n_chains)
    before, start = rng.copy(), spins.copy()
    expected = PackedSpins(model, spins, np.full(n_chains, 2.0), rng.copy())
    expected.sweep(4)
    multispin.sweep(model, spins, np.full(n_chains, 2.0), rng, 4)
    np.testing.assert_array_equal(spins, expected.unpack())
    first = np.arange(n_chains) % chains_per_block(model) == 0
    np.testing.assert_array_equal((rng != before).any(axis=1), first)
    again = start.copy()
    multispin.sweep(model, again, np.full(n_chains, 2.0), rng, 4)
    assert (again != spins).any()


def flips_by_class(model, temperature, dynamics, n_chains, seed):
    """One sweep of random chains: flips and their exact mean and variance, by colour, energy change and neighbours."""
    before = random_spins(n_chains, model.shape, seed)
    chains = packed(model, before, temperature, seed, dynamics=dynamics)
    chains.sweep(1)
    after, color = chains.unpack(), np.indices(model.shape).sum(axis=0) % 2
    n_neighbors = np.count_nonzero(model.lattice.neighbors[1], axis=1).reshape(model.shape)
    classes = []
    for own, spins in ((0, before), (1, np.where(color == 0, after, before))):
        change, sites = (
            model.energy_change(spins)[:, color == own],
            np.broadcast_to(n_neighbors[color == own], (n_chains, model.n_sites // 2)),
        )
        flipped = (after != before)[:, color == own]
        for z in np.unique(sites):
            for cost in np.unique(change[sites == z]):
                p = PROPOSED * np.exp(-max(cost, 0) / temperature)
                if dynamics == "heat_bath":
                    p = 1 / (1 + np.exp(cost / temperature))
                here = (sites == z) & (change == cost)
                classes.append((flipped[here].sum(), p * here.sum(), p * (1 - p) * here.sum()))
    return np.array(classes).T


@pytest.mark.parametrize("dynamics", multispin.DYNAMICS)
@pytest.mark.parametrize(
    ("shape", "n_chains"), [((2, 2), 6400), ((4, 6), 6400), ((2, 40), 1280), ((128, 4), 64), ((256, 20), 10)]
)
def test_every_site_flips_with_the_probability_of_its_energy_change(shape, n_chains, dynamics):
    """By colour, change of energy and number of neighbours: chi-square, Holm, over boundaries and couplings."""
    p_values = []
    for boundary in ("periodic", *FREE):
        for coupling in (1.0, -0.7, disorder(shape)):
            model = Ising(shape, coupling, boundary=boundary)
            flips, mean, variance = flips_by_class(model, 3.0, dynamics, n_chains, len(p_values))
            often = variance > 10
            assert often.sum() >= 2
            p_values.append(chi2.sf(((flips - mean) ** 2 / variance)[often].sum(), often.sum()))
    assert not holm(p_values).any()


def test_small_lattices_are_left_for_states_that_a_fixed_order_cannot_reach():
    """Without sites left out, chains that start cold never see three quarters of the Boltzmann weight here."""
    model, n_chains = Ising((2, 4), boundary="antiperiodic"), 6400
    chains = packed(model, np.ones((n_chains, 2, 4), np.int8), 2.0, seed=4)
    chains.sweep(400)
    numbers = (chains.unpack().reshape(n_chains, -1) > 0) @ 2 ** np.arange(8)
    expected = n_chains * enumeration.boltzmann(model, 2.0)
    assert pooled_chi_square(np.bincount(numbers, minlength=256), expected) > 0.001


@lru_cache
def exact_4_by_4(boundary, coupling, temperatures):
    """Model, all its states with their probabilities (T, state), and (E, M) cells with theirs (T, cell)."""
    model = Ising((4, 4), disorder((4, 4)) if coupling == "disorder" else coupling, boundary=boundary)
    levels, magnetizations, p = enumeration.energy_magnetization_distribution(model, temperatures)
    boltzmann = enumeration.boltzmann(model, temperatures)
    return model, enumeration.states(model), boltzmann, np.stack([levels, magnetizations], axis=1), p


ON_4_BY_4 = [
    *((boundary, 1.0) for boundary in BOUNDARIES + FREE),
    *((boundary, -1.0) for boundary in [*BOUNDARIES[1:3], FREE[0]]),
    *((boundary, "disorder") for boundary in ("periodic", FREE[0], FREE[2])),
]


@pytest.mark.parametrize("dynamics", multispin.DYNAMICS)
def test_equilibrium_is_kept_on_4_by_4(dynamics):
    """Chains drawn from the exact distribution still have it three sweeps later: (E, M) cells, chi-square, Holm.

    One word holds chains of three temperatures.
    """
    temperatures, per_temperature, p_values = (1.5, CRITICAL, 5.0), 6400, []
    rng = np.random.default_rng(20)
    for boundary, coupling in ON_4_BY_4:
        model, states, boltzmann, cells, p = exact_4_by_4(boundary, coupling, temperatures)
        drawn = [rng.choice(len(states), per_temperature, p=probabilities) for probabilities in boltzmann]
        start = states[np.stack(drawn, axis=1).ravel()]
        chains = packed(model, start, np.tile(temperatures, per_temperature), len(p_values), dynamics=dynamics)
        chains.sweep(3)
        assert (chains.unpack() != start).any(axis=(1, 2)).mean() > 0.3
        seen = np.stack([np.round(chains.energy(), 9), chains.magnetization()], axis=1).reshape(-1, 3, 2)
        for k in range(3):
            counts = (seen[:, k, None] == cells).all(axis=2).sum(axis=0)
            assert counts.sum() == per_temperature
            p_values.append(pooled_chi_square(counts, per_temperature * p[k]))
    assert not holm(p_values).any()


def pooled_chi_square(counts, expected):
    """p-value with the cells that expect fewer than 10 counts pooled, and left out if they still do together."""
    rare = expected < 10
    cells = [(counts[~rare], expected[~rare])]
    if expected[rare].sum() >= 10:
        cells.append(([counts[rare].sum()], [expected[rare].sum()]))
    counts, expected = (np.concatenate(parts) for parts in zip(*cells, strict=True))
    return chi2.sf(((counts - expected) ** 2 / expected).sum(), len(counts) - 1)


def energies(chains, n_draws, between):
    """Energies per site (chain, draw)."""
    draws = []
    for _ in range(n_draws):
        chains.sweep(between)
        draws.append(chains.energy())
    return np.stack(draws, axis=1) / chains.model.n_sites


def test_energy_of_replicas_is_kaufmans():
    """L = 32, 64 chains at each of three temperatures side by side in the same words; sigma below 1e-3."""
    temperatures = np.array([2.0, CRITICAL, 3.0])
    model = Ising((32, 32))
    chains = packed(model, np.ones((192, 32, 32), np.int8), np.tile(temperatures, 64), seed=5)
    chains.sweep(10_000)
    measured = energies(chains, 1500, 10).mean(axis=1).reshape(64, 3)
    error = measured.std(axis=0, ddof=1) / 8
    assert error.max() < 1e-3
    assert chi_square(measured.mean(axis=0), error, kaufman.energy(temperatures, (32, 32)))[2] > 0.001


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_energy_of_strips_is_kaufmans(boundary):
    """Long tori, whose seams run through the strips' ends."""
    temperatures = np.repeat([1.8, 2.5], 24)
    model = Ising((128, 8), boundary=boundary)
    chains = packed(model, np.ones((48, 128, 8), np.int8), temperatures, seed=6)
    chains.sweep(3000)
    measured = energies(chains, 500, 10).mean(axis=1).reshape(2, 24)
    error = measured.std(axis=1, ddof=1) / np.sqrt(24)
    exact = kaufman.energy(np.array([1.8, 2.5]), (128, 8), model.lattice.boundary)
    assert chi_square(measured.mean(axis=1), error, exact)[2] > 0.001


def energy_of_one_lattice(length, temperature, n_draws, between):
    chains = packed(Ising((length, length)), np.ones((1, length, length), np.int8), temperature, seed=7)
    chains.sweep(500)
    estimate = mean_and_error(energies(chains, n_draws, between))
    assert estimate.valid, estimate.reason
    return estimate


@pytest.mark.parametrize(
    ("length", "settings"),
    [
        (256, {2.0: (2000, 5), 2.5: (2000, 20), 3.0: (2000, 5)}),
        (1024, {2.0: (1200, 10), 2.5: (400, 50), 3.0: (1200, 10)}),
    ],
)
def test_energy_of_one_large_lattice_is_kaufmans(length, settings):
    """settings: T -> draws, sweeps between them. L = 1024 is within an error of 5e-5, all temperatures combined."""
    values, errors = np.array([energy_of_one_lattice(length, t, *run)[:2] for t, run in settings.items()]).T
    exact = kaufman.energy(np.array(list(settings)), (length, length))
    assert chi_square(values, errors, exact)[2] > 0.001
    combined = 1 / np.sqrt((1 / errors**2).sum())
    assert combined < (2e-4 if length == 256 else 5e-5)
    assert abs(((values - exact) / errors**2).sum() * combined**2) < 3.5 * combined


@pytest.mark.parametrize(("boundary", "coupling"), [("periodic", 1.0), ("free", disorder((32, 32)))])
def test_replicas_are_uncorrelated(boundary, coupling):
    """The mean overlap of all pairs of 64 replicas vanishes; one random number for all of them would make it one."""
    model = Ising((32, 32), coupling, boundary=boundary)
    chains = packed(model, random_spins(64, (32, 32)), 2.6, seed=8)
    chains.sweep(500)
    overlaps = []
    for _ in range(400):
        chains.sweep(50)
        total = chains.unpack().sum(axis=0, dtype=np.int64)
        overlaps.append((total**2 - 64).mean() / (64 * 63))
    estimate = mean_and_error(np.array(overlaps))
    assert estimate.valid
    assert abs(estimate.value) < 3 * estimate.error
    assert estimate.error < 2e-4


def test_heat_bath_forgets_the_last_state_at_high_temperature_and_metropolis_inverts_it():
    model, spins = Ising((64, 64)), random_spins(64, (64, 64))
    overlap = {}
    for dynamics in multispin.DYNAMICS:
        chains = packed(model, spins, 1e6, dynamics=dynamics)
        chains.sweep(1)
        overlap[dynamics] = (chains.unpack() * spins).mean()
    assert overlap["metropolis"] == pytest.approx(1 - 2 * PROPOSED, abs=4 / np.sqrt(spins.size))
    assert abs(overlap["heat_bath"]) < 4 / np.sqrt(spins.size)


@pytest.mark.parametrize(("shape", "n_chains"), [((1024, 1024), 1), ((64, 64), 64)])
def test_at_most_four_bits_per_spin(shape, n_chains):
    chains = packed(Ising(shape), np.ones((n_chains, *shape), np.int8))
    assert 1.0 <= 8 * chains.nbytes / (n_chains * np.prod(shape)) <= 4.0


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Ising((5, 8)), r"nearest: 4 or 6 by 8"),
        (Ising((8, 7)), r"nearest: 8 by 6 or 8"),
        (Ising((9, 8), boundary="free"), r"nearest: 8 or 10 by 8"),
        (Ising((8, 8), field=0.1), "field 0.1"),
        (Ising((8, 8), coupling=np.linspace(1.0, 1.5, 128).reshape(2, 8, 8)), r"strength 1\.0 to 1\.5"),
        (Ising((8, 8), neighborhood="moore"), "moore"),
        (Ising((4, 4, 4)), "3 axes"),
    ],
)
def test_refused_models(model, message):
    with pytest.raises(ValueError, match=message):
        refuse(model)
    with pytest.raises(ValueError, match=message):
        packed(model, np.ones((1, *model.shape), np.int8))


def test_other_models_are_refused():
    with pytest.raises(TypeError, match="Potts"):
        refuse(Potts((8, 8), q=2))


def test_bad_arguments_are_named():
    model, spins, rng = Ising((4, 4)), np.ones((2, 4, 4), np.int8), streams(0, "multispin", 0, 2)
    for temperature in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="temperature"):
            multispin.sweep(model, spins, np.array([1.0, temperature]), rng, 1)
    with pytest.raises(ValueError, match="shape"):
        multispin.sweep(model, spins, np.ones(3), rng, 1)
    with pytest.raises(TypeError, match="float64"):
        multispin.sweep(model, spins.astype(float), np.ones(2), rng, 1)
    with pytest.raises(ValueError, match="spin value 0"):
        multispin.sweep(model, np.zeros_like(spins), np.ones(2), rng, 1)
    with pytest.raises(ValueError, match="n = -1"):
        multispin.sweep(model, spins, np.ones(2), rng, -1)
    with pytest.raises(ValueError, match="threads"):
        packed(model, spins).sweep(1, threads=0)
    with pytest.raises(ValueError, match="wolff"):
        packed(model, spins, dynamics="wolff")
    with pytest.raises(ValueError, match=r"\(2, 4, 4\)"):
        packed(model, spins).unpack(np.zeros((2, 4, 5), np.int8))


# Replicas: blocks of 64 chains of eight sites, at every kind of boundary and with signs of their own.
ONE_SWEEP = [
    (Ising((2, 4)), 3.0),
    (Ising((4, 2), coupling=-0.8), 2.0),
    (Ising((2, 4), boundary="antiperiodic"), 2.0),
    (Ising((4, 2), boundary=("free", "periodic")), 2.5),
    (Ising((2, 4), boundary="free"), 2.0),
    (Ising((2, 4), disorder((2, 4), 0.9)), 2.0),
]


@pytest.mark.parametrize("dynamics", ["metropolis", "heat_bath"])
@pytest.mark.parametrize(("model", "temperature"), ONE_SWEEP, ids=repr)
def test_transition_frequencies_of_one_sweep(dynamics, model, temperature, law):
    n, start = 320_000, enumeration.states(model)[enumeration.n_states(model) // 3]
    chains = packed(model, np.tile(start, (n, 1, 1)), temperature, 8, dynamics=dynamics)
    chains.sweep(1)
    probability = law.after_single_site_sweep(model, temperature, start, dynamics)
    assert law.p_value(model, chains.unpack(), probability) > law.LEVEL


@pytest.mark.parametrize("dynamics", ["metropolis", "heat_bath"])
@pytest.mark.parametrize(("shape", "temperature"), [((128, 6), 3.0), ((256, 4), 2.3), ((6, 12), 2.6)])
def test_energy_of_a_torus_is_kaufmans(dynamics, shape, temperature, law):
    # The first two in strips, each chain a block of its own; the last one in replicas.
    model, n_chains, energies = Ising(shape), 320, 0.0
    chains = packed(model, random_spins(n_chains, shape), temperature, 3, dynamics=dynamics)
    chains.sweep(600)
    for _ in range(60):
        chains.sweep(15)
        energies = energies + chains.energy() / model.n_sites / 60
    assert abs(law.deviation(energies, kaufman.energy(temperature, shape))) < law.LARGEST_Z


@pytest.mark.parametrize("shape", [(60, 64), (256, 64)])  # replicas and strips
@pytest.mark.parametrize(("columns", "unsatisfied"), [([1, 1, 1, 1], 0), ([1, 1, -1, -1], 1), ([1, -1, 1, -1], 2)])
def test_share_of_flips_with_so_many_unsatisfied_bonds(shape, columns, unsatisfied, law):
    # Even sites come first, among neighbours that are still as they were.
    n_chains, temperature = 192, 10.0
    start = np.tile(np.array(columns, np.int8), (shape[0], shape[1] // 4))
    chains = packed(Ising(shape), np.tile(start, (n_chains, 1, 1)), temperature, 6)
    chains.sweep(1)
    flips = (chains.unpack() != start)[:, np.indices(shape).sum(axis=0) % 2 == 0]
    p = PROPOSED * np.exp(-2 * (4 - 2 * unsatisfied) / temperature)
    assert stats.binomtest(int(flips.sum()), flips.size, p).pvalue > law.LEVEL
