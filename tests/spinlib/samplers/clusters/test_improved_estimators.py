import numpy as np
import pytest

from spinlib.exact import enumeration
from spinlib.models import Ising, Potts
from spinlib.observables import correlation_function
from spinlib.samplers.clusters import improved_estimators, swendsen_wang
from spinlib.samplers.random import streams

CASES = [
    (Ising((4, 4)), 2.5),
    (Ising((4, 4), boundary="free"), 2.0),
    (Ising((4, 3), boundary=("free", "antiperiodic")), 2.0),
    (Ising((4, 4), coupling=-1.0), 3.0),
    (Ising((3, 4), coupling=-1.0, boundary=("free", "antiperiodic")), 1.5),
    (Ising((16,), coupling=-1.0, boundary="antiperiodic"), 1.0),
    (Ising((3, 4), coupling=np.random.default_rng(1).normal(size=(2, 3, 4))), 2.0),
    (Ising((3, 4), boundary="free", neighborhood="triangular"), 4.0),
    (Ising((2, 2, 3)), 5.0),
    (Potts((2, 3), q=3), 1.0),
    (Potts((16,), q=2), 0.4),
    (Potts((3, 3), q=3, boundary=("free", "periodic")), 0.9),
]


def staggered(model, spins):
    """The spins as they enter m: of an antiferromagnet, with the sign of their sublattice."""
    if isinstance(model, Potts) or np.ndim(model.coupling) or model.coupling > 0:
        return spins
    return spins * (-1) ** np.indices(model.shape).sum(axis=0)


def squared_magnetization(model, spins):
    rows = staggered(model, spins).reshape(-1, model.n_sites)
    if isinstance(model, Ising):
        return rows.mean(axis=1) ** 2
    shares = np.stack([(rows == state).mean(axis=1) for state in range(model.q)])
    return (model.q * (shares**2).sum(axis=0) - 1) / (model.q - 1)


def measure(model, spins, temperature, n_sweeps=1, key=1, **settings):
    temperatures, rng = np.full(len(spins), temperature), streams(key, "improved", 0, len(spins))
    return improved_estimators.measure(model, spins, temperatures, rng, n_sweeps, **settings)


@pytest.mark.parametrize(("model", "temperature"), CASES, ids=repr)
def test_means_are_exact(model, temperature):
    n_chains, axes = 400, range(len(model.shape))
    states, weights = enumeration.states(model), enumeration.boltzmann(model, temperature)
    spins = states[np.random.default_rng(3).choice(len(states), size=n_chains, p=weights)]
    series = measure(model, spins, temperature, 50, axes=axes)
    pairs = [(series.squared_magnetization, weights @ squared_magnetization(model, states))]
    for axis in axes:
        exact = weights @ correlation_function(model, staggered(model, states), axis)
        assert series.correlation[axis].shape == (n_chains, 50, len(exact))
        np.testing.assert_array_equal(series.correlation[axis][..., 0], 1.0)
        pairs += [(series.correlation[axis][..., r], exact[r]) for r in range(1, len(exact))]
    for values, exact in pairs:
        means = values.mean(axis=1)
        # Across half an antiperiodic axis, both are 0.
        assert abs(means.mean() - exact) <= 4.5 * means.std() / np.sqrt(n_chains) + 1e-12


