import numpy as np
import pytest

import spinlib
from spinlib.models import XY, Ising
from spinlib.samplers.chains.dataset import empty_dataset
from spinlib.samplers.chains.measurements import Measurement

NAMES = (Measurement("energy"), Measurement("magnetization"))


@pytest.mark.parametrize("model", [Ising((4,)), XY((4, 6, 2))], ids=repr)
def test_layout(model):
    grid = np.array([1.0, 2.0, 3.0])
    dataset = empty_dataset(model, grid, 5, 7, (*NAMES, Measurement("rows", len, (2,))), True, {"seed": 2**40})
    assert dataset.energy.dims == dataset.magnetization.dims == ("temperature", "chain", "draw")
    assert dataset.spins.shape == (3, 5, 7, *model.shape)
    assert dataset.spins.dtype == model.spin_dtype
    assert dataset.spins.dims[3:] == tuple(f"x{axis}" for axis in range(len(model.shape)))
    assert dataset.temperature.values.tolist() == [1.0, 2.0, 3.0]
    assert dataset.temperature.attrs["units"] == "J/k_B"
    assert dataset.rows.dims == ("temperature", "chain", "draw", "rows_0")
    assert dataset.rows.shape == (3, 5, 7, 2)
    expected = {"seed": str(2**40), "model": repr(model), "field": 0.0, "spinlib_version": spinlib.__version__}
    assert dataset.attrs == expected


def test_only_what_is_asked_for():
    dataset = empty_dataset(Ising((4, 4)), np.ones(1), 1, 2, NAMES[:1], False, {"seed": 0})
    assert set(dataset.data_vars) == {"energy"}
