import re

import numpy as np
import pytest

from spinlib.models import CellularPotts, Ising
from spinlib.samplers import METHODS
from spinlib.samplers.chains import batch

MODEL = Ising((4, 6))


def good(**changes):
    arguments = {
        "spins": np.ones((3, 4, 6), dtype=np.int8),
        "temperatures": np.full(3, 2.0),
        "rng": np.ones((3, 4), dtype=np.uint64),
        "n": 1,
    }
    return arguments | changes


def test_rows_are_a_view():
    arguments = good()
    rows = batch.rows(MODEL, **arguments)
    assert rows.shape == (3, 24)
    rows[1, 7] = -1
    assert arguments["spins"][1, 1, 1] == -1


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"spins": np.ones((3, 4, 6))}, TypeError, "float64"),
        ({"rng": np.ones((3, 4), dtype=np.int64)}, TypeError, "rng int64"),
        ({"spins": np.ones((4, 6), dtype=np.int8)}, ValueError, "(4, 6)"),
        ({"spins": np.ones((3, 6, 4), dtype=np.int8)}, ValueError, "(3, 6, 4)"),
        ({"spins": np.ones((3, 8, 6), dtype=np.int8)[:, ::2]}, ValueError, "C-contiguous"),
        ({"temperatures": np.full(2, 2.0)}, ValueError, "(2,)"),
        ({"rng": np.ones((2, 4), dtype=np.uint64)}, ValueError, "(2, 4)"),
        ({"temperatures": np.array([1.0, 0.0, 2.0])}, ValueError, "positive"),
        ({"temperatures": np.array([1.0, np.nan, 2.0])}, ValueError, "nan"),
        ({"n": -1}, ValueError, "-1"),
    ],
)
def test_bad_input_is_named(changes, error, words):
    with pytest.raises(error, match=re.escape(words)):
        batch.rows(MODEL, **good(**changes))


@pytest.mark.parametrize("name", ["metropolis", "heat_bath", "swendsen_wang", "wolff"])
def test_every_method_refuses_other_models(name):
    cells = CellularPotts((8, 8), types=[0, 1], coupling=np.ones((2, 2)))
    with pytest.raises(TypeError, match=f"CellularPotts.*{name}"):
        METHODS[name].refuse(cells)
    with pytest.raises(TypeError, match=f"CellularPotts.*{name}"):
        METHODS[name].sweep(cells, **good())
