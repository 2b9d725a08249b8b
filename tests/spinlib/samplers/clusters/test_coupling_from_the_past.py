"""Exact samples against all states of small models, and against exact energies of larger ones."""

import numpy as np
import pytest
from scipy import stats

from spinlib.exact import density_of_states, enumeration, kaufman, onsager
from spinlib.models import Ising, Potts
from spinlib.samplers.clusters import coupling_from_the_past
from spinlib.samplers.clusters.coupling_from_the_past import draw
from spinlib.samplers.random import streams, thresholds
from spinlib.statistics import holm

TC = onsager.critical_temperature()
RANDOM_BONDS = np.random.default_rng(2).choice([0.0, 0.3, 1.0, 2.5], size=(2, 3, 3))
SMALL = [
    *((Ising((3, 3)), T) for T in (1.5, TC, 4.0, 100.0)),
    (Ising((3, 3), boundary="free"), 1.5),
    (Ising((2, 4), boundary=("periodic", "free")), 2.5),
    (Ising((3, 3), coupling=RANDOM_BONDS), 1.7),
    (Ising((5,), boundary="free"), 0.8),
    (Ising((2, 2, 2), coupling=0.5), 3.0),
    (Ising((2, 4), boundary="free", neighborhood="triangular"), 3.0),
    (Ising((4, 4)), TC),
    (Ising((4, 4)), 2.9),
    (Ising((4, 4), boundary="free"), 1.8),
    (Ising((4, 4), boundary=("free", "periodic")), TC),
]


def p_value(observed, probabilities):
    """Chi-square of the frequencies of cells, pooled from the rarest on until at least 10 are expected in each."""
    expected = probabilities * observed.sum()
    pools = [[0.0, 0]]
    for cell in np.argsort(expected):
        if pools[-1][0] >= 10.0:
            pools.append([0.0, 0])
        pools[-1][0] += expected[cell]
        pools[-1][1] += observed[cell]
    if pools[-1][0] < 10.0:
        last = pools.pop()
        pools[-1] = [pools[-1][0] + last[0], pools[-1][1] + last[1]]
    expected, observed = np.transpose(pools)
    assert len(pools) > 5
    return stats.chisquare(observed, expected).pvalue


def cell_of_each_state(model):
    """The state itself up to 9 sites, else its energy and magnetisation."""
    if model.n_sites < 10:
        return np.arange(enumeration.n_states(model))
    spins = enumeration.states(model)
    pairs = np.stack([model.energy(spins), spins.sum(axis=(1, 2))], axis=1)
    return np.unique(pairs, axis=0, return_inverse=True)[1].ravel()


