"""Energy and magnetisation per site of each configuration."""

from __future__ import annotations

from typing import Any

from spinlib.models.lattice_model import LatticeModel
from spinlib.statistics import labelled


def energy(model: LatticeModel, spins: Any) -> Any:
    """Energy per site, e = H / N, of each configuration.

    Parameters
    ----------
    model : LatticeModel
        The model, whose `model.energy` is the total energy H.
    spins : array_like, torch.Tensor or xarray.DataArray, shape (..., *shape)
        Configurations in the model's values.

    Returns
    -------
    ndarray, torch.Tensor or xarray.DataArray, float64 (...)
        Energies per site in J.

    Raises
    ------
    TypeError, ValueError
        As `model.energy`.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import Ising
    >>> from spinlib.observables import energy
    >>> float(energy(Ising((4, 4)), np.ones((4, 4), np.int8)))
    -2.0
    """

    def per_site(array: Any) -> Any:
        return model.energy(array) / model.n_sites

    return labelled.of_configurations(per_site, len(model.shape), spins, name="energy")


def magnetization(model: LatticeModel, spins: Any) -> Any:
    """Magnetisation per site m of each configuration.

    Ising: the mean spin, from -1 to 1. Potts: the order parameter (q x - 1) / (q - 1), where x is the share of the most
    frequent state, from 0 to 1. XY and PlanarPotts: the length of the mean unit vector, from 0 to 1. LongRangeIsing: as
    Ising.

    Parameters
    ----------
    model : LatticeModel
        Ising, Potts, XY, LongRangeIsing or PlanarPotts.
    spins : array_like, torch.Tensor or xarray.DataArray, shape (..., *shape)
        Configurations in the model's values.

    Returns
    -------
    ndarray, torch.Tensor or xarray.DataArray, float64 (...)
        Magnetisations per site.

    Raises
    ------
    TypeError, ValueError
        As `model.check`.

    References
    ----------
    F. Wu, Rev. Mod. Phys. 54, 235 (1982): the order parameter of Potts.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import Potts
    >>> from spinlib.observables import magnetization
    >>> float(magnetization(Potts((2, 2), q=3), np.array([[0, 0], [0, 2]])))
    0.625
    """
    return labelled.of_configurations(model.order_parameter, len(model.shape), spins, name="magnetization")
