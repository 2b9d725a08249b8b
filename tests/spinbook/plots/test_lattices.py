"""Pictures of spins and cells: colours by type, and outlines where numbers change."""

from __future__ import annotations

import matplotlib
import numpy as np
import pytest

matplotlib.use("agg")
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb

from spinbook.plots import style
from spinbook.plots.lattices import CELL_TYPES, draw_cells, draw_spins


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
