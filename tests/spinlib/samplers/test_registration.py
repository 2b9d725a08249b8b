"""A sampler is added by the recipe of CONTRIBUTING.md, from outside of the package, and by nothing else."""

import importlib.util
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from spinlib import sample
from spinlib.exact import enumeration
from spinlib.models import XY, Ising, Potts
from spinlib.samplers import METHODS, XY_METHODS, parallel_tempering
from spinlib.samplers.chains import draws
from spinlib.samplers.contract import method

RECIPE = Path(__file__).parents[3] / "CONTRIBUTING.md"
NAME = "random_sites"
MODELS = [
    Ising((2, 3), coupling=0.7, field=0.3, boundary=("free", "antiperiodic")),
    Ising((3, 3), coupling=np.random.default_rng(1).normal(size=(2, 3, 3))),
]


@pytest.fixture(scope="module")
def sampler(tmp_path_factory):
    """The first block of Python under "A sampler", as a module."""
    (code,) = re.findall(r"^## A sampler$.*?^```python$(.*?)^```$", RECIPE.read_text(), re.DOTALL | re.MULTILINE)
    path = tmp_path_factory.mktemp("samplers") / f"{NAME}.py"
    path.write_text(code)
    spec = importlib.util.spec_from_file_location(NAME, path)
    module = sys.modules[NAME] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules[NAME]


@pytest.fixture
def registered(sampler):
    METHODS.register(NAME, sampler)
    yield sampler
    METHODS.unregister(NAME)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_the_sampler_of_the_recipe_samples(model, registered, law):
    drawn = sample(model, [1.5, 3.0], 1, method=NAME, n_chains=20_000, burn_in=40, seed=1)
    assert drawn.attrs["method"] == NAME
    assert drawn.attrs["choice"] == "asked for"
    for temperature in (1.5, 3.0):
        spins = drawn.spins.sel(temperature=temperature).values[:, 0]
        assert law.p_value(model, spins, enumeration.boltzmann(model, temperature)) > law.LEVEL
        np.testing.assert_allclose(
            drawn.energy.sel(temperature=temperature).values[:, 0], model.energy(spins) / model.n_sites, atol=1e-12
        )


def test_its_own_burn_in_is_the_default(registered):
    assert sample(MODELS[0], 2.0, 1, method=NAME).attrs["burn_in"] == registered.BURN_IN


def test_what_it_leaves_out_has_a_default(registered):
    one = method(NAME, MODELS[0])
    assert not one.takes_device
    assert one.chains_per_word(MODELS[0]) is None
    assert one.chains_together(Ising((64, 64)), 100) == 16
    with pytest.raises(ValueError, match="device 'cuda': method 'random_sites' runs on 'cpu'"):
        sample(MODELS[0], 2.0, 1, method=NAME, device="cuda")


def test_parallel_tempering_takes_it(registered, law):
    model, ladder = MODELS[0], [1.0, 2.0]
    drawn = parallel_tempering.sample(model, ladder, 1, method=NAME, n_chains=10_000, burn_in=40, seed=2)
    for temperature in ladder:
        spins = drawn.spins.sel(temperature=temperature).values[:, 0]
        assert law.p_value(model, spins, enumeration.boltzmann(model, temperature)) > law.LEVEL


def test_it_refuses_for_itself(registered):
    with pytest.raises(TypeError, match="Potts: random_sites is for Ising"):
        sample(Potts((4, 4)), 1.0, 1, method=NAME)
    with pytest.raises(ValueError, match="method 'random_sites': allowed for XY"):
        sample(XY((4, 4)), 1.0, 1, method=NAME)


def test_it_is_known_as_long_as_it_is_registered(sampler):
    METHODS.register(NAME, sampler)
    assert [*METHODS][-1] == NAME
    assert METHODS[NAME] is sampler
    assert NAME not in XY_METHODS
    with pytest.raises(ValueError, match=f"'{NAME}': there is one of this name"):
        METHODS.register(NAME, sampler)
    METHODS.unregister(NAME)
    with pytest.raises(ValueError, match=f"method '{NAME}': allowed for Ising are 'auto', 'metropolis'"):
        sample(MODELS[0], 1.0, 1, method=NAME)


@pytest.mark.parametrize(
    ("name", "sampler", "error", "words"),
    [
        ("metropolis", SimpleNamespace(), ValueError, "there is one of this name"),
        ("auto", SimpleNamespace(), ValueError, "not 'auto'"),
        ("a b", SimpleNamespace(), ValueError, "a name is an identifier"),
        ("none", SimpleNamespace(sweep=print), TypeError, "lacks BURN_IN, refuse"),
    ],
)
def test_what_is_no_sampler_is_not_registered(name, sampler, error, words):
    with pytest.raises(error, match=words):
        METHODS.register(name, sampler)


def test_the_cache_on_disk_does_not_hold_it(registered):
    """Where the module is missing numba could not read the file, and spinlib's own kernels would be lost with it."""
    model = Ising((4, 4))
    sample(model, 2.0, 1, method=NAME, burn_in=1)
    sample(model, 2.0, 1, method="metropolis", burn_in=1)
    plans = [signature[1].instance_class for signature in draws._draw.signatures]
    assert plans
    assert all(plan.__module__.startswith("spinlib.") for plan in plans)
    assert draws._not_on_disk(draws._draw).stats.cache_path is None


def test_what_is_built_in_stays():
    with pytest.raises(KeyError):
        METHODS.unregister("metropolis")
    assert "metropolis" in METHODS
