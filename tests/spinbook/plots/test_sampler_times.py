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
    (arrow,) = axes.texts
    assert arrow.xyann == (2.0, 125.0) or arrow.xy == (2.0, 125.0)
    assert axes.get_yscale() == "log"
    assert axes.get_legend_handles_labels()[1] == ["single flips, random sites", "Wolff"]


def test_every_method_that_is_timed_has_a_name_and_a_look_of_its_own():
    methods = {method for each in crossover.METHODS.values() for method in each}
    looks = [(sampler_times.look(method)["color"], sampler_times.look(method)["marker"]) for method in methods]
    assert len(set(looks)) == len(methods) == len(sampler_times.NAMES)
