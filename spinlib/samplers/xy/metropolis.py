"""Metropolis for the XY model: propose to turn one spin, accept with probability min(1, exp(-dE / T)).

The angle of the turn is 2 arctan(t), t uniform between -w and w (`window`). Its cosine (1 - t^2) / (1 + t^2) and sine
2 t / (1 + t^2) need no trigonometric function, and a turn is as likely as the opposite one, so that detailed balance
is exact. w depends on the model and the temperature alone; below the temperature at which it is widest, about half of
the proposals are accepted.

Sites are visited colour by colour. A sweep attempts one turn per site.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from spinlib.compilation import njit
from spinlib.models import XY
from spinlib.samplers.chains.draws import kernel_of
from spinlib.samplers.exponential import to_exponential
from spinlib.samplers.random import advance, load, scramble, store, to_float
from spinlib.samplers.xy import components
from spinlib.samplers.xy.components import CHUNK, Components, local_fields, require_xy, sweep_angles
from spinlib.samplers.xy.ensemble import with_plan

__all__ = ["BURN_IN", "refuse", "sweep", "window"]

# With this window the mean cosine of a turn, 2 arctan(w) / w - 1, is zero, which is best at infinite temperature.
_WIDEST = 2.331
# Measured: the energy's autocorrelation is shortest near this width, from T = 0.1 to 2.
_WIDTH = 1.6

BURN_IN = 10_000

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
    >>> from spinlib.samplers import xy_metropolis
    >>> xy_metropolis.refuse(Ising((4, 4)))
    Traceback (most recent call last):
    TypeError: Ising: this metropolis is for XY
    """
    require_xy(model, "metropolis")


def sweep(model: XY, spins: np.ndarray, temperatures: np.ndarray, rng: np.ndarray, n: int) -> None:
    """Sweep a batch of chains `n` times in place; one sweep visits every site once.

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
    N. Metropolis et al., J. Chem. Phys. 21, 1087 (1953).

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import XY
    >>> from spinlib.samplers import xy_metropolis
    >>> from spinlib.samplers.random import streams
    >>> model, spins = XY((8, 8)), np.zeros((1, 8, 8))
    >>> xy_metropolis.sweep(model, spins, np.array([0.01]), streams(0, "example", 0, 1), 10)
    >>> bool(np.cos(spins - spins[0, 0, 0]).mean() > 0.95)  # at a low temperature the spins stay nearly aligned
    True
    """
    refuse(model)
    sweep_angles(plan, model, spins, temperatures, rng, n)


class PlanarMetropolis(NamedTuple):
    """betas: float64 (chain,), 1 / T. windows: float64 (chain,), as `window` returns them."""

    betas: np.ndarray
    windows: np.ndarray


def plan(components: Components, temperatures: np.ndarray) -> PlanarMetropolis:
    """The plan of the kernel at temperatures (chain,): see `spinlib.samplers.chains.draws`."""
    return PlanarMetropolis(1.0 / temperatures, window(components, temperatures))


ensemble = with_plan(plan)


def window(components: Components, temperatures: np.ndarray) -> np.ndarray:
    """Largest |t| of a proposed turn, in proportion to a spin's fluctuation in the field of aligned neighbours.

    Parameters
    ----------
    components : Components
        The chains (`spinlib.samplers.xy.components`), of which the mean field of aligned neighbours counts, in J.
    temperatures : numpy.ndarray
        float64 (chain,), in J / k_B.

    Returns
    -------
    numpy.ndarray
        float64 (chain,), w = tan(angle / 2) of the largest angle.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import XY
    >>> from spinlib.samplers import xy_metropolis
    >>> from spinlib.samplers.xy.components import Components
    >>> chains = Components(XY((8, 8)), np.zeros((2, 8, 8)))
    >>> xy_metropolis.window(chains, np.array([1.0, 100.0])).tolist()
    [0.8, 2.331]
    """
    with np.errstate(divide="ignore"):
        return np.minimum(_WIDEST, _WIDTH * np.sqrt(temperatures / components.mean_field))


@kernel_of(PlanarMetropolis)
def _sweep(spins, plan, rng, n):
    field_x, field_y = np.empty(CHUNK), np.empty(CHUNK)
    for chain in range(spins.x.shape[0]):
        state = load(rng[chain])
        for _ in range(n):
            state = turn_all(spins, chain, plan.betas[chain], plan.windows[chain], field_x, field_y, state)
        store(rng[chain], state)


@njit(cache=True, nogil=True, error_model="numpy")
def turn_all(spins, chain, beta, window, field_x, field_y, state):
    """Attempt to turn every spin of one chain; returns the generator's next state. field_x, field_y: scratch."""
    for color in range(spins.colors.size - 1):
        end = spins.colors[color + 1]
        for first in range(spins.colors[color], end, CHUNK):
            size = min(CHUNK, end - first)
            local_fields(spins, chain, first, field_x[:size], field_y[:size])
            turn_key, state = advance(state)
            decision_key, state = advance(state)
            x, y = spins.x[chain, first : first + size], spins.y[chain, first : first + size]
            _turn(x, y, field_x, field_y, beta, window, turn_key, decision_key)
    return state


@njit(cache=True, nogil=True, error_model="numpy")
def _turn(x, y, field_x, field_y, beta, window, turn_key, decision_key):
    for k in range(x.size):
        t = window * (2.0 * to_float(scramble(turn_key, k)) - 1.0)
        scale = 1.0 / (1.0 + t * t)
        cosine, sine = (1.0 - t * t) * scale, 2.0 * t * scale
        new_x, new_y = x[k] * cosine - y[k] * sine, x[k] * sine + y[k] * cosine
        # One step of Newton's method keeps the length 1 to rounding.
        scale = 1.5 - 0.5 * (new_x * new_x + new_y * new_y)
        new_x, new_y = scale * new_x, scale * new_y
        cost = beta * ((x[k] - new_x) * field_x[k] + (y[k] - new_y) * field_y[k])
        accepted = to_exponential(scramble(decision_key, k)) > cost
        x[k], y[k] = new_x if accepted else x[k], new_y if accepted else y[k]
