"""Mean curves with bands: what is drawn, and that the columns hold it."""

from __future__ import annotations

import matplotlib
import numpy as np
import pytest

matplotlib.use("agg")
from matplotlib import pyplot as plt

from spinbook.plots.curves import curve_with_band, mean_with_band, trainings

RUNS = np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 7.0]])


@pytest.fixture
def axis():
    figure, axis = plt.subplots()
    yield axis
    plt.close(figure)


def band(axis):
    """Lowest and highest y of the band at x = 2."""
    vertices = axis.collections[0].get_paths()[0].vertices
    return [f(vertices[vertices[:, 0] == 2, 1]) for f in (np.min, np.max)]


def test_a_band_of_two_standard_errors_and_the_columns_of_mean_and_error(axis):
    columns = mean_with_band(axis, [0, 1, 2], RUNS, "energy", color="red", label="E")
    assert list(columns) == ["energy", "energy error"]
    assert columns["energy"].tolist() == [2, 2, 5]
    assert columns["energy error"] == pytest.approx([1, 0, 2])
    assert band(axis) == pytest.approx([1, 9])
    (line,) = axis.lines
    assert line.get_ydata().tolist() == [2, 2, 5]
    assert (line.get_label(), line.get_color()) == ("E", "red")


def test_a_band_from_the_lowest_run_to_the_highest(axis):
    columns = mean_with_band(axis, [0, 1, 2], RUNS, "energy", band="range")
    assert columns["energy lowest"].tolist() == [1, 2, 3]
    assert columns["energy highest"].tolist() == [3, 2, 7]
    assert band(axis) == [3, 7]
    assert axis.lines[0].get_label() == "energy"


@pytest.mark.parametrize(("runs", "wrong"), [(RUNS, "quartiles"), (RUNS[:1], "errors"), (RUNS[0], "errors")])
def test_another_band_and_too_few_runs_are_refused(axis, runs, wrong):
    with pytest.raises(ValueError, match="allowed"):
        mean_with_band(axis, [0, 1, 2], runs, "energy", band=wrong)


def test_a_curve_whose_errors_are_known(axis):
    columns = curve_with_band(axis, [0, 1, 2], [2, 2, 5], [1, 0, 2], "energy", linestyle="--")
    assert {name: column.tolist() for name, column in columns.items()} == {
        "energy": [2, 2, 5],
        "energy error": [1, 0, 2],
    }
    assert band(axis) == pytest.approx([1, 9])
    assert (axis.lines[0].get_label(), axis.lines[0].get_linestyle()) == ("energy", "--")


def test_trainings_are_drawn_with_the_range_of_their_runs():
    runs = np.array([[3.0, 2.0, 1.0], [5.0, 2.0, 3.0]])
    figure, columns = trainings({"one": {"loss": runs}, "two": {"loss": runs + 1, "other": runs}}, "loss [nats]")
    assert [axis.get_title() for axis in figure.axes] == ["one", "two"]
    assert [len(axis.lines) for axis in figure.axes] == [1, 2]
    assert figure.axes[0].get_ylabel() == "loss [nats]"
    found = columns["one: loss"]
    assert found["epoch"].tolist() == [1, 2, 3]
    assert found["loss"].tolist() == [4, 2, 2]
    assert (found["loss lowest"].tolist(), found["loss highest"].tolist()) == ([3, 2, 1], [5, 2, 3])
    plt.close(figure)
