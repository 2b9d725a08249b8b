"""Colours for a dark ground: text keeps its contrast, what is drawn on a picture keeps its colour."""

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D

from spinbook.plots import dark, style


@pytest.mark.parametrize("colour", ["black", "#333333", "0.4", *style.COLORS.values(), "navy", "darkred"])
def test_ink_and_series_keep_the_contrast_of_text(colour):
    assert style.contrast(dark.on_dark(to_rgba(colour))[:3], dark.GROUND) >= 4.5


def test_white_becomes_the_ground_and_transparency_stays():
    assert dark.on_dark((1.0, 1.0, 1.0, 0.3)) == pytest.approx((*to_rgba(dark.GROUND)[:3], 0.3))


@pytest.mark.parametrize("colour", [*style.COLORS.values(), "black"])
def test_text_on_white_can_be_read(colour):
    changed = dark.readable_on_white(to_rgba(colour))
    assert style.contrast(changed[:3], "white") >= 4.5
    if style.contrast(colour, "white") >= 4.5:
        assert changed == to_rgba(colour)


@pytest.fixture
def figure():
    figure, _ = plt.subplots()
    yield figure
    plt.close(figure)


def ground(artist):
    return style.contrast(to_rgba(artist)[:3], dark.GROUND)


def test_all_that_is_black_becomes_light(figure):
    axes = figure.axes[0]
    bars = axes.errorbar([0, 1], [0, 1], [0.1, 0.1], color="black", label="exact", marker="o")
    rectangle = axes.add_patch(plt.Rectangle((0, 0), 1, 1, facecolor="white", edgecolor="black"))
    text = axes.annotate("note", (0.5, 0.5), (0.2, 0.2), arrowprops={"arrowstyle": "->"})
    axes.set_title("title")
    axes.set_xlabel("x")
    legend = axes.legend()
    figure.draw_without_rendering()
    dark.recolour(figure)
    shown = [bars.lines[0].get_color(), bars.lines[0].get_markerfacecolor(), bars.lines[2][0].get_edgecolor()[0]]
    shown += [rectangle.get_edgecolor(), text.get_color(), text.arrow_patch.get_edgecolor(), axes.title.get_color()]
    shown += [axes.xaxis.label.get_color(), axes.get_xticklabels()[0].get_color(), axes.spines["left"].get_edgecolor()]
    shown += [legend.get_texts()[0].get_color(), *(line.get_color() for line in legend.findobj(Line2D))]
    assert [round(ground(colour), 1) for colour in shown] == [round(ground(dark.INK), 1)] * len(shown)
    for patch in (figure.patch, axes.patch, rectangle):
        assert patch.get_facecolor() == pytest.approx(to_rgba(dark.GROUND))


def test_a_picture_and_what_stands_on_it_keep_their_colours(figure):
    axes = figure.axes[0]
    picture = axes.imshow(np.arange(16).reshape(4, 4), cmap="cividis")
    before = picture.get_cmap()(0.3)
    lines = axes.hlines([1.5], 0, 3, color="black")
    inside, outside = axes.text(1, 1, "on it"), axes.text(5, 1, "beside it")
    figure.draw_without_rendering()
    dark.recolour(figure)
    assert picture.get_cmap()(0.3) == before
    assert tuple(lines.get_edgecolor()[0]) == to_rgba("black")
    assert inside.get_color() == "black"
    assert ground(outside.get_color()) > 4.5


def test_colours_that_stand_for_values_are_kept(figure):
    points = figure.axes[0].scatter([0, 1, 2], [0, 1, 2], c=[0.0, 0.5, 1.0], cmap="cividis")
    figure.draw_without_rendering()
    before = points.get_facecolor().copy()
    dark.recolour(figure)
    figure.draw_without_rendering()
    np.testing.assert_array_equal(points.get_facecolor(), before)


@pytest.mark.parametrize("alpha", [1.0, 0.3])
@pytest.mark.parametrize("colour", ["sky", "orange", "yellow"])
def test_what_is_written_on_a_coloured_box_can_be_read(figure, colour, alpha):
    axes = figure.axes[0]
    box = axes.add_patch(plt.Rectangle((0.2, 0.2), 0.6, 0.6, facecolor=(style.COLORS[colour], alpha)))
    label = axes.annotate("32", (0.5, 0.5), ha="center", va="center")
    beside = axes.annotate("32", (0.5, 0.9), ha="center", va="center")
    figure.draw_without_rendering()
    dark.recolour(figure)
    shown = alpha * np.array(box.get_facecolor()[:3]) + (1 - alpha) * np.array(to_rgba(dark.GROUND)[:3])
    assert style.contrast(to_rgba(label.get_color())[:3], shown) >= 4.5
    assert ground(beside.get_color()) >= 4.5
