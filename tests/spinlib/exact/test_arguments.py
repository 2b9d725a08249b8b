"""What the exact results accept, and what they say to the rest."""

import numpy as np
import pytest

from spinlib.exact import arguments


def test_what_is_right_comes_back():
    np.testing.assert_array_equal(arguments.distances([[0, 3]]), [[0, 3]])
    assert arguments.distances(np.uint8(4)).dtype == np.int64
    assert arguments.whole_number("n", np.int8(5), 2) == 5
    assert type(arguments.finite_number("field", np.float32(0.5))) is float
    assert arguments.positive_couplings(np.array([1, 2])) == (1.0, 2.0)
    assert arguments.one_of("boundary", "free", ("free", "periodic")) == "free"
    rng = np.random.default_rng(1)
    assert arguments.generator(rng) is rng


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: arguments.distances(-1), ValueError, "r must not be negative, got -1"),
        (lambda: arguments.distances([1.0]), TypeError, "r must be an integer"),
        (lambda: arguments.distances(True), TypeError, "r must be an integer"),
        (lambda: arguments.whole_number("n", 1, 2), ValueError, "n must be at least 2, got 1"),
        (lambda: arguments.whole_number("n", "2", 2), TypeError, "n must be an integer, got '2'"),
        (lambda: arguments.finite_number("field", np.nan), ValueError, "field must be finite, got nan"),
        (lambda: arguments.finite_number("field", True), TypeError, "field must be a real number, got True"),
        (lambda: arguments.finite_number("field", 1j), TypeError, "field must be a real number"),
        (lambda: arguments.positive_couplings((1, 2, 3)), ValueError, "couplings must be two numbers"),
        (lambda: arguments.positive_couplings("ab"), ValueError, "couplings must be two numbers"),
        (lambda: arguments.positive_couplings((1, 0)), ValueError, r"couplings must be positive, got \(1, 0\)"),
        (lambda: arguments.one_of("boundary", "open", ("free", "periodic")), ValueError, "one of free, periodic"),
        (lambda: arguments.generator(np.random.RandomState(1)), TypeError, "rng must be a numpy"),
    ],
)
def test_what_is_wrong_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