def test_law_of_all_states():
    p_values = []
    for model, temperature in SMALL:
        spins = draw(model, temperature, 20_000, seed=1)
        assert spins.shape == (20_000, *model.shape)
        assert spins.dtype == np.int8
        cells = cell_of_each_state(model)
        numbers = ((spins.reshape(len(spins), -1) + 1) // 2).astype(np.int64) @ 2 ** np.arange(model.n_sites)
        observed = np.bincount(cells[numbers], minlength=cells.max() + 1)
        p_values.append(p_value(observed, np.bincount(cells, weights=enumeration.boltzmann(model, temperature))))
    rejected = holm(p_values)
    assert not rejected.any(), [case for case, bad in zip(SMALL, rejected, strict=True) if bad]


def test_energies_of_16_x_16():
    """The whole law of the energy, below, at and above T_c, and its mean."""
    p_values = []
    for k, temperature in enumerate((1.9, TC, 3.0)):
        model = Ising((16, 16))
        energies = model.energy(draw(model, temperature, 1500, seed=2, temperature_index=k))
        levels, probabilities = density_of_states.energy_distribution(temperature, (16, 16))
        assert np.isin(energies, levels).all()
        p_values.append(p_value(np.bincount(np.searchsorted(levels, energies), minlength=levels.size), probabilities))
        exact, heat = (f(temperature, (16, 16)) for f in (kaufman.energy, kaufman.specific_heat))
        error = temperature * np.sqrt(heat / 256 / 1500)
        p_values.append(2 * stats.norm.sf(abs(energies.mean() / 256 - exact) / error))
    assert not holm(p_values).any(), p_values


def test_samples_are_independent():
    model = Ising((8, 8))
    spins = draw(model, TC, 4000, seed=3)
    m = spins.mean(axis=(1, 2))
    for series in (m, np.abs(m), model.energy(spins)):
        assert stats.pearsonr(series[1:], series[:-1]).pvalue > 0.001 / 3


def test_chains_enclose_every_other():
    """Sweep by sweep: bonds open in the chain below are open in any chain, and those are open in the chain above."""
    model, rng = Ising((6, 7), boundary=("periodic", "free")), np.random.default_rng(4)
    i, j, _, _ = model.lattice.bonds
    probabilities = np.tanh(1 / TC), -np.expm1(-2 / TC)
    always, never = (thresholds(np.full(i.size, p)) for p in probabilities)
    mark, queue = np.zeros(model.n_sites, np.int64), np.empty((2, model.n_sites), np.int32)
    bonds = coupling_from_the_past._Bonds(i, j, *coupling_from_the_past._incidence(model), always, never)

    extremes, apart = np.full(i.size, 2, np.uint8), i.size
    others = rng.choice(np.array([0, 3], np.uint8), size=(20, i.size))
    search = 0
    for start in streams(5, "enclosure", 0, 12):

        def swept(chains, apart, search, start=start):
            """By a whole sweep, in several calls."""
            generator, at = start.copy(), 0
            while at < i.size:
                at, apart, search, _ = coupling_from_the_past._sweep(
                    chains, apart, bonds, at, 20, generator, mark, queue, search
                )
            return apart, search

        for other in others:
            different, search = swept(other, 0, search)
            assert different == 0
        apart, search = swept(extremes, apart, search)
        assert apart == (extremes == 2).sum()
        assert np.isin(extremes, (0, 2, 3)).all()
        assert (others[:, extremes == 3] == 3).all()
        assert (others[:, extremes == 0] == 0).all()
    assert apart == 0


def test_samples_follow_from_the_seed_alone(monkeypatch):
    model = Ising((6, 6))
    many = draw(model, 2.2, 40, seed=6)
    np.testing.assert_array_equal(draw(model, 2.2, 15, seed=6), many[:15])
    # However the steps are split into calls of the kernel, or the samples into calls of the function.
    for n in (7, 100_000):
        monkeypatch.setattr(coupling_from_the_past, "_STEPS", n)
        np.testing.assert_array_equal(draw(model, 2.2, 40, seed=6), many)
    assert not np.array_equal(draw(model, 2.2, 40, seed=7), many)
    assert not np.array_equal(draw(model, 2.2, 40, seed=6, temperature_index=1), many)
    assert draw(model, 2.2, 0, seed=6).shape == (0, 6, 6)


def test_calls_with_one_seed_are_independent():
    """What differs in temperature, coupling or field of view only: at these temperatures energies hardly differ."""
    energies = [
        model.energy(draw(model, temperature, 2_000, seed=3))
        for model, temperature in (
            (Ising((6, 6)), 3.0),
            (Ising((6, 6)), 3.0 * (1 + 1e-12)),
            (Ising((6, 6), coupling=1 + 1e-12), 3.0),
            (Ising((6, 6), coupling=np.ones((2, 6, 6))), 3.0),
        )
    ]
    pairs = np.corrcoef(energies)[np.triu_indices(len(energies), k=1)]
    assert np.abs(pairs).max() < 4.0 / np.sqrt(2_000)


def test_limits():
    """All alike at T -> 0; free spins at T -> infinity or without coupling; a cut leaves two halves."""
    cold = draw(Ising((5, 8)), 1e-310, 200, seed=8).reshape(200, -1)
    assert (cold == cold[:, :1]).all()
    assert stats.binomtest(int((cold[:, 0] == 1).sum()), 200).pvalue > 0.001
    for model, temperature in ((Ising((8, 8)), 1e12), (Ising((8, 8), coupling=0.0), 1.0)):
        up = (draw(model, temperature, 2000, seed=9) == 1).sum(axis=(1, 2))
        observed = np.bincount(up, minlength=65)
        assert p_value(observed, stats.binom.pmf(np.arange(65), 64, 0.5)) > 0.001 / 2
    cut = np.ones((2, 4, 4))
    cut[1, :, [1, 3]] = 0.0
    halves = draw(Ising((4, 4), coupling=cut), 0.1, 400, seed=10)
    left, right = halves[:, 0, 0], halves[:, 0, 2]
    assert (halves[:, :, :2] == left[:, None, None]).all()
    assert (halves[:, :, 2:] == right[:, None, None]).all()
    assert stats.binomtest(int((left == right).sum()), 400).pvalue > 0.001


def test_bad_input():
    with pytest.raises(TypeError, match="Ising"):
        draw(Potts((4, 4)), 1.0, 1, 0)
    for model, words in (
        (Ising((4, 4), field=0.1), "field 0.1"),
        (Ising((4, 4), coupling=-1.0), "coupling -1.0"),
        (Ising((4, 4), boundary=("periodic", "antiperiodic")), "antiperiodic"),
        (Ising((4, 4), coupling=np.where(np.arange(16).reshape(4, 4) == 3, -0.5, 1.0) * np.ones((2, 1, 1))), "-0.5"),
    ):
        with pytest.raises(ValueError, match=words):
            draw(model, 1.0, 1, 0)
    for temperature in (0.0, -1.0, float("nan"), float("inf"), [1.0, 2.0]):
        with pytest.raises(ValueError, match="temperature"):
            draw(Ising((4, 4)), temperature, 1, 0)
    with pytest.raises(ValueError, match="n_samples -1"):
        draw(Ising((4, 4)), 1.0, -1, 0)
    with pytest.raises(TypeError, match=r"n_samples 1\.5"):
        draw(Ising((4, 4)), 1.0, 1.5, 0)
    with pytest.raises(ValueError, match="seed"):
        draw(Ising((4, 4)), 1.0, 1, -1)
