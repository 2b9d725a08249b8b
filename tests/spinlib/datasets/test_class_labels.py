"""Bins of temperatures."""

import numpy as np
import pytest

from spinlib.datasets.class_labels import classes_of

EDGES = [0.0, 1.055, 2.119, 2.320, 4.0]


def test_bins_hold_their_lower_edge():
    assert classes_of(EDGES, EDGES).tolist() == [0, 1, 2, 3, 3]
    assert classes_of([[1.0, 1.1]], EDGES).shape == (1, 2)


@pytest.mark.parametrize("T", [-0.1, 4.1, np.nan])
def test_bins_have_to_cover_the_temperatures(T):
    with pytest.raises(ValueError, match=r"the bins cover 0.0 to 4.0 only"):
        classes_of([1.0, T], EDGES)


def test_edges_have_to_rise():
    with pytest.raises(ValueError, match="rising"):
        classes_of([1.0], [2.0, 1.0])
