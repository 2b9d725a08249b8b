"""A flow chart: boxes one below the other, with arrows, and one arrow that leads back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import style


def flow_chart(steps: Sequence[str], decisions: Sequence[int] = (), back: tuple[int, int, str] | None = None) -> Any:
    """A figure with a box for each step, from the top down.

    decisions: numbers of the steps that ask something; they have another colour. back: numbers of the steps between
    which an arrow leads back, from and to, and what is written beside it.
    """
    import matplotlib.pyplot as plt

    height, gap, width = 0.9, 0.45, 6.4
    figure, axis = plt.subplots(figsize=(6.4, 0.95 * len(steps)))
    tops = [-k * (height + gap) for k in range(len(steps))]
    for k, (text, top) in enumerate(zip(steps, tops, strict=True)):
        color = style.COLORS["yellow"] if k in decisions else style.COLORS["sky"]
        # A faint fill is light on a white page and dark on a dark one, so that the text can be read on both.
        axis.add_patch(plt.Rectangle((0, top - height), width, height, facecolor=(color, 0.3), edgecolor="black"))
        axis.text(width / 2, top - height / 2, text, ha="center", va="center", fontsize=9, color="black")
        if k:
            tip = {"arrowstyle": "-|>", "color": "#555555"}
            axis.annotate("", (width / 2, top), (width / 2, top + gap), arrowprops=tip)
    if back:
        start, end, text = back
        y, target = tops[start] - height / 2, tops[end] - height / 2
        axis.plot([width, width + 0.6, width + 0.6], [y, y, target], color="#555555", linewidth=1.2)
        axis.annotate("", (width, target), (width + 0.6, target), arrowprops={"arrowstyle": "-|>", "color": "#555555"})
        axis.text(width + 0.75, (y + target) / 2, text, rotation=90, ha="left", va="center", fontsize=9)
    axis.set(xlim=(-0.1, width + 1.4), ylim=(tops[-1] - height - 0.1, 0.1))
    axis.axis("off")
    return figure
