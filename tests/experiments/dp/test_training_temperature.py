"""Best training temperatures and summits of gradients, on curves whose answers are known."""

from __future__ import annotations

import numpy as np

from experiments.dp.training_temperature import gain_of_best, summit

T = np.array([0.1, 0.2, 0.4, 0.8, 1.6])


def test_the_summit_of_parabolas_in_log_t_is_found_between_the_points():
    peaks = np.array([0.3, 0.5])
    values = 1 - (np.log(T)[:, None] - np.log(peaks)) ** 2
    assert np.allclose(summit(values, T), peaks)


def test_a_monotone_curve_has_its_summit_at_its_end():
    assert np.allclose(summit(np.stack([1 / T, T], axis=1), T), T[[0, -1]])


def test_the_best_temperature_is_chosen_without_the_seed_that_it_is_used_for():
    loss = np.array([[0.0, 1.0, 1.0], [0.5, 0.9, 0.2], [2.0, 2.0, 2.0]])
    # Without seeds 0 and 1 the second row has the lowest mean, without seed 2 the first one.
    assert np.allclose(gain_of_best(loss, 2), [1.5, 1.1, 1.0])
    assert np.allclose(gain_of_best(loss, 0), [-0.5, 0.1, 0.0])
