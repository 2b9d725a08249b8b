import matplotlib.pyplot as plt
import numpy as np
import pytest

from experiments.vae import crossover
from spinbook.plots import sampler_times


@pytest.fixture
def axes():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def test_what_is_drawn_comes_back_and_bounds_have_arrows(axes):
    values, errors = np.array([[1.0, np.nan], [2.0, 3.0]]), np.array([[0.1, np.nan], [0.2, 0.3]])
    bounds = np.array([[np.nan, 50.0], [np.nan, np.nan]])
    columns = sampler_times.draw(axes, [1.0, 2.0], ("random flips", "wolff"), values, errors, bounds)
    np.testing.assert_array_equal(columns["wolff"], [2.0, 3.0])
    np.testing.assert_array_equal(columns["random flips_exceeds"], [np.nan, 50.0])
    assert axes.get_yscale() == "log"
    assert axes.get_ylim()[1] > 100.0  # the arrow that begins at 50 is within the axes
    assert axes.get_legend_handles_labels()[1] == ["single flips, random sites", "Wolff"]


def test_methods_of_one_system_have_looks_of_their_own():
    for methods in crossover.METHODS.values():
        looks = [sampler_times.look(method) for method in methods]
        assert len({(one["color"], one["marker"]) for one in looks}) == len({one["label"] for one in looks})
        assert len(looks) == len({one["label"] for one in looks})


def test_totals_are_n_times_the_seconds_of_each(axes):
    n = np.array([1.0, 10.0])
    columns = sampler_times.draw_totals(axes, n, ("wolff",), np.array([0.5]), np.array([3.0, 4.0]))
    np.testing.assert_allclose(columns["wolff"], [0.5, 5.0])
    np.testing.assert_allclose(columns["autoencoder"], [3.0, 4.0])


def test_a_legend_holds_every_label_of_all_panels_once():
    figure, axes = sampler_times.panels(("a", "b"), "x", "y")
    for axis in axes:
        sampler_times.draw(axis, [1.0], ("wolff",), np.ones((1, 1)), np.ones((1, 1)))
    axes[1].plot([1.0], [1.0], label="other")
    sampler_times.legend(figure, axes)
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["Wolff", "other"]
    assert [axis.get_title() for axis in axes] == ["a", "b"]
    plt.close(figure)
