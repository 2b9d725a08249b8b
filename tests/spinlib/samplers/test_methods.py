import subprocess
import sys

import pytest

from spinlib.models import XY, Ising, Potts
from spinlib.samplers import METHODS, XY_METHODS, methods


@pytest.mark.parametrize("name", METHODS)
def test_every_method_has_the_contract(name):
    if name == "convolution":
        pytest.importorskip("torch")
    assert callable(METHODS[name].sweep)
    assert callable(METHODS[name].refuse)
    assert METHODS[name].__name__ == f"spinlib.samplers.{METHODS.places[name]}"


@pytest.mark.parametrize("name", XY_METHODS)
def test_methods_for_planar_spins_have_the_contract(name):
    assert callable(XY_METHODS[name].sweep)
    assert callable(XY_METHODS[name].refuse)
    assert XY_METHODS[name].__name__ == f"spinlib.samplers.xy.{name}"


def test_the_model_says_which_methods():
    assert methods(Ising((4, 4))) is methods(Potts((4, 4))) is METHODS
    assert methods(XY((4, 4))) is XY_METHODS


def test_unknown_names_are_not_looked_for_on_disk():
    assert "random" not in METHODS
    with pytest.raises(KeyError):
        METHODS["random"]


def test_torch_is_not_imported_before_it_is_used():
    program = (
        "import sys, spinlib.samplers; assert 'wolff' in spinlib.samplers.METHODS; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
