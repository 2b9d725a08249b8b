"""Packed spins in every layout: R replicas, each in 64 / R strips of rows."""

import os
import subprocess
import sys

import numpy as np
import pytest
from scipy.stats import chi2

from spinlib.exact import enumeration, kaufman
from spinlib.models import Ising
from spinlib.samplers.multispin import cpu as multispin
from spinlib.samplers.multispin.cpu import PackedSpins, allowed_replicas, replicas_for
from spinlib.samplers.multispin.replicas import cost
from spinlib.samplers.random import next_uint64, outputs, streams
from spinlib.samplers.single_spin.acceptance import PROPOSED
from spinlib.statistics import chi_square, holm, mean_and_error

ALL = [64, 32, 16, 8, 4, 2, 1]
BOUNDARIES = ["periodic", "antiperiodic", "free", ("antiperiodic", "free"), ("free", "antiperiodic")]


def random_spins(n_chains, shape, seed=1):
    return np.random.default_rng(seed).choice(np.array([-1, 1], np.int8), (n_chains, *shape))


def packed(model, spins, temperatures, seed=0, **options):
    temperatures = np.broadcast_to(np.asarray(temperatures, np.float64), len(spins))
    rng = np.random.default_rng(seed).integers(2**64, size=(len(spins), 4), dtype=np.uint64)
    return PackedSpins(model, spins, temperatures, rng, **options)


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("coupling", [1.0, -0.7])
@pytest.mark.parametrize("width", [4, 18])
def test_measurements_are_those_of_the_unpacked_spins(boundary, coupling, width):
    model = Ising((128, width), coupling, boundary=boundary)
    assert allowed_replicas(model) == ALL
    for replicas in ALL:
        n_chains = replicas + 3
        spins = random_spins(n_chains, model.shape)
        chains = packed(model, spins, np.linspace(1.0, 4.0, n_chains), replicas=replicas)
        np.testing.assert_array_equal(chains.unpack(), spins)
        for n in (0, 1, 5):
            chains.sweep(n)
            spins = chains.unpack()
            np.testing.assert_allclose(chains.energy(), model.energy(spins), rtol=1e-12, atol=1e-9)
            np.testing.assert_array_equal(chains.magnetization(), spins.sum(axis=(1, 2), dtype=np.int64))


@pytest.mark.parametrize("replicas", ALL)
@pytest.mark.parametrize("wanted", [(True, True), (False, True), (False, False)])
def test_draws_with_spins_are_those_of_separate_calls(replicas, wanted):
    model, n_chains = Ising((128, 22), coupling=-1.0, boundary=("free", "antiperiodic")), 5
    start, temperatures = random_spins(n_chains, model.shape), np.linspace(1.5, 3.5, n_chains)
    one, other = (packed(model, start, temperatures, replicas=replicas) for _ in range(2))
    memory = np.full((n_chains, 7, *model.shape), 9, np.int8)
    spins = memory[:, 2:5]
    energies, magnetizations = one.draw(3, 2, *wanted, spins=spins)
    for number in range(3):
        other.sweep(2)
        np.testing.assert_array_equal(spins[:, number], other.unpack())
        if wanted[0]:
            np.testing.assert_array_equal(energies[:, number], other.energy())
        if wanted[1]:
            np.testing.assert_array_equal(magnetizations[:, number], other.magnetization())
    assert (energies is not None, magnetizations is not None) == wanted
    assert (memory[:, :2] == 9).all()
    assert (memory[:, 5:] == 9).all()


