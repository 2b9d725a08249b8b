"""A forest plot of a paper's claims: how far each measured number lies from its target, in units of the tolerance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from . import page
from .picture import NARROW

# Dots per inch: the scorecard holds one for every paper, and a page has a limit of bytes.
RESOLUTION = 120
# Beyond this many units a value is drawn at the edge, with its number.
EDGE = 4.0
MARKERS = {
    "holds": ("o", "#00664b"),
    "fails": ("X", "#a83f00"),
    "differs": ("D", "#7a3e8e"),
    "inconclusive": ("s", "#6b4c00"),
}


def points(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is drawn of each claim that compares one number, known with its error, with a target; others have no point.

    distance, error: (ours - target) and its standard error in units of the tolerance; of two standard errors where the
    tolerance is zero; where both are zero, infinite unless the number is the target. lowest, highest: what is allowed.
    """
    found = []
    for row in rows:
        if row["relation"] not in ("equal", "at_least", "at_most") or row["verdict"] not in MARKERS:
            continue
        value, error = row["ours"], row["ours_error"]
        if value is None or error is None or not (math.isfinite(value) and math.isfinite(error)):
            continue
        away = value - row["target"]
        unit = row["tolerance"] or 2 * error
        room = 1.0 if row["tolerance"] else 0.0
        found.append(
            {
                "claim": row["claim"],
                "verdict": row["verdict"],
                "distance": away / unit if unit else math.copysign(math.inf, away) if away else 0.0,
                "error": error / unit if unit else 0.0,
                "unit": "tolerance" if row["tolerance"] else "two standard errors" if error else "none: exact",
                "lowest": 0.0 - room if row["relation"] != "at_most" else -math.inf,
                "highest": room if row["relation"] != "at_least" else math.inf,
            }
        )
    return found


def figure(paper: str, rows: Sequence[dict[str, Any]], number: int) -> str:
    """The plot as the HTML of a figure, with caption, alternative text and data; nothing where no claim has a point."""
    from .figure import figure_html

    drawn = points(rows)
    if not drawn:
        return ""
    return figure_html(
        draw(drawn),
        f"forest_{paper}",
        number,
        caption=caption(paper, drawn, len(rows)),
        alt=described(paper, drawn),
        data={key: [one[key] for one in drawn] for key in drawn[0]},
        resolution=RESOLUTION,
    )


def draw(drawn: Sequence[dict[str, Any]]) -> Any:
    import matplotlib.pyplot as plt

    from ..plots import style

    style.use()
    # As narrow as a phone, so that the scorecard, which has one for every paper, holds each of them once.
    picture, axes = plt.subplots(figsize=(NARROW, 1.2 + 0.26 * len(drawn)), layout="constrained")
    for height, one in enumerate(drawn):
        marker, color = MARKERS[one["verdict"]]
        low, high = max(one["lowest"], -EDGE - 1), min(one["highest"], EDGE + 1)
        axes.barh(height, high - low, left=low, height=0.8, color="#dfe6ea", zorder=0)
        if not one["highest"] > one["lowest"]:
            axes.plot([low, low], [height - 0.4, height + 0.4], color="#9aa5ab", linewidth=2, zorder=0)
        x = max(-EDGE, min(EDGE, one["distance"]))
        if x == one["distance"]:
            axes.errorbar(x, height, xerr=2 * one["error"], color=color, marker=marker, markersize=6, capsize=2)
        else:
            axes.plot(x, height, color=color, marker=">" if x > 0 else "<", markersize=7)
            beyond = "exact" if math.isinf(one["distance"]) else page.number(float(f"{one['distance']:.2g}"))
            axes.annotate(
                beyond.replace("-", "−"), (x, height), xytext=(-7 if x > 0 else 7, 0), textcoords="offset points",
                ha="right" if x > 0 else "left", va="center", fontsize=8, color=color,
            )  # fmt: skip
    axes.axvline(0, color="black", linewidth=1)
    axes.set_yticks(range(len(drawn)), [one["claim"] for one in drawn])
    axes.set(xlim=(-EDGE - 0.3, EDGE + 0.3), ylim=(len(drawn) - 0.4, -0.6))
    axes.set_xlabel("(ours − target) / tolerance")
    axes.grid(visible=False)
    used = dict.fromkeys(one["verdict"] for one in drawn)
    handles = [
        axes.plot([], [], linestyle="none", marker=MARKERS[verdict][0], color=MARKERS[verdict][1], label=verdict)[0]
        for verdict in MARKERS
        if verdict in used
    ]
    # A legend of the panel, and not of the figure, lets a phone have a narrow picture with readable labels.
    axes.legend(handles=handles, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, fontsize=9)
    return picture


def caption(paper: str, drawn: Sequence[dict[str, Any]], of: int) -> str:
    zero = sum(one["unit"] != "tolerance" for one in drawn)
    clipped = sum(abs(one["distance"]) > EDGE for one in drawn)
    text = (
        f"The {len(drawn)} of {of} claims of {paper} that compare one number, known with its error, with a target: the "
        "distance from the target in units of the tolerance, with bars of two standard errors. Grey is what the claim "
        "allows: a claim holds where the whole bar lies in the grey, and is contradicted where all of it lies outside."
    )
    if zero:
        text += f" The unit is two standard errors for the {zero} with the tolerance zero."
    if clipped:
        text += f" {clipped} lie beyond {EDGE:g} units and are drawn at the edge as arrows, with their distance."
    return text


def described(paper: str, drawn: Sequence[dict[str, Any]]) -> str:
    """The alternative text: what lies where, claim by claim for those that do not hold."""
    holds = [one for one in drawn if one["verdict"] == "holds"]
    others = "; ".join(
        f"{one['claim']} {one['verdict']}, "
        + ("away from its exact target" if math.isinf(one["distance"]) else f"at {one['distance']:.2g} units")
        for one in drawn
        if one["verdict"] != "holds"
    )
    text = f"Forest plot of {len(drawn)} claims of {paper}: {len(holds)} lie, error bars included, in what is allowed."
    return f"{text} The others: {others}." if others else text
