import numpy as np
import pytest

from spinlib.models.cell_sorting import DARK, LIGHT, MEDIUM, aggregate, sorting_model


def test_adhesion_prefers_the_like_pairs_that_table_2_makes_cohesive():
    """Surface tensions gamma_ab = J_ab - (J_aa + J_bb) / 2: positive where a boundary costs energy."""
    coupling = sorting_model(seed=0).coupling

    def tension(a, b):
        return coupling[a, b] - (coupling[a, a] + coupling[b, b]) / 2

    assert tension(LIGHT, MEDIUM) == 15
    assert tension(DARK, MEDIUM) == 9
    assert tension(DARK, LIGHT) == 3
    # Engulfment rather than separation: a dark layer between light cells and medium pays.
    assert tension(DARK, LIGHT) + tension(DARK, MEDIUM) < tension(LIGHT, MEDIUM)


def test_aggregate_is_the_papers():
    cells = aggregate()
    model = sorting_model(seed=3)
    assert cells.shape == model.shape == (60, 60)
    assert np.all(model.areas(cells)[1:] == 25)
    assert np.all(cells[15:45, 15:45] > 0)
    assert cells[15, 15] == 1
    assert cells[15, 44] == 6
    assert cells[44, 44] == 36
    inside = model.boundary_lengths(cells)
    by_pair = dict(zip(model.pair_names, inside, strict=True))
    assert by_pair["medium-dark"] + by_pair["medium-light"] == 4 * 30
    assert inside.sum() == 4 * 30 + 2 * 5 * 30
    small = aggregate((7, 9), cells_per_side=2, cell_side=3)
    assert np.bincount(small.ravel()).tolist() == [63 - 36, 9, 9, 9, 9]


def test_sorting_model_is_the_papers_and_its_seed_draws_the_types():
    model = sorting_model(seed=3)
    assert model.n_cells == 36
    assert np.bincount(model.types).tolist() == [1, 18, 18]
    assert (model.target_area, model.stiffness, model.lattice.neighborhood) == (25.0, 1.0, "moore2")
    assert model.type_names == ("medium", "dark", "light")
    assert model.pair_names == ("medium-dark", "medium-light", "dark-dark", "dark-light", "light-light")
    np.testing.assert_array_equal(model.types, sorting_model(seed=3).types)
    drawn = np.stack([sorting_model((60, 60), seed=seed).types[1:] for seed in range(400)]) == LIGHT
    # Every cell is light in half of the draws; 18 of 36 without replacement, so no cell is favoured.
    assert np.abs(drawn.mean(0) - 0.5).max() < 4.5 * 0.5 / np.sqrt(400)
    assert np.bincount(sorting_model(n_cells=5, seed=0).types).tolist() == [1, 3, 2]
    weak = sorting_model(seed=3, coupling_factor=0.25)
    np.testing.assert_array_equal(weak.types, model.types)
    np.testing.assert_array_equal(weak.coupling, [[0, 4, 4], [4, 3.5, 2.75], [4, 2.75, 0.5]])


@pytest.mark.parametrize("arguments", [((20, 20), 6, 5), ((60,), 2, 2), ((60, 60), 0, 5), ((60, 60), 6, 0)])
def test_an_aggregate_that_does_not_fit_is_refused(arguments):
    with pytest.raises(ValueError, match="has to fit"):
        aggregate(*arguments)


def test_a_sorting_model_without_cells_is_refused():
    with pytest.raises(ValueError, match="n_cells = 0"):
        sorting_model(n_cells=0, seed=0)
