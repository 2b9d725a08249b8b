"""Pictures of spins and cells: colours by type, and outlines where numbers change."""

from __future__ import annotations

import matplotlib
import numpy as np
import pytest

matplotlib.use("agg")
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex, to_rgb

from spinbook.plots import lattices, style
from spinbook.plots.lattices import CELL_TYPES, draw_cells, draw_spins
from spinlib.models import Ising


@pytest.fixture
def axis():
    figure, axis = plt.subplots()
    yield axis
    plt.close(figure)


def colors(axis):
    (image,) = axis.images
    return image.cmap(image.norm(image.get_array()))[..., :3]


def test_up_is_light_and_down_is_dark(axis):
    draw_spins(axis, np.array([[1, -1]]), "start")
    dark, light = map(to_rgb, style.SPINS)
    assert np.allclose(colors(axis), [[light, dark]])
    assert axis.get_title() == "start"


def test_cells_have_the_colour_of_their_type_and_outlines_where_they_end(axis):
    cells = np.array([[0, 1, 1], [0, 2, 2]])
    draw_cells(axis, cells, np.array([0, 1, 2]))
    dark, light = map(to_rgb, CELL_TYPES)
    (image,) = axis.images
    drawn = image.cmap(image.norm(image.get_array()))
    assert np.allclose(drawn[:, 1:, :3], [[dark, dark], [light, light]])
    assert (drawn[:, 0, 3] == 0).all()
    horizontal, vertical = (lines.get_segments() for lines in axis.collections)
    assert [segment.tolist() for segment in horizontal] == [[[0.5, 0.5], [1.5, 0.5]], [[1.5, 0.5], [2.5, 0.5]]]
    assert [segment.tolist() for segment in vertical] == [[[0.5, -0.5], [0.5, 0.5]], [[0.5, 0.5], [0.5, 1.5]]]


def test_a_box_without_cells_says_so_and_keeps_its_shape(axis):
    draw_cells(axis, np.zeros((4, 6), int), np.array([0]), "300 MCS")
    assert [text.get_text() for text in axis.texts] == ["no cell\nis left"]
    assert not axis.images
    assert (axis.get_xlim(), axis.get_ylim()) == ((-0.5, 5.5), (3.5, -0.5))


def test_a_panel_shows_each_configuration_in_its_place():
    pictures = [np.full((3, 3), sign) for sign in (1, -1, 1)]
    figure = lattices.panel(pictures, ["a", "b", "c"], columns=2)
    assert [axis.get_title() for axis in figure.axes] == ["a", "b", "c", ""]
    assert [bool(axis.axison) for axis in figure.axes] == [True, True, True, False]
    blue, yellow = (figure.axes[k].images[0].to_rgba(pictures[k])[0, 0] for k in (0, 1))
    assert to_hex(blue) == style.COLORS["blue"].lower()
    assert to_hex(yellow) == style.COLORS["yellow"].lower()
    plt.close(figure)


@pytest.mark.parametrize(
    ("boundary", "ends", "turned", "fixed"),
    [("periodic", 12, 0, 0), ("antiperiodic", 12, 12, 0), ("free", 0, 0, 0), (("plus_minus", "periodic"), 6, 0, 6)],
)
def test_a_boundary_shows_what_wraps_and_what_is_fixed(boundary, ends, turned, fixed):
    """3 x 3 sites have 12 bonds within, and 3 that wrap around along each axis, drawn as two ends each."""
    figure, axis = plt.subplots()
    lattices.draw_boundary(axis, Ising((3, 3), boundary=boundary), "t")
    assert len(axis.lines) == 12 + ends
    assert sum(line.get_linestyle() == ":" for line in axis.lines) == turned
    shown = [to_hex(color) for color in axis.collections[0].get_facecolors()]
    assert sum(color != "#bbbbbb" for color in shown) == fixed
    plt.close(figure)
