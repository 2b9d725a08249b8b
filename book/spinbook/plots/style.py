"""How the book's figures look: one style sheet, the Okabe-Ito palette, the exact curve in black."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

# Okabe and Ito's eight colours, told apart under every common form of colour blindness; black is kept for the exact.
COLORS = {
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "green": "#009E73",
    "purple": "#CC79A7",
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "yellow": "#F0E442",
}
# One marker for each colour, so that series differ without it: axes.errorbar(..., marker=MARKERS["blue"]).
MARKERS = dict(zip(COLORS, ("o", "s", "^", "D", "v", "P", "X"), strict=True))
# Keyword arguments: axes.plot(T, exact, **EXACT), axes.errorbar(T, m, error, **MEASURED), axes.plot(T, p, **PAPER).
EXACT: dict[str, Any] = {"color": "black", "linewidth": 1.2, "linestyle": "-", "zorder": 1, "label": "exact"}
MEASURED: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 3.5, "capsize": 2, "zorder": 2}
PAPER: dict[str, Any] = {"color": "#666666", "marker": "D", "markersize": 6, "fillstyle": "none", "linestyle": "none"}
# Two spin values in snapshots: light for +1 and dark for -1 differ in brightness as well.
SPINS = ("#1b2a49", "#f3e9d2")
# The same in the words of paper vit: yellow for -1 and blue for +1.
BLUE_AND_YELLOW = (COLORS["yellow"], COLORS["blue"])

SHEET = Path(__file__).with_name("spinbook.mplstyle")


def use() -> None:
    """Apply the style sheet where matplotlib is installed."""
    try:
        import matplotlib.style
    except ImportError:
        return
    matplotlib.style.use(SHEET)


def luminance(color: Any) -> float:
    """Relative luminance of WCAG 2, from 0 (black) to 1 (white)."""
    from matplotlib.colors import to_rgb

    channels = np.array(to_rgb(color))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def contrast(one: Any, other: Any) -> float:
    """Contrast of two colours after WCAG 2, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
