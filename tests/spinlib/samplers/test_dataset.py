import numpy as np
import pytest

import spinlib
from spinlib.models import XY, Ising
from spinlib.samplers.dataset import empty_dataset


@pytest.mark.parametrize("model", [Ising((4,)), XY((4, 6, 2))], ids=repr)
def test_layout(model):
    grid = np.array([1.0, 2.0, 3.0])
    dataset = empty_dataset(model, grid, 5, 7, ("energy", "magnetization"), True, {"seed": 3})
    assert dataset.energy.dims == dataset.magnetization.dims == ("temperature", "chain", "draw")
    assert dataset.spins.shape == (3, 5, 7, *model.shape)
    assert dataset.spins.dtype == model.spin_dtype
    assert dataset.spins.dims[3:] == tuple(f"x{axis}" for axis in range(len(model.shape)))
    assert dataset.temperature.values.tolist() == [1.0, 2.0, 3.0]
    assert dataset.temperature.attrs["units"] == "J/k_B"
    assert dataset.attrs == {"seed": 3, "model": repr(model), "spinlib_version": spinlib.__version__}


def test_only_what_is_asked_for():
    dataset = empty_dataset(Ising((4, 4)), np.ones(1), 1, 2, ("energy",), False, {})
    assert set(dataset.data_vars) == {"energy"}
