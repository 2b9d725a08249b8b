"""Tables that are kept for the temperatures that were asked for last."""

import gc
import weakref

import numpy as np
import pytest

from spinlib.models import Ising, Potts
from spinlib.samplers import METHODS
from spinlib.samplers.chains.temperature_tables import TemperatureTables, tables_at


def test_rows_follow_the_temperatures_whatever_was_asked_before():
    tables, made = TemperatureTables(), []

    def make(distinct):
        made.append(distinct.tolist())
        return distinct**2, np.stack([distinct, -distinct], axis=1)

    for temperatures in ([2.0, 1.0, 2.0], [1.0, 2.0], [2.0], [3.0, 1.0], [0.5], [3.5], [], [0.5, 3.5]):
        given = np.array(temperatures, float)
        index, (squares, both) = tables.find(given, make)
        np.testing.assert_array_equal(squares[index], given**2)
        np.testing.assert_array_equal(both[index], np.stack([given, -given], axis=1))
    assert made[:2] == [[1.0, 2.0], [1.0, 3.0]]


@pytest.mark.parametrize("method", ["metropolis", "heat_bath", "swendsen_wang", "wolff"])
@pytest.mark.parametrize(
    "model", [Ising((8, 8)), Ising((5, 7), field=0.2), Ising((32, 32)), Potts((8, 8), 3), Potts((5, 7), 3)]
)
def test_a_plan_for_permuted_temperatures_is_that_of_a_new_model(model, method):
    plan, new = METHODS[method].plan, type(model)(*model.__reduce__()[1])
    plan(model, np.array([2.5, 1.5, 3.0]))
    temperatures = np.array([3.0, 3.0, 2.5])
    kept_plan, new_plan = plan(model, temperatures), plan(new, temperatures)
    for name, kept, fresh in zip(kept_plan._fields, kept_plan, new_plan, strict=True):
        if isinstance(kept, np.ndarray) and name not in ("drawn", "cluster"):  # memory without contents
            np.testing.assert_array_equal(kept, fresh, err_msg=name)


def test_what_is_kept_goes_with_the_model():
    model = Ising((8, 8))
    for method in ("metropolis", "heat_bath", "swendsen_wang", "wolff"):
        METHODS[method].plan(model, np.array([2.0, 3.0]))
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


def test_one_model_keeps_tables_of_several_names_apart():
    model, temperatures = Ising((4, 4)), np.array([2.0, 1.0])
    (first,) = tables_at(model, "first", temperatures, lambda distinct: (distinct,))
    (second,) = tables_at(model, "second", temperatures, lambda distinct: (10 * distinct,))
    np.testing.assert_array_equal(first, [2.0, 1.0])
    np.testing.assert_array_equal(second, [20.0, 10.0])
