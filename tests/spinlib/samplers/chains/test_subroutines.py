import numpy as np
import pytest
from numba import njit, types

from spinlib.samplers.chains.subroutines import returning, subroutine


@subroutine
def double_all(values, n):
    for k in range(n):
        values[k] *= 2


@returning(lambda first, second: types.UniTuple(types.intp, 2))
def quotient_and_rest(first, second):
    return first // second, first % second


@njit
def kernel(values):
    double_all(values, 2)
    double_all(values, np.int64(len(values)))
    return quotient_and_rest(values[0], 3)


def test_a_part_does_in_a_kernel_what_it_does_in_python():
    one, other = np.arange(5, 9), np.arange(5, 9)
    assert kernel(one) == kernel.py_func(other) == (6, 2)
    np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(one, [20, 24, 14, 16])


def test_a_part_is_called_by_position():
    @njit
    def named(values):
        double_all(values, n=2)

    with pytest.raises(Exception, match="double_all"):
        named(np.arange(3))
