"""What is asked of generated sets is right on sets whose answers are known, and the data are the paper's."""

import numpy as np
import pytest

from experiments.fid import compared, models, sets
from experiments.fid import model_distances as off
from experiments.fid.diffusion import PICTURES, WAY, kept_steps
from spinbook.records.computation import Run
from spinbook.records.key import Key
from spinlib.datasets.training_sets import random_spins
from spinlib.exact import density_of_states, kaufman
from spinlib.learning.diffusion import PAPER_SCHEDULE

SHORT = {"L": 8, "configurations": 60, "burn_in": 200, "sweeps_between": 2}


def test_the_training_temperatures_are_the_papers():
    assert models.COARSE == [1.6, 1.8, 2.0, 2.2, 2.4, 2.6, 2.8, 3.0, 3.2, 3.4]
    near = [one for one in models.FINE if 2.0 <= one <= 2.5]
    assert near == [2.0, 2.05, 2.1, 2.15, 2.2, 2.25, 2.3, 2.35, 2.4, 2.45, 2.5]
    assert len(models.FINE) == 18


def test_the_schedule_of_1000_steps_is_the_papers_and_shorter_ones_end_in_noise():
    np.testing.assert_allclose(models.schedule_of({"steps": 1000}).betas, PAPER_SCHEDULE.betas)
    assert float(models.schedule_of({"steps": 50}).kept[-1]) < 1e-4


def test_a_set_of_one_configuration_has_no_fluctuations():
    found = models.measured(np.full((10, 8, 8), -0.9), 2.0)
    assert (found["energy"], found["order"], found["abs_of_mean"]) == (-2.0, 1.0, 1.0)
    assert found["binder"] == pytest.approx(2 / 3)
    assert found["raw_energy"] == pytest.approx(-2 * 0.81)
    assert found["heat"] == found["chi"] == found["hamming"] == found["many_domains"] == 0
    np.testing.assert_allclose(found["g"], 1.0)


def test_signs_are_aligned_before_the_second_distance():
    spins = np.ones((20, 8, 8))
    spins[::2] = -1
    found = models.measured(spins, 1.0)
    assert found["hamming"] == pytest.approx(10 * 10 / (20 * 19 / 2))
    assert found["hamming_aligned"] == 0
    assert found["abs_of_mean"] == 0
    assert found["order"] == 1


def test_the_energy_is_minus_twice_the_correlation_of_neighbours():
    x = np.random.default_rng(1).normal(size=(5, 8, 8))
    found = models.measured(x, 2.0)
    assert found["raw_energy"] == pytest.approx(-2 * found["raw_g"][0])
    assert found["energy"] == pytest.approx(-2 * found["g"][0])


def test_spins_are_kept_as_bits():
    spins = random_spins((8, 8), 7, seed=1)
    found = models.measured(spins, 2.0)
    assert found["spins"].shape == (7, 8)
    np.testing.assert_array_equal(sets.unpacked(found["spins"], 8), spins)


def test_stripes_are_told_from_a_single_domain():
    striped = np.ones((1, 8, 8))
    striped[:, :4] = -1
    assert models.measured(np.concatenate([striped, np.ones((3, 8, 8))]), 1.0)["many_domains"] == 0.25


def test_cluster_data_have_the_exact_energy_and_both_signs_and_cold_runs_one_sign():
    size, n = 8, 400
    settings = SHORT | {"configurations": n}
    spins, at = models.training_data([1.6, 2.6], "clusters", settings, 1)
    assert at.tolist() == [1.6] * n + [2.6] * n
    for k, temperature in enumerate((1.6, 2.6)):
        found = models.measured(spins[k * n : (k + 1) * n], temperature)
        exact = kaufman.energy(temperature, (size, size))
        assert abs(found["energy"] - exact) < 4 * found["deviation"] / np.sqrt(n)
    assert 0.3 < (spins[:n].sum(axis=(1, 2)) > 0).mean() < 0.7
    cold, _ = models.training_data([1.6], "protocol", SHORT, 1)
    assert (cold.sum(axis=(1, 2)) > 0).mean() > 0.9
    at_random = [models.training_data([1.6], "random", SHORT, seed)[0].sum(axis=(1, 2)) > 0 for seed in range(12)]
    assert 0 < np.mean([run.mean() > 0.5 for run in at_random]) < 1
    assert np.mean([max(run.mean(), 1 - run.mean()) for run in at_random]) > 0.9


def test_every_seed_has_a_data_set_of_its_own():
    first, second = (models.training_data([2.3], "protocol", SHORT, seed)[0] for seed in (1, 2))
    assert not np.array_equal(first, second)


