"""The rows of the league table, of models that were not asked at every temperature, too."""

import numpy as np
import pytest

from experiments.fid.standings import Standings

T = np.array([1.2, 1.8, 2.3])
EXACT = {"energy": np.array([-2.0, -1.9, -1.5])}


@pytest.fixture
def bench():
    table = Standings(T, EXACT)
    ours = np.tile([-1.9, -2.0, -2.1], (3, 1))
    table.rows["all"] = {"energy": ours, "seconds": np.full((3, 3), 4.0), "parameters": 1}
    # On a grid without 1.2, in another order than that of the bench.
    few = table.at(np.array([2.3, 3.0, 1.8]), np.array([[-1.5, -1.5, -1.5], [0.0, 0.0, 0.0], [-1.9, -1.9, -1.9]]))
    table.rows["few"] = {"energy": few, "seconds": np.where(np.isnan(few), np.nan, 8.0), "parameters": 1}
    table.rows["sampler"] = {"energy": ours, "seconds": np.full((3, 3), 2.0)}
    return table


def test_values_are_put_at_the_temperatures_of_the_bench(bench):
    few = bench.rows["few"]["energy"]
    assert np.isnan(few[0]).all()
    np.testing.assert_array_equal(few[1:, 0], [-1.9, -1.5])


def test_distances_are_in_percent_of_the_reference(bench):
    mean, error = bench.found("all", "energy")
    np.testing.assert_allclose(mean, 100 * (-2.0 / EXACT["energy"] - 1))
    assert (error > 0).all()
    mean, error = bench.found("few", "energy")
    assert np.isnan(mean[0])
    assert np.isnan(error[0])
    np.testing.assert_allclose(mean[1:], 0.0, atol=1e-9)
    assert bench.mean_distance("few", "energy")[0] == pytest.approx(0.0, abs=1e-9)


def test_the_best_of_the_others_is_sought_where_they_were_asked(bench):
    bench.rows["better"] = {"energy": bench.rows["few"]["energy"] * 1.01, "seconds": np.full((3, 3), 1.0)}
    difference, _ = bench.less_best("energy", "all", ["few", "sampler"])
    # At the first temperature the sampler alone, which has the energies of "all".
    assert difference[0] == pytest.approx(0.0)
    np.testing.assert_allclose(difference[1:], np.maximum(0.0, 100 * (-2.0 / EXACT["energy"] - 1))[1:], atol=1e-9)


def test_ratios_of_times_leave_out_what_was_not_asked(bench):
    rows = bench.ratios("sampler")
    assert [(name, t) for _, _, name, t in rows if name == "few"] == [("few", 1.8), ("few", 2.3)]
    assert rows[0][:1] == (2.0,)
    assert len(rows) == 5
    assert bench.networks == ["all", "few"]
