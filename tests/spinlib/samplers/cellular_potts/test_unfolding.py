import numpy as np
import pytest
import torch

from spinlib.models import CellularPotts
from spinlib.samplers.cellular_potts.unfolding import adhesion_change, adhesion_energy_map

torch.set_num_threads(1)

TABLE_II = [[0, 16, 16], [16, 14, 11], [16, 11, 2]]  # medium, dark, light


def _model(boundary="periodic", neighborhood="moore2", stiffness=0.0):
    types = [0, 1, 2, 1, 2]
    return CellularPotts((7, 6), types, TABLE_II, 9.0, stiffness, boundary, neighborhood)


def _cells(seed=0, batch=3):
    return torch.tensor(np.random.default_rng(seed).integers(0, 5, (batch, 1, 7, 6)))


@pytest.mark.parametrize("boundary", ["periodic", "free", ("free", "periodic")])
@pytest.mark.parametrize("neighborhood", ["nearest", "moore", "moore2"])
def test_map_counts_each_pair_twice(boundary, neighborhood):
    model, cells = _model(boundary, neighborhood), _cells()
    energies = adhesion_energy_map(model, cells).sum((1, 2, 3)) / 2
    torch.testing.assert_close(energies, model.energy(cells)[:, 0], rtol=1e-13, atol=0)


@pytest.mark.parametrize("boundary", ["periodic", "free"])
@pytest.mark.parametrize("neighborhood", ["moore", "moore2"])
def test_change_is_the_models_without_its_area_term(boundary, neighborhood):
    model, cells, proposed = _model(boundary, neighborhood), _cells(), _cells(1)
    torch.testing.assert_close(
        adhesion_change(model, cells, proposed), model.energy_change(cells, proposed), rtol=0, atol=1e-10
    )


def test_two_sites_of_two_types_cost_what_table_ii_says():
    model = CellularPotts((5, 5), [0, 1, 2], TABLE_II, neighborhood="nearest")
    cells = torch.zeros(1, 1, 5, 5, dtype=torch.int64)
    cells[0, 0, 2, 1:3] = torch.tensor([1, 2])
    energy = adhesion_energy_map(model, cells)[0, 0]
    assert energy[2, 1] == 3 * 16 + 11  # dark: three sites of medium, one light
    assert energy[2, 3] == 16  # medium beside light
    assert energy[0, 0] == 0


def test_bad_input_is_named():
    model, cells = _model(), _cells()
    with pytest.raises(ValueError, match=r"needed is \(B, 1, H, W\)"):
        adhesion_energy_map(model, cells[0])
    with pytest.raises(ValueError, match="cell number 5"):
        adhesion_energy_map(model, cells + 1)
    with pytest.raises(ValueError, match="proposed of shape"):
        adhesion_change(model, cells, cells[:1])
    honeycomb = CellularPotts((6, 6), [0, 1], np.zeros((2, 2)), neighborhood="honeycomb")
    with pytest.raises(ValueError, match="null spins"):
        adhesion_energy_map(honeycomb, torch.zeros(1, 1, 6, 6, dtype=torch.int64))