def test_spins_of_another_kind_are_refused():
    model = Ising((8, 8))
    chains = packed(model, random_spins(3, (8, 8)), 2.0, replicas=32)
    good = np.zeros((3, 2, 8, 8), np.int8)
    read_only = good.copy()
    read_only.flags.writeable = False
    for spins, message in (
        (good[:2], r"\(3, 2, 8, 8\)"),
        (good.astype(np.int16), "int16"),
        (good.tolist(), "list"),
        (np.zeros((3, 4, 8, 8), np.int8)[:, ::2], "C-contiguous"),
        (np.zeros((2, 3, 8, 8), np.int8).swapaxes(0, 1), "C-contiguous"),
        (good[::-1], "C-contiguous"),
        (np.broadcast_to(good[:1], good.shape), "writeable"),
        (read_only, "writeable"),
    ):
        with pytest.raises(ValueError, match=message):
            chains.draw(2, 1, spins=spins)
    assert not good.any()


def flips_by_class(model, temperatures, dynamics, replicas, seed):
    """As in test_multispin, of chains at several temperatures: flips, their exact mean and variance."""
    before = random_spins(len(temperatures), model.shape, seed)
    chains = packed(model, before, temperatures, seed, dynamics=dynamics, replicas=replicas)
    chains.sweep(1)
    after, color = chains.unpack(), np.indices(model.shape).sum(axis=0) % 2
    classes = []
    for own, spins in ((0, before), (1, np.where(color == 0, after, before))):
        change, flipped = model.energy_change(spins)[:, color == own], (after != before)[:, color == own]
        for temperature in np.unique(temperatures):
            here = temperatures == temperature
            for gain in np.unique(change):
                p = PROPOSED * np.exp(-max(gain, 0) / temperature)
                if dynamics == "heat_bath":
                    p = 1 / (1 + np.exp(gain / temperature))
                sites = (change == gain) & here[:, None]
                classes.append((flipped[sites].sum(), p * sites.sum(), p * (1 - p) * sites.sum()))
    return np.array(classes).T


@pytest.mark.parametrize("dynamics", multispin.DYNAMICS)
def test_every_site_flips_with_the_probability_of_its_energy_change(dynamics):
    """By temperature, several in a word, colour and change of energy: chi-square, Holm, over layouts and boundaries."""
    p_values = []
    for replicas in ALL:
        temperatures = np.tile([1.5, 2.3, 4.0, 9.0], 64)
        for boundary in BOUNDARIES:
            model = Ising((128, 4), (1.0, -0.7)[len(p_values) % 2], boundary=boundary)
            flips, mean, variance = flips_by_class(model, temperatures, dynamics, replicas, len(p_values))
            often = variance > 10
            assert often.sum() >= 16
            p_values.append(chi2.sf(((flips - mean)[often] ** 2 / variance[often]).sum(), often.sum()))
    assert not holm(p_values).any()


@pytest.mark.parametrize("dynamics", multispin.DYNAMICS)
def test_equilibrium_is_kept_on_4_by_4_in_two_strips(dynamics):
    """Chains drawn from the exact distribution still have it three sweeps later: (E, M) cells, chi-square, Holm."""
    temperatures, per_temperature, p_values = (1.5, 2.269, 5.0), 6400, []
    rng = np.random.default_rng(21)
    for boundary in BOUNDARIES:
        model = Ising((4, 4), boundary=boundary)
        assert allowed_replicas(model) == [64, 32]
        levels, magnetizations, p = enumeration.energy_magnetization_distribution(model, temperatures)
        states = enumeration.states(model)
        drawn = [rng.choice(len(states), per_temperature, p=q) for q in enumeration.boltzmann(model, temperatures)]
        start = states[np.stack(drawn, axis=1).ravel()]
        chains = packed(
            model, start, np.tile(temperatures, per_temperature), len(p_values), dynamics=dynamics, replicas=32
        )
        chains.sweep(3)
        assert (chains.unpack() != start).any(axis=(1, 2)).mean() > 0.3
        seen = np.stack([np.round(chains.energy(), 9), chains.magnetization()], axis=1).reshape(-1, 3, 2)
        for k in range(3):
            counts = (seen[:, k, None] == np.stack([levels, magnetizations], axis=1)).all(axis=2).sum(axis=0)
            assert counts.sum() == per_temperature
            expected = per_temperature * p[k]
            often = expected >= 10
            statistic = ((counts - expected)[often] ** 2 / expected[often]).sum()
            p_values.append(chi2.sf(statistic, often.sum() - (1 if often.all() else 0)))
    assert not holm(p_values).any()


