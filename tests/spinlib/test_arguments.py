import re

import numpy as np
import pytest

from spinlib.arguments import at_least, integer


def test_integers_of_any_kind_are_taken():
    assert [at_least(0, "n", value) for value in (3, np.int8(3), np.uint64(3), True)] == [3, 3, 3, 1]
    assert type(integer("n", np.int64(5))) is int


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: at_least(1, "n", 0), ValueError, "n 0: has to be at least 1"),
        (lambda: at_least(1, "n", "3"), TypeError, "n '3': has to be an integer"),
        (lambda: integer("n", 2.0), TypeError, "n 2.0: has to be an integer"),
    ],
)
def test_bad_input_is_named(call, error, words):
    with pytest.raises(error, match=re.escape(words)):
        call()
