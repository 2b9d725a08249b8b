from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from spinlib.models import CellularPotts
from spinlib.models.cell_sorting import LIGHT, TEMPERATURE, aggregate, sorting_model
from spinlib.samplers.cellular_potts.simulation import DYNAMICS, simulate
from spinlib.samplers.cellular_potts.unfolding import adhesion_energy_map

SHAPE = (24, 24)
START = aggregate(SHAPE, cells_per_side=3, cell_side=5)


def model(seed=0, neighborhood="moore"):
    return sorting_model(SHAPE, 9, seed=seed, neighborhood=neighborhood)


@pytest.mark.parametrize("dynamics", DYNAMICS)
def test_a_run_is_what_the_model_says_about_its_configurations(dynamics):
    torch.set_num_threads(1)
    times = [0, 1, 4, 9, 30]
    data = simulate(
        model(),
        START,
        30,
        TEMPERATURE,
        dynamics=dynamics,
        n_runs=3,
        seed=1,
        measure_at=times,
        snapshots_at=times,
    )
    assert dict(data.sizes) == {
        **{"run": 3, "time": 5, "pair": 5, "cell": 9, "snapshot": 5},
        **{"axis_0": 24, "axis_1": 24},
    }
    assert list(data.pair.values) == list(model().pair_names)
    np.testing.assert_array_equal(data.time, times)
    cells = data.cells.values
    assert cells.dtype == np.int16
    np.testing.assert_array_equal(cells[:, 0], np.repeat(START[None], 3, axis=0))
    np.testing.assert_array_equal(data.boundary_length, model().boundary_lengths(cells))
    np.testing.assert_array_equal(data.area, model().areas(cells)[..., 1:])
    np.testing.assert_allclose(data.energy, model().energy(cells), rtol=1e-13)
    # The paper's way to the same energy: unfolded patches, in which each pair stands twice.
    patches = adhesion_energy_map(model(), torch.from_numpy(cells[:, -1:].copy())).sum((1, 2, 3)) / 2
    constraint = ((data.area.values[:, -1] - 25) ** 2).sum(-1)
    np.testing.assert_allclose(data.energy[:, -1], patches.numpy() + constraint, rtol=1e-12)
    assert {"dynamics": dynamics, "temperature": 8.0, "n_sweeps": 30, "seed": "1"}.items() <= data.attrs.items()


def test_measuring_more_often_does_not_change_a_run():
    often = simulate(model(), START, 20, TEMPERATURE, seed=2, snapshots_at=[7, 20])
    once = simulate(model(), START, 20, TEMPERATURE, seed=2, measure_at=[20], snapshots_at=[20])
    np.testing.assert_array_equal(often.time, np.arange(21))
    np.testing.assert_array_equal(often.cells[0, -1], once.cells[0, -1])
    assert not np.array_equal(often.cells[0, 0], often.cells[0, 1])


def test_101_measurements_by_default():
    data = simulate(model(), START, 250, TEMPERATURE, seed=2)
    assert data.sizes["time"] == 101
    assert (data.time.values[0], data.time.values[-1]) == (0, 250)
    assert set(np.diff(data.time)) == {2, 3}


@pytest.mark.parametrize("dynamics", DYNAMICS)
def test_each_run_has_its_own_stream_whoever_computes_it(dynamics):
    def run(**changes):
        arguments = {"dynamics": dynamics, "n_runs": 4, "seed": 3, "measure_at": [10]} | changes
        return simulate(model(), START, 10, TEMPERATURE, snapshots_at=[10], **arguments).cells.values

    reference = run()
    np.testing.assert_array_equal(run(), reference)
    np.testing.assert_array_equal(run(n_runs=2), reference[:2])
    for workers in (1, 2):
        with ThreadPoolExecutor(workers) as executor:
            np.testing.assert_array_equal(run(executor=executor), reference)
    assert not np.array_equal(run(seed=4), reference)
    assert len({configuration.tobytes() for configuration in reference}) == 4


def test_calls_with_one_seed_draw_their_own_numbers():
    """At a temperature where nearly every attempt is accepted, equal numbers would make equal runs."""
    other_start = START.copy()
    other_start[0, 0] = 0 if START[0, 0] else 1
    calls = [(START, 1e6), (START, 1e6 * (1 + 1e-12)), (other_start, 1e6)]
    runs = [simulate(model(), cells, 5, temperature, seed=3, snapshots_at=[5]).cells for cells, temperature in calls]
    for k, one in enumerate(runs):
        for other in runs[:k]:
            # Runs of equal numbers differ where the starts did, at most.
            assert np.mean(one.values != other.values) > 0.3


