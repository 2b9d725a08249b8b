import matplotlib.pyplot as plt
import numpy as np

from spinbook.plots import data_sets


def test_times_have_standard_errors_over_groups():
    T, groups = np.array([2.0, 2.5]), np.array([[1.0, 2.0, 3.0, 2.0], [0.5, 0.5, 0.7, 0.5]])
    figure, columns = data_sets.times({"16 x 16": {"energy, a": (T, groups), "energy, b": (T[:1], groups[:1])}})
    np.testing.assert_allclose(columns["16 x 16, energy, a"], groups.mean(axis=1))
    np.testing.assert_allclose(columns["16 x 16, energy, a, error"], groups.std(axis=1, ddof=1) / 2)
    assert figure.axes[0].get_title() == "16 x 16"
    plt.close(figure)


def test_shares_of_m_add_up_to_one():
    rng, T = np.random.default_rng(1), np.array([2.0, 2.5])
    figure, columns = data_sets.magnetization(T, {"|m|": rng.random((2, 5))}, {"T = 2": rng.uniform(-1, 1, 500)})
    assert columns["share, T = 2"].sum() == 1
    assert len(columns["m"]) == 40
    plt.close(figure)


def test_the_drawn_power_law_has_the_exponent_and_goes_through_the_middle_of_its_points():
    r = np.arange(1, 17)
    runs = 0.7 * r**-0.25 * np.array([[0.9], [1.1]])
    figure, columns = data_sets.correlations({"T = 2.3": runs}, [(2, 8, 0.25)])
    np.testing.assert_allclose(columns["T = 2.3"], runs.mean(axis=0))
    x, y = figure.axes[0].lines[-1].get_data()
    np.testing.assert_allclose(y, 0.7 * np.asarray(x, float) ** -0.25)
    plt.close(figure)
