import numpy as np
import pytest

from spinlib.timing import interleaved_rates, median_and_spread


def test_updates_take_turns_after_one_unmeasured_call_each():
    calls = []
    rates = interleaved_rates({"a": (lambda: calls.append("a"), 1e6), "b": (lambda: calls.append("b"), 2e6)}, repeats=3)
    assert calls == ["a", "b"] + ["a", "b"] * 3
    assert {name: measured.shape for name, measured in rates.items()} == {"a": (3,), "b": (3,)}
    assert all(np.all(measured > 0) for measured in rates.values())


@pytest.mark.parametrize(("repeats", "flips"), [(0, 1.0), (1, 0.0), (1, float("nan"))])
def test_bad_counts_are_refused(repeats, flips):
    with pytest.raises(ValueError, match=r"(repeats|flips) .*: allowed are"):
        interleaved_rates({"a": (lambda: None, flips)}, repeats)


def test_median_and_spread_ignore_an_outlier():
    middle, spread = median_and_spread([1.0, 2.0, 3.0, 4.0, 1000.0])
    assert (middle, spread) == (3.0, 1.0)
