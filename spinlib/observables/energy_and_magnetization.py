"""Energy and magnetisation per site of each configuration."""

from __future__ import annotations

from typing import Any

from spinlib.models import XY, Ising, Potts, configuration
from spinlib.statistics import labelled


def energy(model: Ising | Potts | XY, spins: Any) -> Any:
    """Energy per site, e = H / N, of each configuration.

    Parameters
    ----------
    model : Ising, Potts or XY
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


def magnetization(model: Ising | Potts | XY, spins: Any) -> Any:
    """Magnetisation per site m of each configuration.

    Ising: the mean spin, from -1 to 1. Potts: the order parameter (q x - 1) / (q - 1), where x is the share of the most
    frequent state, from 0 to 1. XY: the length of the mean unit vector, from 0 to 1.

    Parameters
    ----------
    model : Ising, Potts or XY
        The model.
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

    def order_parameter(block: Any) -> Any:
        if isinstance(model, Ising):
            return configuration.as_float64(configuration.as_int8(block).sum(1)) / model.n_sites
        if isinstance(model, XY):
            x, y = configuration.cosine_and_sine(configuration.as_float64(block))
            return (x.mean(1) ** 2 + y.mean(1) ** 2) ** 0.5
        most = (block == 0).sum(1)
        for state in range(1, model.q):
            count = (block == state).sum(1)
            # The larger of the two, in numpy as in torch.
            most = most + (count - most) * (count > most)
        return (model.q * configuration.as_float64(most) / model.n_sites - 1) / (model.q - 1)

    def order_parameters(array: Any) -> Any:
        model.check(array)
        rows, leading = configuration.as_rows(configuration.as_array(array), model.shape)
        return configuration.stack((order_parameter(block) for block in configuration.blocks(rows)), leading, rows)

    return labelled.of_configurations(order_parameters, len(model.shape), spins, name="magnetization")