@pytest.mark.parametrize("replicas", [32, 16, 8])
def test_energy_is_kaufmans_with_a_temperature_for_each_replica(replicas):
    """L = 16, three temperatures side by side in the same words, strips of 8 to 2 rows."""
    temperatures, model = np.array([2.0, 2.269, 3.0]), Ising((16, 16))
    chains = packed(model, np.ones((192, 16, 16), np.int8), np.tile(temperatures, 64), seed=5, replicas=replicas)
    chains.sweep(2000)
    energies, _ = chains.draw(1500, 10, True, False)
    measured = energies.mean(axis=1).reshape(64, 3) / 256
    error = measured.std(axis=0, ddof=1) / 8
    assert error.max() < 2e-3
    assert chi_square(measured.mean(axis=0), error, kaufman.energy(temperatures, (16, 16)))[2] > 0.001


@pytest.mark.parametrize("replicas", [32, 8])
def test_replicas_at_different_temperatures_are_uncorrelated(replicas):
    """The mean overlap of all pairs in a word vanishes; one random number for all of them would make it large."""
    model, temperatures = Ising((32, 32)), np.linspace(2.6, 4.0, replicas)
    chains = packed(model, random_spins(replicas, (32, 32)), temperatures, seed=8, replicas=replicas)
    chains.sweep(300)
    spins = np.empty((replicas, 400, 32, 32), np.int8)
    chains.draw(400, 20, False, False, spins=spins)
    total = spins.sum(axis=0, dtype=np.int64)
    overlaps = (total**2 - replicas).mean(axis=(1, 2)) / (replicas * (replicas - 1))
    estimate = mean_and_error(overlaps)
    assert estimate.valid
    assert abs(estimate.value) < 3.5 * estimate.error
    assert estimate.error < 2e-3


@pytest.mark.parametrize("replicas", ALL)
def test_replicas_go_on_at_the_temperatures_that_they_are_set_to(replicas):
    model, n = Ising((128, 4), boundary=("free", "periodic")), 2 * replicas + 1
    spins = random_spins(n, model.shape)
    before, after = np.random.default_rng(2).choice(np.linspace(0.5, 4.0, 9), size=(2, n))
    changed, made = (packed(model, spins, t, replicas=replicas) for t in (before, after))
    changed.set_temperatures(after)
    for chains in (changed, made):
        chains.sweep(3)
    np.testing.assert_array_equal(changed.unpack(), made.unpack())


def test_blocks_depend_neither_on_each_other_nor_on_threads():
    model, n = Ising((32, 12)), 21
    spins, temperatures, rng = random_spins(n, model.shape), np.linspace(1, 4, n), streams(0, "blocks", 0, n)
    together = PackedSpins(model, spins, temperatures, rng.copy(), replicas=8)
    together.sweep(20, threads=2)
    for first in (0, 8, 16):
        some = slice(first, first + 8)
        alone = PackedSpins(model, spins[some], temperatures[some], rng[some].copy(), replicas=8)
        alone.sweep(20)
        np.testing.assert_array_equal(together.unpack()[some], alone.unpack())


@pytest.mark.parametrize("name", ["replicas", "default"])
def test_the_default_is_the_layout_of_chains_per_block(name):
    for model in (Ising((12, 6)), Ising((128, 6))):
        spins, size = random_spins(3, model.shape), multispin.chains_per_block(model)
        one, other = packed(model, spins, 2.0), packed(model, spins, 2.0, replicas=size if name == "replicas" else None)
        assert one.replicas == other.replicas == size
        for chains in (one, other):
            chains.sweep(4)
        np.testing.assert_array_equal(one.unpack(), other.unpack())


