"""The live Ising lattice of the first page: its controls, and the exact curves that book/static/live_ising.js draws."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

LOWEST, HIGHEST, START = 1.0, 4.0, 2.27
SIZES = (16, 32, 64, 128, 256)
SIZE = 64

# Without JavaScript nothing but the sentence in its <noscript> is shown. An empty line would end the block of HTML.
TEMPLATE = Path(__file__).with_name("live_ising.html")


def curves() -> dict[str, object]:
    """Temperatures, Onsager's energy and Yang's magnetisation per site of the infinite lattice, and Tc."""
    from spinlib.exact import onsager

    critical = float(onsager.critical_temperature())
    # Both curves are steepest at Tc; the magnetisation falls there with an infinite slope, and is zero from there on.
    near = critical - np.geomspace(1e-6, 0.1, 25)
    grid = np.arange(LOWEST, HIGHEST + 0.01, 0.02)
    temperatures = np.unique(np.concatenate([grid, near, [critical + 1e-6]]).round(6))
    return {
        "T": temperatures.tolist(),
        "energy": np.round(onsager.energy(temperatures), 5).tolist(),
        "magnetization": np.round(onsager.magnetization(temperatures), 5).tolist(),
        "critical": critical,
    }


def markup() -> str:
    """The HTML of the live lattice for a page in the book's top folder."""
    sizes = "".join(
        f'<option value="{size}"{" selected" if size == SIZE else ""}>{size} × {size}</option>' for size in SIZES
    )
    text = TEMPLATE.read_text(encoding="utf-8")
    return text.format(lowest=LOWEST, highest=HIGHEST, start=START, sizes=sizes, curves=json.dumps(curves()))
