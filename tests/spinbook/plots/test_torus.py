import matplotlib.pyplot as plt
import numpy as np
import pytest

from spinbook.plots import torus


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_energies_are_drawn_where_there_are_any():
    levels = np.arange(5.0)
    law = np.array([0.0, 0.5, 0.5, 0.0, 0.0])
    figure = torus.energies(
        levels, [("T = 1", law, {"network": [[0, 0.2, 0.4, 0.4, 0], [0, 0.4, 0.4, 0.2, 0], [0, 0.3, 0.4, 0.3, 0]]})]
    )
    (panel,) = figure.axes
    assert panel.get_xlim() == (1.0, 3.0)
    assert panel.get_ylim()[0] == 0.0
    assert panel.lines[0].get_ydata().tolist() == pytest.approx([0.3, 0.4])


def test_wrong_sites_are_marked_and_no_others():
    right = np.ones((2, 4, 4), np.int8)
    wrong = right.copy()
    wrong[1, 2, 3] = -1
    figure = torus.pictures([("T = 1", [("Monte Carlo", right, None), ("reconstructed", wrong, right)])])
    marks = [axis.lines[0].get_xydata().tolist() for axis in figure.subfigs[0].axes if axis.lines]
    assert marks == [[], [[3.0, 2.0]]]
    assert [axis.get_ylabel() for axis in figure.subfigs[0].axes] == ["Monte Carlo", "", "reconstructed", ""]


def test_modes_stand_against_the_exact_ones():
    exact = np.array([[1.0, 2.0], [4.0, 8.0]])
    (panel,) = torus.modes([("T = 1", exact, {"network": exact / 2})], 0.5).axes
    assert panel.lines[-1].get_xydata().tolist() == [[1, 0.5], [2, 1], [4, 2], [8, 4]]
    assert panel.get_xscale() == panel.get_yscale() == "log"


def test_variants_stand_below_each_other():
    series = {"first": [[1.0, 2.0, 3.0], [1.0, 3.0, 2.0]], "second": [[5.0, 6.0, 4.0], [6.0, 5.0, 7.0]]}
    first, second = torus.choices([1.0, 2.0], [("energy", series), ("heat", series)]).axes
    assert second.get_legend() is not None
    assert [label.get_text() for label in first.get_yticklabels()] == ["first", "second"]
    assert first.get_ylim()[0] > first.get_ylim()[1]
    places = [container.lines[0].get_xdata()[0] for container in second.containers]
    assert places == [2.0, 2.0, 5.0, 6.0]


def test_every_seed_has_its_curve():
    figure, drawn = torus.training(
        [1, 2, 3],
        {"T = 1": [[3, 2, 1], [3, 2, 2]]},
        [1.0, 2.0],
        {"active": [[1, 2, 1.5], [3, 4, 3.5]]},
        {"linear": [1, 2]},
    )
    left, right = figure.axes
    assert len(left.lines) == 2
    assert [text.get_text() for text in right.get_legend().get_texts()] == ["linear", "active"]
    assert drawn["T = 1"].tolist() == [3, 2, 1.5]
    assert drawn["active"].tolist() == [1.5, 3.5]
