"""Best training temperatures and summits of gradients, on curves whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.dp.training_temperature import (
    Training,
    distance_of_maxima,
    gain_of_best,
    place_of_maximum,
    places,
    summit,
    trainings,
)

T = np.array([0.1, 0.2, 0.4, 0.8, 1.6])


def parabola(peak):
    return 1 - (np.log(T) - np.log(peak)) ** 2


@pytest.mark.parametrize("peak", [0.3, 0.5])
def test_the_summit_of_a_parabola_in_log_t_is_found_between_the_points(peak):
    assert summit(parabola(peak), T) == pytest.approx(peak)


def test_a_monotone_curve_has_its_summit_at_its_end():
    assert summit(1 / T, T) == T[0]
    assert summit(T, T) == T[-1]


def test_the_maximum_is_that_of_the_mean_curve_not_the_mean_of_maxima():
    low, high = np.array([0.0, 4, 0, 1, 0]), np.array([0.0, 1, 0, 3, 0])
    values = np.stack([low, low, high], axis=1)  # means 3 at the low hump, 5/3 at the high one
    each = np.mean([summit(seed, T) for seed in values.T])
    assert summit(values.mean(axis=1), T) < 0.25 < each
    assert place_of_maximum(values, T).value == pytest.approx(summit(values.mean(axis=1), T))


def test_the_error_is_that_of_the_mean_over_seeds():
    # Parabolas whose maxima scatter: the mean curve's maximum is their geometric mean.
    scatter = np.random.default_rng(3).normal(scale=0.2, size=64)
    values = np.stack([parabola(0.4 * np.exp(shift)) for shift in scatter], axis=1)
    found = place_of_maximum(values, T)
    assert found.value == pytest.approx(0.4 * np.exp(scatter.mean()))
    expected = found.value * scatter.std(ddof=1) / np.sqrt(64)
    assert 0.8 * expected < found.error < 1.2 * expected


def test_equal_seeds_leave_no_error():
    assert place_of_maximum(np.stack([parabola(0.4)] * 16, axis=1), T).error < 1e-12


def test_the_distance_of_two_maxima_knows_that_the_seeds_are_the_same():
    scatter = np.random.default_rng(3).normal(scale=0.2, size=16)
    values = np.stack([parabola(0.4 * np.exp(shift)) for shift in scatter], axis=1)
    assert distance_of_maxima(values, values, T) == (0, 0)
    shifted = np.stack([parabola(0.3 * np.exp(shift)) for shift in scatter], axis=1)
    found = distance_of_maxima(values, shifted, T)
    assert found.value == pytest.approx(0.1 * np.exp(scatter.mean()))
    assert 0 < found.error < 0.25 * place_of_maximum(values, T).error + 0.01


def test_the_best_temperature_is_chosen_without_the_seed_that_it_is_used_for():
    loss = np.array([[0.0, 1.0, 1.0], [0.5, 0.9, 0.2], [2.0, 2.0, 2.0]])
    # Without seeds 0 and 1 the second row has the lowest mean, without seed 2 the first one.
    assert np.allclose(gain_of_best(loss, 2), [1.5, 1.1, 1.0])
    assert np.allclose(gain_of_best(loss, 0), [-0.5, 0.1, 0.0])


def test_places_of_a_training_and_how_the_gradients_agree_there():
    loss = np.stack([-parabola(0.3)] * 16, axis=1)
    gradient = np.stack([parabola(0.5)] * 16, axis=1)
    found = places(Training(loss, loss, gradient, np.stack([1 / T] * 16, axis=1)), T)
    assert found.best.value == pytest.approx(0.3)
    assert found.peak.value == pytest.approx(0.5)
    assert found.apart.value == pytest.approx(-0.2)
    assert found.agree_best == pytest.approx(np.interp(0.3, T, 1 / T))
    assert found.agree_peak == pytest.approx(np.interp(0.5, T, 1 / T))
    assert str(found.best) == "0.30 ± 0.00"


class Stored(dict):
    def __init__(self, settings, **values):
        super().__init__(values)
        self.settings = settings


def test_trainings_are_named_by_reading_and_their_gradients_are_those_of_the_sum_over_spins():
    values = {name: np.arange(2.0 * 5 * 16).reshape(2, 5, 16) for name in Training._fields}
    heat = Stored({"size": 4}, setup=["persistent", "restart"], alpha=[10, 10], **values)
    literal = Stored({"size": 2, "alpha": 10}, **{name: value[0] for name, value in values.items()})
    found = trainings(heat, literal)
    assert list(found) == ["one chain, α = 10", "same start, α = 10", "one chain, α = 10, line by line"]
    assert np.array_equal(found["same start, α = 10"].gradient, 16 * values["gradient"][1])
    assert np.array_equal(found["same start, α = 10"].loss, values["loss"][1])
    assert np.array_equal(found["one chain, α = 10, line by line"].gradient, 4 * values["gradient"][0])