def test_each_dynamics_draws_its_own_numbers():
    # One MCS of each, at a temperature where nearly every attempt is accepted.
    runs = [
        simulate(model(), START, 1, 1e6, dynamics=dynamics, seed=3, snapshots_at=[1]).cells.values
        for dynamics in DYNAMICS
    ]
    assert len({cells.tobytes() for cells in runs}) == len(DYNAMICS)


def test_runs_may_differ_in_the_types_of_the_cells():
    models = [model(seed) for seed in range(5)]
    data = simulate(models, START, 5, TEMPERATURE, seed=4, snapshots_at=[5])
    assert data.sizes["run"] == 5
    for run, one in enumerate(models):
        np.testing.assert_array_equal(data.types[run], one.types[1:])
        np.testing.assert_array_equal(data.boundary_length[run, -1], one.boundary_lengths(data.cells[run, 0].values))
    assert np.all((data.types == LIGHT).sum("cell") == 4)
    assert len(np.unique(data.types, axis=0)) > 1


@pytest.mark.parametrize("dynamics", DYNAMICS)
def test_cells_can_vanish_and_never_come_back(dynamics):
    # With 24 neighbours the contact energies of Table II outweigh the target area.
    data = simulate(model(neighborhood="moore2"), START, 600, TEMPERATURE, dynamics=dynamics, n_runs=3, seed=5)
    living = (data.area > 0).sum("cell").values
    assert np.all(np.diff(living, axis=1) <= 0)
    assert np.all(living[:, -1] == 0)
    # What is left is the constraint energy of nine cells of area 0.
    np.testing.assert_allclose(data.energy[:, -1], 9 * 25.0**2)
    assert np.all(data.boundary_length[:, -1] == 0)


def test_with_eight_neighbours_dark_cells_surround_light_ones():
    models = [sorting_model(seed=seed, neighborhood="moore") for seed in range(8)]
    data = simulate(models, aggregate(), 3000, TEMPERATURE, seed=6, measure_at=[0, 3000])
    assert np.all((data.area > 0).sum("cell") == 36)
    medium_light, medium_dark, dark_light = (
        data.boundary_length.sel(pair=pair).values for pair in ("medium-light", "medium-dark", "dark-light")
    )
    assert np.all(medium_light[:, 0] > 20)
    assert medium_light[:, 1].mean() < 0.1 * medium_light[:, 0].mean()
    assert np.all(medium_dark[:, 1] > medium_dark[:, 0])
    assert np.all(dark_light[:, 1] < dark_light[:, 0])


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"temperature": 0.0}, ValueError, "temperature 0.0"),
        ({"temperature": float("nan")}, ValueError, "temperature nan"),
        ({"n_sweeps": -1}, ValueError, "n_sweeps -1"),
        ({"n_runs": 0}, ValueError, "n_runs 0"),
        ({"dynamics": "checkerboard"}, ValueError, "'checkerboard': allowed are 'serial'"),
        ({"measure_at": [0, 11]}, ValueError, "measure_at holds 11: allowed are whole numbers 0 to n_sweeps = 10"),
        ({"measure_at": [0.5]}, ValueError, "measure_at holds 0.5"),
        ({"snapshots_at": [3, 3]}, ValueError, r"snapshots_at \[3, 3\]: the numbers have to increase"),
        ({"cells": START[None]}, ValueError, "one configuration"),
        ({"cells": START[:-1]}, ValueError, r"\(23, 24\)"),
        ({"cells": START + 1}, ValueError, "cell number 10"),
        ({"cells": START.astype(float)}, TypeError, "float64"),
        ({"model": [model(), "a model"]}, TypeError, "CellularPotts"),
        ({"model": []}, TypeError, "CellularPotts"),
        ({"model": [model()], "n_runs": 2}, ValueError, "n_runs 2: 1 models"),
        ({"model": [model(), model(neighborhood="moore2")]}, ValueError, "one lattice"),
    ],
    ids=str,
)
def test_bad_input_is_refused(changes, error, message):
    arguments = {"model": model(), "cells": START, "n_sweeps": 10, "temperature": TEMPERATURE} | changes
    with pytest.raises(error, match=message):
        simulate(**arguments)


def test_parallel_dynamics_need_a_colouring():
    uneven = CellularPotts((25, 24), [0, 1], [[0, 1], [1, 2]], neighborhood="moore2")
    cells = np.zeros((25, 24), dtype=int)
    simulate(uneven, cells, 1, TEMPERATURE)
    with pytest.raises(ValueError, match="24 or 27"):
        simulate(uneven, cells, 1, TEMPERATURE, dynamics="parallel")
