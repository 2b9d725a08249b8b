import matplotlib.pyplot as plt
import numpy as np

from spinbook.pages import picture
from spinbook.plots import generated_sets
from spinlib.networks.unet import ConditionalUNet


def test_the_boxes_of_a_unet_name_its_channels_and_sides():
    network = ConditionalUNet((16, 16), widths=(3, 5, 7, 9), embedding=8)
    figure = generated_sets.unet(network, {"noise": np.zeros((16, 16)), "end": np.ones((16, 16))})
    told = [one.get_text() for one in figure.axes[-1].texts]
    assert [one for one in told if "x" in one] == [
        "3\n(16 x 16)", "5\n(8 x 8)", "7\n(4 x 4)", "9\n(2 x 2)", "7\n(4 x 4)", "5\n(8 x 8)", "3\n(16 x 16)",
    ]  # fmt: skip
    assert [axis.get_title() for axis in figure.axes[:-1]] == ["noise", "end"]
    figure.draw_without_rendering()
    width = figure.axes[-1].get_window_extent().width / figure.dpi
    assert width <= picture.STACKED_WIDTH  # else a phone shrinks what is written in the boxes
    boxes = [patch.get_window_extent() for patch in figure.axes[-1].patches]
    labels = [text.get_window_extent() for text in figure.axes[-1].texts if "x" in text.get_text()]
    assert all(box.x0 < label.x0 and label.x1 < box.x1 for box, label in zip(boxes, labels, strict=True))
    plt.close(figure)


def test_ways_are_drawn_column_by_column():
    x, values = np.linspace(0, 1, 3), np.arange(6.0).reshape(2, 3)
    figure, columns = generated_sets.ways(
        {"energy": {"a": (x, values)}, "order": {"a": (x, -values)}}, [("T = 1", -2, 1), ("T = 2", -1, 0.5)]
    )
    assert len(figure.axes) == 4
    np.testing.assert_array_equal(columns["energy, a, T = 2"], values[1])
    np.testing.assert_array_equal(figure.axes[1].lines[-1].get_ydata(), values[1])
    np.testing.assert_array_equal(figure.axes[2].lines[-1].get_ydata(), -values[0])
    plt.close(figure)


def test_shares_of_a_distribution_add_up_to_one_with_what_is_outside():
    figure, columns = generated_sets.distributions(
        {"model": {"T = 1": [-3.0, 0.1, 0.2, 0.9]}}, label="m", bins=np.linspace(-1, 1, 5)
    )
    np.testing.assert_array_equal(columns["model, T = 1"], [0.25, 0, 0.5, 0.25])
    np.testing.assert_array_equal(columns["to"], [-0.5, 0, 0.5, 1])
    plt.close(figure)


def test_logarithms_are_of_minus_the_energy():
    T = np.array([1.0, 2.0])
    figure, columns = generated_sets.logarithmic(T, {"a": ([-2.0, -1.0], [1.0, 0.5])}, ([-2.0, -1.5], [1.0, 0.9]))
    np.testing.assert_array_equal(columns["minus energy per site [J], a"], [2.0, 1.0])
    np.testing.assert_array_equal(columns["⟨|m|⟩, exact"], [1.0, 0.9])
    assert {axis.get_yscale() for axis in figure.axes} == {"log"}
    plt.close(figure)
