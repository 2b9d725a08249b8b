"""One configuration, the beginning of its hash, and the side of the split that follows."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import style


def scheme(axes: Any, spins: np.ndarray, number: int, buckets: int, share: float) -> None:
    """Draw spins (L, L) beside the first twelve bits of their hash, and the border of a test set of `share`."""
    from matplotlib.colors import ListedColormap

    axes.imshow(spins, cmap=ListedColormap(style.SPINS), extent=(0, 4, 0, 4), vmin=-1, vmax=1)
    below = round(share * buckets)
    told = ("SHA3-512", f"{number:03x}... : {number:012b}", f"{number} of {buckets}", f"test set if below {below}")
    for height, text in zip((3.4, 2.4, 1.4, 0.4), told, strict=True):
        axes.annotate(text, (5, height), fontsize=9, va="center")
    axes.set(xlim=(0, 11), ylim=(-0.3, 4.3), aspect="equal")
    axes.axis("off")
