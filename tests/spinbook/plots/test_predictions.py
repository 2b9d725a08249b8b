"""Predicted against true values."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from spinbook.plots import predictions


def test_quartiles_of_every_bin_with_enough_examples():
    true = np.array([0.0] * 5 + [1.0] * 3 + [3.0])
    predicted = true + np.array([-2.0, -1.0, 0.0, 1.0, 2.0, 5.0, 5.0, 5.0, 9.0])
    found = predictions.binned(true, predicted, 3, at_least=3)
    np.testing.assert_allclose(found.middle, [0.5, 1.5, 2.5])
    np.testing.assert_allclose(found.low, [-1.0, 5.0, np.nan])
    np.testing.assert_allclose(found.median, [0.0, 5.0, np.nan])
    np.testing.assert_allclose(found.high, [1.0, 5.0, np.nan])


def test_values_that_cannot_be_binned_are_refused():
    with pytest.raises(ValueError, match="all true values are equal"):
        predictions.binned(np.ones(4), np.arange(4.0))
    with pytest.raises(ValueError, match="equal length"):
        predictions.binned(np.ones(4), np.arange(5.0))


def test_points_lie_about_the_line_of_equal_values():
    rng = np.random.default_rng(1)
    true = rng.normal(size=200)
    figure, (left, right) = plt.subplots(1, 2)
    predictions.scatter(left, true, true + 0.5, "blue")
    line, points = left.lines
    assert points.zorder > line.zorder
    assert line.get_xdata()[0] < true.min()
    assert line.get_xdata()[1] > true.max()
    np.testing.assert_allclose(points.get_ydata() - points.get_xdata(), 0.5)
    np.testing.assert_array_equal(line.get_xdata(), line.get_ydata())
    assert left.get_xlabel() == "true energy [J]"
    found = predictions.differences(right, true, true + 0.5, "blue")
    np.testing.assert_allclose(found.median[np.isfinite(found.median)], 0.5)
    assert right.get_ylabel() == "predicted less true [J]"
    plt.close(figure)
