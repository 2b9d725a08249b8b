import re
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

from spinlib import observables, sample
from spinlib.models import XY, Ising, Potts
from spinlib.samplers import METHODS
from spinlib.samplers.chains import measurements
from spinlib.samplers.tempering import parallel_tempering

SMALL = {"n_chains": 3, "burn_in": 2, "seed": 1}
FACTORS = 1 - 2 * (np.indices((4, 6)).sum(0) % 2)


def staggered(spins):
    return (FACTORS * spins).mean((1, 2))


def rows(spins):
    return np.cos(spins).sum(2)


@pytest.mark.parametrize("method", [name for name in METHODS if name != "convolution"])
def test_functions_of_spins_are_measured_on_every_draw(method):
    observables = ["energy", {"staggered": staggered, "rows": rows}]
    draws = sample(Ising((4, 6)), [2.0, 3.0], 5, method=method, observables=observables, **SMALL)
    assert list(draws.data_vars) == ["energy", "staggered", "rows", "spins"]
    assert draws.staggered.dims == ("temperature", "chain", "draw")
    assert draws.rows.dims == ("temperature", "chain", "draw", "rows_0")
    spins = draws.spins.values
    np.testing.assert_array_equal(draws.staggered, (FACTORS * spins).mean((3, 4)))
    np.testing.assert_array_equal(draws.rows, np.cos(spins).sum(4))
    alone = sample(Ising((4, 6)), [2.0, 3.0], 5, method=method, observables={"rows": rows}, keep_spins=False, **SMALL)
    assert list(alone.data_vars) == ["rows"]
    assert alone.rows.equals(draws.rows)


@pytest.mark.parametrize("model", [Ising((6, 6)), Potts((6, 6), 4), XY((6, 6))], ids=["Ising", "Potts", "XY"])
def test_structure_factors_are_measured_by_name(model):
    names = ["structure_factor_zero", "structure_factor_min"]
    draws = sample(model, [0.8, 2.0], 4, observables=names, **SMALL)
    for name in names:
        expected = getattr(observables, name)(model, draws.spins)
        np.testing.assert_allclose(draws[name], expected, rtol=1e-12)
        assert draws[name].dims == ("temperature", "chain", "draw")
    length = observables.second_moment_correlation_length(
        draws.structure_factor_zero.mean("draw"), draws.structure_factor_min.mean("draw"), 6
    )
    assert length.dims == ("temperature", "chain")


def test_a_lattice_without_plane_waves_is_refused_before_the_burn_in():
    with pytest.raises(ValueError, match="free"):
        sample(Ising((6, 6), boundary="free"), 2.0, 1, observables="structure_factor_min", burn_in=10**15)


def test_functions_of_angles_and_along_a_ladder():
    for model in (XY((4, 6)), Potts((4, 6))):
        draws = parallel_tempering.sample(model, [0.5, 0.8, 1.2], 4, observables=({"rows": rows}, "energy"), **SMALL)
        assert draws.rows.shape == (3, 3, 4, 4)
        np.testing.assert_array_equal(draws.rows, np.cos(draws.spins.values).sum(4))


def test_workers_measure_the_same():
    settings = {"observables": {"rows": rows}, "method": "metropolis", **SMALL}
    alone = sample(Ising((4, 6)), [2.0, 3.0], 3, **settings)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as workers:
        assert alone.identical(sample(Ising((4, 6)), [2.0, 3.0], 3, executor=workers, **settings))
        with pytest.raises(TypeError, match=r"observable 'f'.*cannot be sent to the workers"):
            sample(Ising((4, 6)), 2.0, 3, executor=workers, observables={"f": lambda spins: rows(spins)}, **SMALL)
    with ThreadPoolExecutor(1) as threads:
        sample(Ising((4, 6)), 2.0, 3, executor=threads, observables={"f": lambda spins: rows(spins)}, **SMALL)


def test_a_name_of_the_table_is_measured_on_the_model_and_spins(monkeypatch):
    monkeypatch.setitem(measurements.BUILT_IN, "field_energy", lambda model, spins: -model.field * spins.sum((1, 2)))
    draws = sample(Ising((4, 6), field=0.5), 2.0, 4, observables=("field_energy", "magnetization"), **SMALL)
    np.testing.assert_array_equal(draws.field_energy, -0.5 * 24 * draws.magnetization)


def test_a_function_cannot_change_the_chain():
    def wipe(spins):
        spins[:] = 1
        return spins[:, 0, 0]

    with pytest.raises(ValueError, match="read-only"):
        sample(Ising((4, 6)), 2.0, 3, observables={"wipe": wipe}, **SMALL)


def grows(spins):
    grows.calls += 1
    return np.zeros((len(spins), grows.calls))


grows.calls = 0


@pytest.mark.parametrize(
    ("observables", "error", "words"),
    [
        ({"f": lambda spins: spins.mean()}, ValueError, "observable 'f': the function returned shape ()"),
        ({"f": lambda spins: spins[:1, 0, 0]}, ValueError, "returned shape (1,) for spins of shape (2, 4, 6)"),
        ({"f": lambda spins: spins * 1j}, TypeError, "returned complex128, needed are real numbers"),
        ({"f": lambda spins: ["a"] * len(spins)}, TypeError, "needed are real numbers"),
        ({"f": grows}, ValueError, "returned shape (3, 2) for spins of shape (3, 4, 6), and (3, 1) is needed"),
        ({"f": 3}, TypeError, "observable 'f': 3 is no function"),
        ({"energy": staggered}, ValueError, "observable 'energy': a function needs a name of its own"),
        ({"spins": staggered}, ValueError, "observable 'spins': a function needs a name of its own"),
        ({"chain": staggered}, ValueError, "observable 'chain': a function needs a name of its own"),
        ({3: staggered}, ValueError, "observable 3: a function needs a name of its own"),
        ([{"f": staggered}, {"f": rows}], ValueError, "observable 'f': a function needs a name of its own"),
        (["energy", "mass"], ValueError, "observable 'mass': allowed are 'energy', 'magnetization', 'structure"),
        ([staggered], ValueError, "'structure_factor_min' and functions of spins by name"),
    ],
)
def test_what_is_no_observable_is_named(observables, error, words):
    with pytest.raises(error, match=re.escape(words)):
        sample(Ising((4, 6)), 2.0, 3, observables=observables, **SMALL)
