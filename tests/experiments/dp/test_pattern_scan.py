"""The best scale of a scan is chosen by one half of the seeds and measured by the other."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.dp.pattern_scan import best_overlaps, slowest


@pytest.fixture
def formed():
    """Two temperatures with two scales each, two patterns, 32 seeds: the first half says more than the second."""
    levels = np.array([[0.3, 0.1], [0.5, 0.2], [0.2, 0.6], [0.1, 0.4]])  # scale, pattern
    noise = np.tile([-0.01, 0.01], 16)
    overlap = levels[:, :, None] + noise
    overlap[..., :16] += np.array([0.0, 0.2, 0.0, 0.0])[:, None, None]
    return {"scan_T": np.array([1.0, 1.0, 2.0, 2.0]), "scan_overlap": overlap}


def test_each_pattern_has_its_best_scale_measured_without_the_seeds_that_chose_it(formed):
    found = best_overlaps(formed)
    assert [each.value for each in found] == pytest.approx([0.5, 0.6])
    assert [each.error for each in found] == pytest.approx([0.01 * np.sqrt(16 / 15) / 4] * 2)


def test_scales_of_one_temperature_are_chosen_from_on_request(formed):
    assert [each.value for each in best_overlaps(formed, 2.0)] == pytest.approx([0.2, 0.6])
    assert [each.value for each in best_overlaps(formed, 1.0)] == pytest.approx([0.5, 0.2])


def test_the_slowest_pattern_is_the_one_of_the_lowest_overlap(formed):
    assert slowest(best_overlaps(formed)).value == pytest.approx(0.5)
