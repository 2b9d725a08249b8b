"""The panels show the numbers that they are given."""

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from spinbook.plots import finite_size


@pytest.fixture
def axes():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def test_the_fit_is_the_line_that_was_given_and_reaches_infinite_size(axes):
    x = np.array([0.1, 0.2, 0.4])
    finite_size.extrapolation(axes, x, 3 + 2 * x, 0.1 * x, (2.0, 3.0), 3.0, "$a + bx$")
    line = next(line for line in axes.lines if line.get_label() == "fit $a + bx$")
    np.testing.assert_allclose(line.get_ydata(), 3 + 2 * line.get_xdata())
    assert line.get_xdata()[0] == 0
    assert line.get_xdata()[-1] > 0.4


def test_a_crossing_stands_at_the_smaller_size_of_its_pair(axes):
    finite_size.crossings(axes, np.array([8, 16, 32]), np.array([2.2, 2.26]), np.array([0.1, 0.05]), 2.269)
    assert list(axes.get_xticks()) == [8, 16]
    points = axes.containers[0].lines[0]
    np.testing.assert_array_equal(points.get_xydata(), [[8, 2.2], [16, 2.26]])
