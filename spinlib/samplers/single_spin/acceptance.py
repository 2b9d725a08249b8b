"""Every acceptance rule of the single-spin methods, for Ising and Potts.

Let x = dE / T be the change of energy of the proposal over the temperature.

    Metropolis   accepts with probability PROPOSED min(1, exp(-x)). Ising proposes the flip; Potts one of the q - 1
                 other states, each equally likely (paper dp, Sec. II B).
                 N. Metropolis et al., J. Chem. Phys. 21, 1087 (1953)
    heat bath    draws the spin anew from its distribution given its neighbours, whatever it was. For Ising that is a
                 flip with probability 1 / (1 + exp(x)); for Potts the state s has a probability in proportion to
                 exp(g(s) / T), where g(s) = J n(s) + B delta(s, 0) with n(s) neighbours in state s.
                 R. J. Glauber, J. Math. Phys. 4, 294 (1963)

Kernels with tables fill them with these functions; the other kernels call the compiled functions below.
"""

from __future__ import annotations

import math

import numpy as np
from numba import uint64

from spinlib.compilation import njit
from spinlib.models import Potts
from spinlib.samplers.random import advance, to_float

__all__ = [
    "PROPOSED",
    "flip_probability",
    "heat_bath",
    "metropolis",
    "potts_factors",
    "potts_heat_bath",
    "potts_heat_bath_of_four",
    "potts_metropolis",
]

# Metropolis leaves out a site with probability 1 / 256; `spinlib.samplers.single_spin.metropolis` explains why.
PROPOSED = 255 / 256

# The number of neighbours a <= b <= c <= d in the state of each, in row 4 [a = b] + 2 [b = c] + [c = d].
_LIKE = np.array(
    [[1, 1, 1, 1], [1, 1, 2, 2], [1, 2, 2, 1], [1, 3, 3, 3], [2, 2, 1, 1], [2, 2, 2, 2], [3, 3, 3, 1], [4, 4, 4, 4]]
)


def metropolis(x: np.ndarray) -> np.ndarray:
    """Probability that Metropolis makes a proposed change of energy dE = x T.

    Parameters
    ----------
    x : numpy.ndarray
        float64 of any shape; plus and minus infinity are allowed.

    Returns
    -------
    numpy.ndarray
        float64 of the same shape: PROPOSED min(1, exp(-x)).

    References
    ----------
    N. Metropolis et al., J. Chem. Phys. 21, 1087 (1953).

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.samplers.single_spin import acceptance
    >>> acceptance.metropolis(np.array([-1.0, 0.0])) == acceptance.PROPOSED
    array([ True,  True])
    """
    return PROPOSED * np.exp(-np.maximum(x, 0.0))


def heat_bath(x: np.ndarray) -> np.ndarray:
    """Probability that heat bath flips an Ising spin where the flip changes the energy by dE = x T.

    It gives s = +1 the probability 1 / (1 + exp(-2 h / T)) in a field h, whatever s was.

    Parameters
    ----------
    x : numpy.ndarray
        float64 of any shape; plus and minus infinity are allowed.

    Returns
    -------
    numpy.ndarray
        float64 of the same shape: 1 / (1 + exp(x)).

    References
    ----------
    R. J. Glauber, J. Math. Phys. 4, 294 (1963).

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.samplers.single_spin import acceptance
    >>> acceptance.heat_bath(np.array([0.0, np.inf]))
    array([0.5, 0. ])
    """
    # Loading scipy.special takes longer than most short runs.
    from scipy.special import expit

    return expit(-x)


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def flip_probability(x, by_heat_bath):
    """Probability of one flip, `heat_bath` or else `metropolis`, for kernels that have no table.

    Parameters
    ----------
    x : float
        dE / T.
    by_heat_bath : bool
        Whether the rule is heat bath; otherwise it is Metropolis.

    Returns
    -------
    float
        The probability.
    """
    return 1.0 / (1.0 + math.exp(x)) if by_heat_bath else PROPOSED * math.exp(-max(x, 0.0))


def potts_factors(model: Potts, temperatures: np.ndarray) -> np.ndarray:
    """Boltzmann factors min(1, exp(gain / T)) for the gain J d + B e of a change, -dE.

    Parameters
    ----------
    model : Potts
        With z neighbours per site.
    temperatures : numpy.ndarray
        float64 (chain,), in J / k_B.

    Returns
    -------
    numpy.ndarray
        float64 (chain, 3, 2 z + 1). Axis 1 is the change of the number of spins in state 0, e = -1, 0, 1; axis 2 is the
        change of the number of like neighbours, d = -z .. z.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import Potts
    >>> from spinlib.samplers.single_spin import acceptance
    >>> factors = acceptance.potts_factors(Potts((8, 8), q=3), np.array([1.0]))
    >>> factors[0, 1].round(3).tolist()  # d = -4 .. 4
    [0.018, 0.05, 0.135, 0.368, 1.0, 1.0, 1.0, 1.0, 1.0]
    """
    z = model.lattice.coordination
    return _boltzmann(model.coupling * np.arange(-z, z + 1) + model.field * np.arange(-1, 2)[:, None], temperatures)


