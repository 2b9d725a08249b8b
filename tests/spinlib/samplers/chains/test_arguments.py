import re

import numpy as np
import pytest

from spinlib.models import XY, Ising
from spinlib.samplers.chains import arguments


def test_temperatures_become_an_array():
    assert arguments.checked_temperatures(2).tolist() == [2.0]
    assert arguments.checked_temperatures((1, 2.5)).dtype == np.float64


@pytest.mark.parametrize("model", [Ising((2, 3)), XY((2, 3))], ids=repr)
def test_starts_are_shared_out(model):
    start = np.ones((2, 3))
    spins = arguments.checked_start(start, model, 4, 5)
    assert spins.shape == (4, 5, 2, 3)
    assert spins.dtype == model.spin_dtype
    per_chain = np.ones((5, 2, 3)) * (-1.0) ** np.arange(5)[:, None, None]
    assert np.array_equal(arguments.checked_start(per_chain, model, 4, 5)[3], per_chain)
    assert arguments.checked_start("cold", model, 4, 5) == "cold"


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: arguments.checked_temperatures([1.0, np.nan]), ValueError, "temperature nan"),
        (lambda: arguments.checked_start(np.ones((3, 2, 3)), Ising((2, 3)), 4, 5), ValueError, "(4, 5, 2, 3)"),
        (lambda: arguments.checked_start(np.zeros((2, 3)), Ising((2, 3)), 4, 5), ValueError, "spin value 0"),
    ],
)
def test_bad_input_is_named(call, error, words):
    with pytest.raises(error, match=re.escape(words)):
        call()
