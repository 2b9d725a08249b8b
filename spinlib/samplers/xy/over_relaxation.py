"""Over-relaxation for the XY model: every spin is reflected at the field of its neighbours.

M. Creutz, Phys. Rev. D 36, 515 (1987); for planar spins see J. F. Fernandez, M. F. Ferreira and J. Stankiewicz, Phys.
Rev. B 34, 292 (1986). With h the sum of J_ij s_j,

    s -> 2 (s . h) h / h^2 - s,

which conserves s . h and so the energy, and is its own inverse: it leaves the Boltzmann distribution unchanged, but
never leaves its energy. Each sweep therefore ends with one sweep of Metropolis (`spinlib.samplers.xy.metropolis`),
which changes the energy. Sites are visited colour by colour.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from spinlib.compilation import njit
from spinlib.models import XY
from spinlib.samplers.chains.draws import kernel_of
from spinlib.samplers.random import load, store
from spinlib.samplers.xy import components, metropolis
from spinlib.samplers.xy.components import CHUNK, Components, local_fields, require_xy, sweep_angles
from spinlib.samplers.xy.ensemble import with_plan
from spinlib.samplers.xy.metropolis import turn_all

__all__ = ["BURN_IN", "REFLECTIONS", "refuse", "sweep"]

# Reflections of every spin before each attempt to turn it.
REFLECTIONS = 4

# Reflections spread changes over the lattice faster than Metropolis turns do.
BURN_IN = 1_000

working_bytes, table_bytes = components.working_bytes, components.table_bytes


def refuse(model: Any) -> None:
    """Refuse a model that this method does not sample.

    Parameters
    ----------
    model : object
        What is to be sampled.

    Raises
    ------
    TypeError
        For a model other than XY, and for a subclass with a Hamiltonian of its own.

    Examples
    --------
    >>> from spinlib.models import Ising
    >>> from spinlib.samplers import xy_over_relaxation
    >>> xy_over_relaxation.refuse(Ising((4, 4)))
    Traceback (most recent call last):
    TypeError: Ising: this over_relaxation is for XY
    """
    require_xy(model, "over_relaxation")


def sweep(model: XY, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int) -> None:
    """Sweep a batch of chains `n` times in place.

    One sweep reflects every spin `REFLECTIONS` times, then attempts to turn it once.

    Parameters
    ----------
    model : XY
        A model that `refuse` lets pass.
    spins : numpy.ndarray
        float64 (chain, *shape), C-contiguous: angles in radians; changed in place, afterwards in [-pi, pi).
    temperatures : numpy.ndarray
        float64 (chain,), in J / k_B.
    rng : numpy.ndarray
        uint64 (chain, 4), one stream per chain (`spinlib.samplers.random.streams`), advanced in place.
    n : int
        Number of sweeps.

    Raises
    ------
    TypeError
        For another kind of model, and for arrays of another dtype.
    ValueError
        For arrays of other shapes or memory orders, for temperatures that are not positive and finite, and for n < 0.

    References
    ----------
    M. Creutz, Phys. Rev. D 36, 515 (1987).
    J. F. Fernandez, M. F. Ferreira and J. Stankiewicz, Phys. Rev. B 34, 292 (1986): planar spins.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import XY
    >>> from spinlib.samplers import xy_over_relaxation
    >>> from spinlib.samplers.random import streams
    >>> model, spins = XY((8, 8)), np.zeros((1, 8, 8))
    >>> xy_over_relaxation.sweep(model, spins, np.array([0.01]), streams(0, "example", 0, 1), 10)
    >>> bool(np.cos(spins - spins[0, 0, 0]).mean() > 0.95)  # at a low temperature the spins stay nearly aligned
    True
    """
    refuse(model)
    sweep_angles(plan, model, spins, temperatures, rng, n)


class PlanarOverRelaxation(NamedTuple):
    """betas: float64 (chain,), 1 / T. windows: float64 (chain,), as for Metropolis."""

    betas: np.ndarray
    windows: np.ndarray


def plan(components: Components, temperatures: np.ndarray) -> PlanarOverRelaxation:
    """The plan of the kernel at temperatures (chain,): see `spinlib.samplers.chains.draws`."""
    return PlanarOverRelaxation(*metropolis.plan(components, temperatures))


ensemble = with_plan(plan)


@kernel_of(PlanarOverRelaxation)
def _sweep(spins, plan, rng, n):
    field_x, field_y = np.empty(CHUNK), np.empty(CHUNK)
    for chain in range(spins.x.shape[0]):
        state = load(rng[chain])
        for _ in range(n):
            for _ in range(REFLECTIONS):
                reflect_all(spins, chain, field_x, field_y)
            state = turn_all(spins, chain, plan.betas[chain], plan.windows[chain], field_x, field_y, state)
        store(rng[chain], state)


@njit(cache=True, nogil=True, error_model="numpy")
def reflect_all(spins, chain, field_x, field_y):
    """Reflect every spin of one chain; its energy stays what it is. field_x, field_y: scratch."""
    for color in range(spins.colors.size - 1):
        end = spins.colors[color + 1]
        for first in range(spins.colors[color], end, CHUNK):
            size = min(CHUNK, end - first)
            local_fields(spins, chain, first, field_x[:size], field_y[:size])
            x, y = spins.x[chain, first : first + size], spins.y[chain, first : first + size]
            _reflect(x, y, field_x, field_y)


@njit(cache=True, nogil=True, error_model="numpy")
def _reflect(x, y, field_x, field_y):
    for k in range(x.size):
        square = field_x[k] * field_x[k] + field_y[k] * field_y[k]
        factor = 2.0 * (x[k] * field_x[k] + y[k] * field_y[k]) / square
        new_x, new_y = factor * field_x[k] - x[k], factor * field_y[k] - y[k]
        # One step of Newton's method keeps the length 1 to rounding.
        scale = 1.5 - 0.5 * (new_x * new_x + new_y * new_y)
        # Without a field every direction has the same energy: the spin stays.
        x[k], y[k] = scale * new_x if square > 0.0 else x[k], scale * new_y if square > 0.0 else y[k]
