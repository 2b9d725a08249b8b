"""Exponentially distributed random numbers in loops that a compiler can turn into vector instructions.

An event of probability exp(-x) happens when such a number exceeds x. A library's logarithm or exponential would be
called once per number, and would keep the loop around it from being vectorised.
"""

from __future__ import annotations

import numpy as np
from numba import int64, uint64

from spinlib.compilation import njit
from spinlib.samplers.random import scramble

__all__ = ["fill_exponential", "to_exponential"]

# ln((1 + s) / (1 - s)) = 2 s + s^3 R(s^2) to 2^-58, from FreeBSD's e_log.c (Sun Microsystems, 1993).
_R1, _R2, _R3, _R4 = 0.6666666666666735, 0.3999999999940942, 0.2857142874366239, 0.22222198432149784
_R5, _R6, _R7 = 0.1818357216161805, 0.15313837699209373, 0.14798198605116586
_LN_2 = 0.6931471805599453
_SQRT_HALF = 0x3FE6A09E667F3BCD  # as the bits of a float64


# Products and sums may be fused here; that changes the last digit only.
@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def to_exponential(bits):
    """Exponentially distributed number with mean 1, -ln(u) with u = (k + 1/2) / 2^53 and k the upper 53 of 64 bits.

    Parameters
    ----------
    bits : uint64
        Random bits.

    Returns
    -------
    float
        At least 0.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.samplers.exponential import to_exponential
    >>> round(to_exponential(np.uint64(2**63)), 6)  # u = 1/2
    0.693147
    """
    u = (np.float64(bits >> uint64(11)) + 0.5) * (1.0 / 9007199254740992.0)
    # u = 2^e m with m from sqrt(1/2) to sqrt(2).
    word = np.float64(u).view(np.int64)
    e = (word - int64(_SQRT_HALF)) >> int64(52)
    m = np.int64(word - (e << int64(52))).view(np.float64)
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    r = z * (_R1 + z * (_R2 + z * (_R3 + z * (_R4 + z * (_R5 + z * (_R6 + z * _R7))))))
    return -(e * _LN_2 + (2.0 * s + s * r))


@njit(cache=True, nogil=True, error_model="numpy")
def fill_exponential(numbers, key):
    """Fill an array with independent, exponentially distributed numbers.

    Parameters
    ----------
    numbers : numpy.ndarray
        float64 (n,), overwritten.
    key : uint64
        64 random bits, from which the numbers follow.

    Examples
    --------
    >>> import numpy as np
    >>> from spinlib.samplers.exponential import fill_exponential
    >>> numbers = np.empty(10_000)
    >>> fill_exponential(numbers, np.uint64(1))
    >>> bool(0.95 < numbers.mean() < 1.05)
    True
    """
    for k in range(numbers.size):
        numbers[k] = to_exponential(scramble(key, k))
