"""The analysis of benchmark rows, on rows whose answers are known."""

import numpy as np
import pandas as pd
import pytest

from experiments.library import exponents, jobs, limits
from experiments.library import rows as benchmark
from experiments.library.targets import Target


def row(name, subject, work, value, threads=1, unit="s"):
    return {
        "benchmark": name, "subject": subject, "work": work, "value": value, "unit": unit, "threads": threads,
        "device": "cpu", "spread": 0.1,
    }  # fmt: skip


def table(*rows, others=()):
    columns = list(row("", "", "", 0.0))
    return benchmark.table(*(pd.DataFrame(list(each), columns=columns).to_dict("list") for each in (rows, others)))


def test_sizes_are_read_from_the_work_and_other_models_come_from_their_own_record():
    old, new = row("other models", "wolff", "xy L=8", 1.0), row("other models", "wolff", "xy L=16 x4", 2.0)
    found = table(row("one lattice", "multispin", "ising L=256", 5.0), old, others=[new])
    assert found["L"].tolist() == [256, 16]
    assert found["lattices"].tolist() == [1, 4]
    assert benchmark.of(found, "other models")["value"].tolist() == [2.0]
    assert benchmark.columns(found, "value")["value"].tolist() == [5.0, 2.0]


def test_a_job_is_compared_with_the_fastest_way_of_the_fastest_other_package():
    work = "21 T, L=16, 1000 sweeps"
    found = table(
        row("everyday: curve", "sample auto", work, 0.5),
        row("everyday: curve", "mcising wolff", work, 6.0),
        row("everyday: curve", "mcising metropolis", work, 4.0),
        row("everyday: curve", "peapods", work, 5.0),
        row("everyday: curve", "peapods", work, 1.0, threads=2),
        row("everyday: energy error", "sample auto", "to 0.001", 1.0),
    )
    assert jobs.fastest(found)["curve, L = 16"]["mcising"] == ("mcising metropolis", 4.0)
    assert jobs.speedups(found) == {"curve, L = 16": 8.0}
    assert jobs.best_other(jobs.fastest(found)["energies to 0.001"]) is None


def test_configurations_that_are_kept_are_compared_with_the_run_that_keeps_none():
    works = {"21 T, nothing kept": 2.0, "21 T, in memory": 3.0, "21 T, zarr": 5.0}
    found = table(*(row("everyday: configurations", "sample auto", work, value) for work, value in works.items()))
    assert jobs.kept(found) == {"nothing kept": 1.0, "in memory": 1.5, "zarr": 2.5}


def test_an_exact_power_law_has_its_exponent_and_small_or_invalid_points_do_not_count():
    L = np.array([16, 32, 64, 128, 256])
    tau = 0.5 * L**2.17
    tau[0], error = 1.0, 0.01 * tau
    found = exponents.power_law(L, tau, error)
    assert found.z == pytest.approx(2.17)
    assert (found.dof, found.chi2) == (2, pytest.approx(0, abs=1e-12))
    # Slope of three equally spaced points with equal relative errors.
    error[-1] = np.nan
    assert exponents.power_law(L, tau, error).error == pytest.approx(0.01 / (np.log(2) * np.sqrt(2)))
    error[-2] = np.nan
    assert np.isnan(exponents.power_law(L, tau, error).z)


def test_the_bound_of_the_processor_follows_from_its_instructions():
    found = table(
        row("limits", "processor", "dependent additions", 3.0),
        row("limits", "processor", "vector instructions for 512 sites", 256.0),
        row("limits", "processor", "vector instructions of registers", 9.0),
        row("limits", "memory", "copy of 1 GiB", 12.0),
        row("limits", "multispin", "ising L=512", 16.0, unit="flips/ns"),
        row("one lattice", "multispin", "ising L=512", 16.0),
        row("one lattice", "multispin heat_bath", "ising L=512", 99.0),
        row("one lattice", "convolution", "ising L=512", 0.02),
        row("one lattice", "mcising", "ising L=512", 0.1),
    )
    bound = limits.limits(found)
    assert bound.most == 18.0
    assert bound.shares.tolist() == [[16.0 * 256 / 512 / 9.0, 16.0 * 3 / 8 / 12.0]]
    assert limits.packed_over(found) == {1: {"convolution": 800.0, "fastest other package": pytest.approx(160.0)}}


@pytest.mark.parametrize(
    ("relation", "found", "worst", "verdict"),
    [
        ("at least", [3.0, 2.0], 2.0, "met"),
        ("at least", [3.0, 1.9], 1.9, "not met"),
        ("at most", [1.0, 2.0], 2.0, "met"),
        ("at most", [1.0, 2.1], 2.1, "not met"),
        ("at most", [None], None, "not run"),
    ],
)
def test_a_target_is_judged_by_its_worst_value(relation, found, worst, verdict):
    target = Target("speed", found, "s", relation, 2, "a reason")
    assert (target.worst, target.verdict) == (worst, verdict)