@pytest.mark.parametrize(
    "model",
    [
        Ising((6, 65), boundary=("antiperiodic", "free")),
        Ising((6, 8), coupling=-1.0, boundary=("periodic", "antiperiodic")),
        Ising((3, 4, 20)),
        Potts((7, 64), q=3, boundary=("free", "periodic")),
    ],
    ids=repr,
)
def test_estimators_are_sums_over_the_clusters_of_the_sweep(model):
    states = [-1, 1] if isinstance(model, Ising) else range(model.q)
    spins = np.random.default_rng(2).choice(states, size=(2, *model.shape)).astype(np.int8)
    first = spins.copy()
    series = measure(model, spins, 1.5, axes=range(len(model.shape)))
    labels = swendsen_wang.sweep_and_label(model, first, np.full(2, 1.5), streams(1, "improved", 0, 2))
    np.testing.assert_array_equal(first, spins)
    for chain in range(2):
        signs = staggered(model, spins[chain]).astype(int) if isinstance(model, Ising) else np.ones(model.shape, int)
        moments = [signs[labels[chain] == label].sum() for label in np.unique(labels[chain])]
        square = np.sum(np.square(moments)) / model.n_sites**2
        assert series.squared_magnetization[chain, 0] == pytest.approx(square, abs=1e-15)
        for axis, boundary in enumerate(model.lattice.boundary):
            length = model.shape[axis]
            for r in range(series.correlation[axis].shape[2]):
                crossing = np.arange(length) + r >= length
                factor = np.where(crossing, {"periodic": 1, "antiperiodic": -1, "free": 0}[boundary], 1)
                factor = factor.reshape([-1 if other == axis else 1 for other in range(len(model.shape))])
                there = [np.roll(array, -r, axis) for array in (signs, labels[chain])]
                products = factor * signs * there[0] * (labels[chain] == there[1])
                n_pairs = model.n_sites // length * (length - r if boundary == "free" else length)
                assert series.correlation[axis][chain, 0, r] == pytest.approx(products.sum() / n_pairs, abs=1e-14)


@pytest.mark.parametrize(
    ("model", "temperature", "gain"),
    [
        (Ising((48, 65)), 3.0, 10.0),
        (Ising((40, 64), coupling=-1.0), 3.0, 10.0),
        (Potts((48, 64), q=3), 1.3, 10.0),
        (Ising((30, 64)), 2.3, 1.0),
    ],
    ids=repr,
)
def test_they_agree_with_plain_estimators_and_vary_less(model, temperature, gain):
    n_chains, n_draws, r = 20, 60, 8
    spins = np.ones((n_chains, *model.shape), dtype=np.int8)
    temperatures, rng = np.full(n_chains, temperature), streams(4, "plain", 0, n_chains)
    swendsen_wang.sweep(model, spins, temperatures, rng, 30)
    improved, plain = np.empty((2, n_draws, n_chains)), np.empty((2, n_draws, n_chains))
    for draw in range(n_draws):
        series = improved_estimators.measure(model, spins, temperatures, rng, 1, axes=(1,))
        improved[:, draw] = series.squared_magnetization[:, 0], series.correlation[1][:, 0, r]
        correlation = correlation_function(model, staggered(model, spins), 1)
        plain[:, draw] = squared_magnetization(model, spins), correlation[:, r]
    differences = (improved - plain).mean(axis=1)
    assert np.all(abs(differences.mean(axis=1)) < 4.0 * differences.std(axis=1) / np.sqrt(n_chains))
    assert np.all(improved.var(axis=(1, 2)) * gain < plain.var(axis=(1, 2)))


@pytest.mark.parametrize(
    ("model", "settings", "error", "words"),
    [
        (Ising((4, 4)), {"n_sweeps": 0}, ValueError, "n_sweeps 0"),
        (Ising((4, 4)), {"n_sweeps": 1.5}, TypeError, r"n_sweeps 1\.5"),
        (Ising((4, 4)), {"axes": (2,)}, ValueError, "axis 2.*0 to 1"),
        (Ising((4, 4)), {"axes": (-1,)}, ValueError, "axis -1"),
        (Ising((4, 4)), {"axes": ("x",)}, TypeError, "axis 'x'"),
        (Ising((4, 4), field=1.0), {}, ValueError, "improved_estimators needs field 0"),
        (Potts((4, 4), field=-0.5), {}, ValueError, r"field -0\.5: improved_estimators needs field 0"),
        (Ising((4, 6), coupling=-1.0, neighborhood="triangular"), {}, ValueError, "two sublattices"),
        (Ising((4, 5), coupling=-1.0), {}, ValueError, "no colouring with 2"),
        (Potts((4, 4), coupling=-1.0), {}, ValueError, r"coupling -1\.0"),
    ],
)
def test_refusals_give_the_reason(model, settings, error, words):
    with pytest.raises(error, match=words):
        measure(model, np.ones((1, *model.shape), dtype=np.int8), 2.0, **settings)


def test_values_that_are_no_spins_are_refused():
    with pytest.raises(ValueError, match="spin value 0"):
        measure(Ising((4, 4)), np.zeros((1, 4, 4), dtype=np.int8), 2.0)
