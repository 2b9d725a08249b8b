import matplotlib.pyplot as plt
import numpy as np

from spinbook.plots import set_comparisons


def test_correlations_are_means_over_runs_and_what_lies_below_the_floor_is_not_drawn():
    r = np.arange(1, 9)
    runs = np.array([[0.9], [1.1]]) * r**-4.0
    rows = [(f"{k}", {"a": {"T = 2": runs}, "b": {"T = 2": runs}}, {"T = 2": r**-4.0}) for k in range(2)]
    figure, columns = set_comparisons.correlations(rows, floor=1e-3)
    np.testing.assert_allclose(columns["a, 0, T = 2"], r**-4.0)
    np.testing.assert_allclose(columns["a, 0, T = 2, spread"], np.sqrt(0.02) * r**-4.0)
    assert len(figure.axes) == 4
    points = figure.axes[0].containers[0].lines[0].get_ydata()
    assert len(points) == 5  # 5^-4 is above 1e-3, 6^-4 below
    plt.close(figure)


def test_independent_sets_are_a_line_beside_means_over_trainings():
    T, values = np.array([2.0, 2.5]), np.array([[1.0, 2.0, 3.0], [2.0, 2.0, 5.0]])
    figure, columns = set_comparisons.against_independent(T, {"model": values}, (T, [1.0, 2.0]), "length")
    np.testing.assert_allclose(columns["model"], [2.0, 3.0])
    np.testing.assert_allclose(figure.axes[0].lines[0].get_ydata(), [1.0, 2.0])
    plt.close(figure)


def test_snapshots_name_temperatures_once_and_sources_beside():
    pictures = np.where(np.random.default_rng(1).random((2, 2, 4, 4)) < 0.5, -1, 1)
    figure, columns = set_comparisons.snapshots({"data": pictures, "model": -pictures}, ["T = 1", "T = 2"])
    assert [axis.get_title() for axis in figure.axes] == ["T = 1", "T = 1", "T = 2", "T = 2", "", "", "", ""]
    assert [figure.axes[k].get_ylabel() for k in (0, 4)] == ["data", "model"]
    np.testing.assert_allclose(columns["m, model"], -columns["m, data"])
    plt.close(figure)


def test_values_after_sweeps_stand_beside_the_exact_one():
    sweeps, values = [0, 1, 10], np.array([[0.0, -1.0, -1.4], [0.2, -1.0, -1.4]])
    figure, columns = set_comparisons.after_sweeps(sweeps, [("energy", {"random": values}, -1.5)])
    np.testing.assert_allclose(columns["energy, random"], [0.1, -1.0, -1.4])
    np.testing.assert_allclose(figure.axes[0].lines[0].get_ydata(), -1.5)
    plt.close(figure)
