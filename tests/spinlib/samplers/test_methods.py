import ast
import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from spinlib import samplers
from spinlib.models import XY, CellularPotts, Ising, LongRangeIsing, PlanarPotts, Potts
from spinlib.samplers import METHODS, XY_METHODS, methods


@pytest.mark.parametrize("name", METHODS)
def test_every_method_has_the_contract(name):
    if name == "convolution":
        pytest.importorskip("torch")
    assert callable(METHODS[name].sweep)
    assert callable(METHODS[name].refuse)
    assert METHODS[name].BURN_IN > 0
    assert METHODS[name].__name__ == f"spinlib.samplers.{METHODS.places[name]}"


@pytest.mark.parametrize("name", XY_METHODS)
def test_methods_for_planar_spins_have_the_contract(name):
    assert callable(XY_METHODS[name].sweep)
    assert callable(XY_METHODS[name].refuse)
    assert XY_METHODS[name].BURN_IN > 0
    assert XY_METHODS[name].__name__ == f"spinlib.samplers.xy.{name}"


def test_the_model_says_which_methods():
    assert methods(Ising((4, 4))) is methods(Potts((4, 4))) is METHODS
    assert methods(XY((4, 4))) is XY_METHODS
    assert list(methods(LongRangeIsing((4, 4)))) == list(methods(PlanarPotts((4, 4)))) == ["metropolis"]
    assert methods(type("Own", (XY,), {})((4, 4))) is XY_METHODS


@pytest.mark.parametrize("model", [CellularPotts((4, 4), [0, 1], np.ones((2, 2))), (4, 4), None])
def test_what_has_no_methods_is_named(model):
    with pytest.raises(TypeError, match="allowed are Ising, Potts, XY, LongRangeIsing, PlanarPotts"):
        methods(model)


@pytest.mark.parametrize("name", samplers._MODULES)
def test_public_names_are_the_modules_of_the_table(name):
    if samplers._MODULES[name].startswith("convolution"):
        pytest.importorskip("torch")
    place = samplers._MODULES[name]
    assert getattr(samplers, name) is importlib.import_module(f"spinlib.samplers.{place}")


def test_type_checkers_know_what_the_table_says():
    """The imports under `if TYPE_CHECKING`, by name and place."""
    body = ast.parse(Path(samplers.__file__).read_text()).body
    (block,) = (node.body for node in body if isinstance(node, ast.If))
    known = {}
    for node in block:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                # Those for XY are `_metropolis` and the like, until they get their names.
                name = f"xy{alias.asname}" if alias.asname.startswith("_") else alias.asname
                known[name] = f"{node.module}.{alias.name}".removeprefix("spinlib.samplers.")
    assert len(known) > 15
    assert known == {name: samplers._MODULES[name] for name in known}


def test_unknown_names_are_not_looked_for_on_disk():
    assert "random" not in METHODS
    with pytest.raises(KeyError):
        METHODS["random"]


def test_torch_is_not_imported_before_it_is_used():
    program = (
        "import sys, spinlib.samplers; assert 'wolff' in spinlib.samplers.METHODS; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