@pytest.mark.parametrize(
    ("model", "allowed"),
    [
        (Ising((2, 2)), "64"),
        (Ising((6, 8)), "64"),
        (Ising((16, 16)), "64, 32, 16, 8"),
        (Ising((64, 4)), "64, 32, 16, 8, 4, 2"),
        (Ising((128, 4), np.random.default_rng(1).choice([-1.0, 1.0], (2, 128, 4))), "64"),
    ],
    ids=repr,
)
def test_other_numbers_of_replicas_are_refused(model, allowed):
    spins = np.ones((1, *model.shape), np.int8)
    for replicas in {0, -1, 1, 3, 12, 32, 128, 2.5, "8"} - set(allowed_replicas(model)):
        with pytest.raises(ValueError, match=f"replicas {replicas!r}: allowed are {allowed} for shape"):
            packed(model, spins, 2.0, replicas=replicas)
        with pytest.raises(ValueError, match="allowed are"):
            multispin.working_bytes(model, replicas)


def test_working_bytes_are_those_of_the_words():
    for replicas in ALL:
        model = Ising((128, 48))
        block = packed(model, np.ones((replicas, *model.shape), np.int8), 2.0, replicas=replicas)
        words = block.arrays()["words_0"].nbytes
        assert multispin.working_bytes(model, replicas) * replicas - words in range(replicas)


@pytest.mark.parametrize("length", [2, 16, 32, 64, 128, 256])
@pytest.mark.parametrize("n_chains", [1, 2, 8, 21, 64, 200])
def test_the_choice_costs_least_or_fills_two_threads(length, n_chains):
    model = Ising((length, length))
    chosen = replicas_for(model, n_chains)
    least = min(cost(model, replicas, n_chains) for replicas in allowed_replicas(model))
    here = cost(model, chosen, n_chains)
    assert here <= least * (1.1 if chosen < n_chains else 1.0)
    assert here <= cost(model, multispin.chains_per_block(model), n_chains) * 1.1


def test_examples_of_the_choice():
    assert [replicas_for(Ising((length, length)), 21) for length in (16, 32, 64)] == [32, 32, 8]
    assert [replicas_for(Ising((length, length)), 1) for length in (16, 64, 128)] == [8, 2, 1]
    assert replicas_for(Ising((64, 64), np.ones((2, 64, 64)) * -1.0), 1) in allowed_replicas(Ising((64, 64)))
    with pytest.raises(ValueError, match="n_chains 0"):
        replicas_for(Ising((4, 4)), 0)


def test_outputs_in_the_interpreter_are_those_of_the_compiled_generator():
    one, other = streams(4, "outputs", 0, 1)[0], streams(4, "outputs", 0, 1)[0]
    assert outputs(one, 100) == [next_uint64(other) for _ in range(100)]
    np.testing.assert_array_equal(one, other)


IN_THE_INTERPRETER = """
import numpy as np
from spinlib.models import Ising
from spinlib.samplers.multispin.cpu import PackedSpins
from spinlib.samplers.random import streams
start = np.random.default_rng(0).choice(np.array([-1, 1], np.int8), (35, 4, 6))
model, spins = Ising((4, 6), -1.0, boundary=("antiperiodic", "free")), np.empty((35, 2, 4, 6), np.int8)
chains = PackedSpins(model, start, np.linspace(1, 3, 35), streams(1, "a", 0, 35), replicas=32)
energies, magnetizations = chains.draw(2, 2, spins=spins)
print(energies.tolist(), magnetizations.tolist(), spins.tobytes().hex())
"""


def test_the_same_draws_where_numba_is_told_not_to_compile():
    command = [sys.executable, "-W", "ignore", "-c", IN_THE_INTERPRETER]
    printed = [
        subprocess.run(command, env=os.environ | {"NUMBA_DISABLE_JIT": value}, capture_output=True, check=True).stdout
        for value in ("0", "1")
    ]
    assert len(printed[0]) > 1000
    assert printed[0] == printed[1]
