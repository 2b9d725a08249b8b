"""Panels of measured curves over their deviations from the exact ones."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np

from spinbook.plots.deviations import Quantity, panels


def test_lower_row_shows_deviations_in_error_bars():
    x = np.array([1.0, 2.0])
    one = Quantity("a [J]", (x, x), x, {"loop": (x + 0.3, np.array([0.1, 0.2])), "other": (x, np.array([0.1, np.nan]))})
    figure = panels(x, [one, one], spread=0.2)
    assert len(figure.axes) == 4
    upper, lower = figure.axes[0], figure.axes[2]
    assert upper.get_ylabel() == "a [J]"
    assert [text.get_text() for text in upper.get_legend().get_texts()] == ["exact", "loop", "other"]
    points = [line for line in lower.lines if line.get_marker() in ("o", "s")]
    np.testing.assert_allclose(points[0].get_xdata(), x - 0.1)
    np.testing.assert_allclose(points[0].get_ydata(), [3.0, 1.5])
    np.testing.assert_array_equal(points[1].get_ydata(), [0.0, np.nan])
    assert [line.get_marker() for line in points] == ["o", "s"]
    plt.close(figure)
