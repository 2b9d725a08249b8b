"""Adhesion energy of the cellular Potts model by unfolding (paper dp, section 'Cellular Potts model', and Eq. 7).

Where the coupling depends on both cells a convolution cannot sum over neighbours. The lattice is unfolded into
patches of 3 x 3 (Moore neighbourhood of range 1) or 5 x 5 sites (range 2), one patch per site; each site of a patch is
compared with the central one, and the couplings of the unlike pairs are summed.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F

from spinlib.models import CellularPotts
from spinlib.samplers.convolution.kernels import pad, stencil


def adhesion_energy_map(model: CellularPotts, cells: torch.Tensor) -> torch.Tensor:
    """Adhesion energy between each site and its neighbours, float64 [B, 1, H, W] for `cells` [B, 1, H, W].

    The map counts each pair of sites twice: its sum is twice the adhesion energy of the configuration.
    """
    return _adhesion(model, cells, _neighbors(model, cells))


def adhesion_change(model: CellularPotts, cells: torch.Tensor, proposed: torch.Tensor) -> torch.Tensor:
    """Change of the total adhesion energy if a site alone became `proposed`, float64 [B, 1, H, W]."""
    model.check(proposed)
    if proposed.shape != cells.shape:
        raise ValueError(f"proposed of shape {tuple(proposed.shape)}: cells have {tuple(cells.shape)}")
    around = _neighbors(model, cells)
    return _adhesion(model, proposed, around) - _adhesion(model, cells, around)


def _neighbors(model: CellularPotts, cells: torch.Tensor) -> torch.Tensor:
    """The cells around each site, int64 [B, z, H, W]; -1 beyond a free end."""
    model.check(cells)
    if cells.ndim != 4 or cells.shape[1] != 1:
        raise ValueError(f"cells of shape {tuple(cells.shape)}: needed is (B, 1, H, W)")
    pattern = stencil(model.lattice.neighborhood, model.lattice.ndim)
    if len(pattern.places) > 1:
        raise ValueError(f"neighborhood {model.lattice.neighborhood!r}: unfolding needs a grid without null spins")
    kernel = torch.tensor(pattern.kernels[0], device=cells.device)
    size = tuple(kernel.shape)
    # unfold takes floating-point tensors only; they hold cell numbers exactly.
    grid = pad(cells.double(), tuple(length // 2 for length in size), model.lattice.boundary, -1.0)
    patches = F.unfold(grid, size)[:, kernel.flatten().bool()]
    return patches.reshape(len(cells), -1, *cells.shape[2:]).long()


def _adhesion(model: CellularPotts, centers: torch.Tensor, around: torch.Tensor) -> torch.Tensor:
    # A last row and column of zeros: index -1 stands for a site beyond a free end, which adds no energy.
    contact = F.pad(torch.tensor(model.contact_energy, device=centers.device), (0, 1, 0, 1))
    return contact[centers.long(), around].sum(1, keepdim=True)