def test_distances_are_those_of_means():
    exact = np.array([1.0, 2.0])
    values = np.array([[1.1, 1.1, 1.1001], [1.7, 1.8, 1.9]])
    value, error = off.largest(values, exact)
    assert value == pytest.approx(0.2)
    assert error == pytest.approx(2.1513 * 0.1 / np.sqrt(3), rel=1e-3)
    assert off.largest(values, exact, relative=True)[0] == pytest.approx(0.1, rel=1e-3)
    np.testing.assert_allclose(off.mean_distance(values, exact), [0.2, 0.15, 0.10005])
    assert compared.less([1.0, 2.0, 3.0], [0.0, 1.0, 2.0]).value == 1
    with pytest.raises(ValueError, match="no temperature between 5 and 6"):
        off.between([1.0, 2.0], 5, 6)


def test_references_are_exact_where_they_can_be():
    record = {
        "sizes": np.array([8, 16]),
        "T": [1.0, 2.0],
        "cluster_order": [[0, 0], [1.0, 0.9]],
        "cluster_chi": [[0, 0], [1, 3]],
    }
    found = off.references([1.5, 2.0], 16, record)
    np.testing.assert_allclose(found["energy"], kaufman.energy(np.array([1.5, 2.0]), (16, 16)))
    np.testing.assert_allclose(found["order"], [0.95, 0.9])
    np.testing.assert_allclose(found["chi"], [2, 3])


def test_pictures_are_among_the_steps_that_are_kept():
    steps = kept_steps({"steps": 1000, **WAY})
    assert steps[0] == 1000
    assert steps[-1] == 0
    assert {round(share * 1000) for share in PICTURES} <= set(steps)


def test_some_configurations_of_each_set_are_kept_and_all_are_measured(tmp_path):
    def training(name, settings, device, seed, checkpoint):
        return {"loss": 0.0, "training_seconds": 1.0, "parameters": 1}

    def generating(part, temperature, settings, device, seed):
        spins = np.ones((10, 8, 8))
        spins[5:] = -1
        return models.measured(spins, temperature)

    settings = {"seeds": 2, "T": [1.0, 2.0, 3.0]}
    run = Run(Key(tmp_path, "demo/sets", {"smoke": settings}), "smoke", "cpu", resumable=False)
    for kept, n in (({}, 10), ({"kept": 4}, 4)):
        found, _ = models.of_kinds(["A"], settings | kept, run, training, generating)
        assert found["spins"].shape == (1, 2, 3, n, 8)
        assert (sets.unpacked(found["spins"], 8)[..., :4, :, :] == 1).all()
        assert (found["abs_of_mean"] == 0).all()
        assert found["m"].shape[-1] == 10


def test_the_cumulant_of_cluster_samples_is_the_exact_one():
    temperatures = np.array([1.5, 2.5, 4.0])
    energies, magnetizations, counts = (np.array(one, float) for one in density_of_states.ising_torus_joint((4, 4)))
    weights = counts * np.exp(-energies / temperatures[:, None])
    two, four = ((weights * magnetizations**k).sum(axis=1) / weights.sum(axis=1) for k in (2, 4))
    found, error = off.binder(temperatures, 4)
    assert (error > 0).all()
    assert (np.abs(found - (1 - four / (3 * two**2))) < 4 * error).all()


def test_one_sided_temperatures_are_those_where_all_trainings_agree():
    T, exact = np.array([1.0, 1.1, 1.2, 1.3]), np.zeros(4)
    values = np.array([[1.0, 2.0], [0.1, 0.2], [-1.0, 1.0], [-3.0, -0.1]])
    sides = off.one_sided(T, values, exact)
    assert sides == {"above": [1.0, 1.1], "below": [1.3]}
    assert off.spans(sides["above"], T) == "T = 1 to 1.1"
    assert off.spans([1.0, 1.3], T) == "T = 1, 1.3"
    assert off.spans([], T) == "no temperature"
    assert off.farthest(T, values, exact) == 1.3


def test_noise_is_added_as_the_schedule_says():
    settings = {"steps": 1000}
    spins = np.ones((64, 64))
    noisy = models.noised(spins, [0, 300, 1000], settings)
    kept = models.schedule_of(settings).kept.numpy()
    np.testing.assert_array_equal(noisy[0], spins)
    assert noisy[1].mean() == pytest.approx(np.sqrt(kept[299]), abs=0.05)
    assert noisy[1].var() == pytest.approx(1 - kept[299], abs=0.05)
    assert noisy[2].var() == pytest.approx(1, abs=0.1)
