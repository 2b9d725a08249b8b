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
        (lambda: arguments.distances(-1), ValueError, "r -1: allowed are distances of at least 0"),
        (lambda: arguments.distances([1.0]), TypeError, "r .*: allowed are integers"),
        (lambda: arguments.distances(True), TypeError, "r .*: allowed are integers"),
        (lambda: arguments.whole_number("n", 1, 2), ValueError, "n 1: allowed are integers of at least 2"),
        (lambda: arguments.whole_number("n", "2", 2), TypeError, "n '2': allowed are integers"),
        (lambda: arguments.real_numbers("q", "3"), TypeError, "q .3.: allowed are a real number or an array"),
        (lambda: arguments.finite_number("field", np.nan), ValueError, "field nan: allowed are finite numbers"),
        (lambda: arguments.finite_number("field", True), TypeError, "field True: allowed are real numbers"),
        (lambda: arguments.finite_number("field", 1j), TypeError, "field 1j: allowed are real numbers"),
        (lambda: arguments.positive_couplings((1, 2, 3)), ValueError, "couplings .*: allowed are two numbers"),
        (lambda: arguments.positive_couplings("ab"), ValueError, "couplings .*: allowed are two numbers"),
        (lambda: arguments.positive_couplings((1, 0)), ValueError, r"couplings \(1, 0\): allowed are positive numbers"),
        (
            lambda: arguments.one_of("boundary", "open", ("free", "periodic")),
            ValueError,
            "boundary 'open': allowed are 'free', 'periodic'",
        ),
        (lambda: arguments.generator(np.random.RandomState(1)), TypeError, "rng .*: allowed is a numpy"),
    ],
)
def test_what_is_wrong_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
