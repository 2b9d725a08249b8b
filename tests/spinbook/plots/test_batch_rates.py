import matplotlib.pyplot as plt
import numpy as np

from spinbook.plots import batch_rates


def test_only_measured_rates_have_points_and_rows():
    figure, axes = plt.subplots()
    values = np.array([[1.0, 2.0, 6.0], [10.0, 20.0, 60.0]])
    found = batch_rates.draw(axes, [1, 100], {"all": batch_rates.Rates(values), "few": batch_rates.Rates(values, 10)})
    np.testing.assert_array_equal(found["all_median"], [2.0, 20.0])
    np.testing.assert_array_equal(found["few_max"], [6.0, np.nan])
    assert [len(container.lines[0].get_xdata()) for container in axes.containers] == [2, 1]
    plt.close(figure)
