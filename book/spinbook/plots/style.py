"""How the book's figures look: one style sheet, the Okabe-Ito palette, the exact curve in black."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
# Keyword arguments: axes.plot(T, exact, **EXACT), axes.errorbar(T, m, error, **MEASURED), axes.plot(T, p, **PAPER).
EXACT: dict[str, Any] = {"color": "black", "linewidth": 1.2, "linestyle": "-", "zorder": 1, "label": "exact"}
MEASURED: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 3.5, "capsize": 2, "zorder": 2}
PAPER: dict[str, Any] = {"color": "#666666", "marker": "D", "markersize": 6, "fillstyle": "none", "linestyle": "none"}
# Two spin values in snapshots: light for +1 and dark for -1 differ in brightness as well.
SPINS = ("#1b2a49", "#f3e9d2")

SHEET = Path(__file__).with_name("spinbook.mplstyle")


def use() -> None:
    """Apply the style sheet where matplotlib is installed."""
    try:
        import matplotlib.style
    except ImportError:
        return
    matplotlib.style.use(SHEET)
