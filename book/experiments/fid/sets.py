"""What is asked of a set of Ising configurations in paper fid: correlations (Eq. 13) and Hamming distances (Fig. 6).

The paper's correlation subtracts <s_i><s_j>. A set with both signs has <s> near 0 and keeps m^2 in its correlation; a
set on one side has not. So three versions are told apart: nothing subtracted, <m>^2 of the set, and <|m|>^2, which is
<m>^2 after every configuration is turned so that m >= 0 ("signs aligned").
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from spinlib.models import Ising
from spinlib.observables import structure_factor

__all__ = ["asked", "connected", "packed", "unpacked"]


def asked(spins: np.ndarray) -> dict[str, Any]:
    """Of configurations (n, L, L): g, the correlation along the axes at r = 1 .. L/2 with nothing subtracted; zero and
    smallest, S at k = 0 and at 2 pi / L; m and order, <m> and <|m|>."""
    size = spins.shape[-1]
    mean = structure_factor(Ising((size, size)), spins).mean(axis=0)
    g = np.fft.ifft2(mean).real  # Wiener and Khinchin: S is the transform of the correlations
    m = spins.mean(axis=(1, 2), dtype=np.float64)
    return {
        "g": (g[1 : size // 2 + 1, 0] + g[0, 1 : size // 2 + 1]) / 2,
        "zero": mean[0, 0],
        "smallest": (mean[1, 0] + mean[0, 1]) / 2,
        "m": m.mean(),
        "order": np.abs(m).mean(),
    }


def connected(
    g: np.ndarray, m: np.ndarray, order: np.ndarray, subtract: Literal["nothing", "mean", "aligned"]
) -> np.ndarray:
    """G(r) of sets (..., r) after a subtraction: m and order are <m> and <|m|> of each set (...)."""
    level = {"nothing": np.zeros_like(m), "mean": m**2, "aligned": order**2}
    if subtract not in level:
        raise ValueError(f"subtract {subtract!r}: choose from {', '.join(level)}")
    return np.asarray(g) - np.asarray(level[subtract])[..., None]


def packed(spins: np.ndarray) -> np.ndarray:
    """Signs of configurations (..., L, L) as bits, (..., bytes)."""
    return np.packbits(spins.reshape(*spins.shape[:-2], -1) > 0, axis=-1)


def unpacked(bits: np.ndarray, size: int) -> np.ndarray:
    """Configurations int8 (..., L, L) from their bits (..., bytes)."""
    if bits.shape[-1] != -(-(size**2) // 8):
        raise ValueError(f"{bits.shape[-1]} bytes a configuration: {size} x {size} spins need {-(-(size**2) // 8)}")
    signs = np.unpackbits(bits, axis=-1)[..., : size**2]
    return (2 * signs.astype(np.int8) - 1).reshape(*bits.shape[:-1], size, size)