def potts_metropolis(model: Potts, temperatures: np.ndarray) -> np.ndarray:
    """Probability that Metropolis makes a proposed change of a Potts spin.

    Parameters
    ----------
    model, temperatures
        As for `potts_factors`.

    Returns
    -------
    numpy.ndarray
        float64 (chain, 3, 2 z + 1), PROPOSED times `potts_factors`.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import Potts
    >>> from spinlib.samplers.single_spin import acceptance
    >>> probabilities = acceptance.potts_metropolis(Potts((8, 8), q=3), np.array([1.0]))
    >>> float(probabilities.max()) == acceptance.PROPOSED
    True
    """
    return PROPOSED * potts_factors(model, temperatures)


def potts_heat_bath_of_four(model: Potts, temperatures: np.ndarray) -> np.ndarray:
    """Sums of heat-bath probabilities for a site with four neighbours and no field.

    Parameters
    ----------
    model : Potts
        On the square lattice.
    temperatures : numpy.ndarray
        float64 (chain,), in J / k_B.

    Returns
    -------
    numpy.ndarray
        float64 (chain, 8, 4): the table of `spinlib.samplers.single_spin.potts_checkerboard`.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.models import Potts
    >>> from spinlib.samplers.single_spin import acceptance
    >>> sums = acceptance.potts_heat_bath_of_four(Potts((8, 8), q=3), np.array([0.1]))
    >>> sums[0, 7].round(3).tolist()  # four like neighbours, whose state is nearly certain
    [0.0, 0.25, 0.5, 0.75]
    """
    n_others = np.maximum(model.q - np.rint((1.0 / _LIKE).sum(axis=1)), 0.0)
    # Weights relative to the best state, so that at low temperature not all of them vanish.
    fewest = np.where(n_others > 0, 0, _LIKE.min(axis=1))
    best = _LIKE.max(axis=1) if model.coupling > 0 else fewest
    others = n_others * _boltzmann(-model.coupling * best, temperatures)
    # Equal neighbours share the weight of their state.
    each = _boltzmann(model.coupling * (_LIKE - best[:, None]), temperatures) / _LIKE
    sums = np.cumsum(np.concatenate([others[..., None], each], axis=2), axis=2)
    return sums[..., :4] / sums[..., 4:]


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def potts_heat_bath(like, sums, factors, coupling, field, state):
    """A state drawn by heat bath, and the generator's next state.

    Parameters
    ----------
    like : numpy.ndarray
        int64 (q,), how many neighbours each state has.
    sums : numpy.ndarray
        float64 (q,), scratch.
    factors : numpy.ndarray
        float64 (3, 2 z + 1), `potts_factors` of this chain.
    coupling, field : float
        J and B of the model.
    state : tuple
        Of the generator (`spinlib.samplers.random`).

    Returns
    -------
    tuple
        The new state of the spin, and the next one of the generator.
    """
    q, middle = like.size, factors.shape[1] // 2
    # Weights relative to the best state, so that at low temperature not all of them vanish.
    best = like[1]
    for new in range(2, q):
        best = min(best, like[new]) if coupling < 0.0 else max(best, like[new])
    # A row of the table for state 0 and one for the others: they differ by the field.
    first_is_best = coupling * like[0] + field > coupling * best
    best = like[0] if first_is_best else best
    own, others = (uint64(1), uint64(0)) if first_is_best else (uint64(2), uint64(1))
    total = factors[own, uint64(like[0] - best + middle)]
    sums[0] = total
    for new in range(1, q):
        total += factors[others, uint64(like[new] - best + middle)]
        sums[new] = total
    bits, state = advance(state)
    target = to_float(bits) * total
    new = 0
    for other in range(q - 1):
        new += target >= sums[other]
    return new, state


def _boltzmann(gain: np.ndarray, temperatures: np.ndarray) -> np.ndarray:
    """min(1, exp(gain / T)), float64 (chain, *gain.shape)."""
    temperatures = np.asarray(temperatures).reshape(-1, *(1,) * gain.ndim)
    with np.errstate(over="ignore"):
        return np.exp(np.minimum(gain, 0.0) / temperatures)
