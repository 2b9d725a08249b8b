import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from spinbook.plots import colorings
from spinlib.lattice import Lattice


@pytest.fixture
def axis():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def test_arrows_stand_on_their_sites(axis):
    colorings.draw_arrows(axis, np.array([[1, -1, 1], [-1, -1, 1]]))
    circles, up, down = axis.collections
    assert len(circles.get_offsets()) == 6
    assert {tuple(place) for place in up.get_offsets()} == {(0, 0), (2, 0), (2, 1)}
    assert {tuple(place) for place in down.get_offsets()} == {(1, 0), (0, 1), (1, 1)}


def test_neighbours_have_other_colours_and_triangular_rows_are_shifted(axis):
    lattice = Lattice((3, 3), "free", "triangular")
    colorings.draw_coloring(axis, lattice, lattice.coloring)
    (sites,) = axis.collections
    places, shown = sites.get_offsets(), [to_hex(color) for color in sites.get_facecolors()]
    assert places[3].tolist() == [0.5, 1.0]
    i, j, *_ = lattice.bonds
    assert all(shown[a] != shown[b] for a, b in zip(i, j, strict=True))


def test_too_many_colours_are_refused(axis):
    with pytest.raises(ValueError, match="10 colours"):
        colorings.draw_coloring(axis, Lattice((2, 5)), np.arange(10).reshape(2, 5))
