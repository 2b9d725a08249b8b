"""Quantities against a few whole numbers."""

import matplotlib.pyplot as plt
import numpy as np

from spinbook.plots import counted
from spinlib.statistics import mean_of_few


def test_means_stand_at_their_numbers_which_are_the_ticks():
    figure, axes = plt.subplots()
    values = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    drawn = counted.against_numbers(axes, [16, 100], {"one": values}, what="sites N", label="acceptance")
    np.testing.assert_allclose(drawn["acceptance, one"], [2.0, 5.0])
    np.testing.assert_allclose(drawn["acceptance, one_error"], [mean_of_few([1.0, 2.0, 3.0]).error] * 2)
    np.testing.assert_allclose(axes.lines[0].get_xdata(), [16, 100])
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["16", "100"]
    assert (axes.get_xscale(), axes.get_xlabel(), len(axes.get_xticks(minor=True))) == ("log", "sites N", 0)
    plt.close(figure)
