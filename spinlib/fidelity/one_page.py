"""A report on one page, as a matplotlib figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from spinlib.fidelity.comparison import Counted
    from spinlib.fidelity.metrics import Report

COLORS = {"agrees": "#0072B2", "deviates": "#D55E00", "undecided": "#777777"}
MARKERS = {"agrees": "o", "deviates": "X", "undecided": "s"}
POINTS = {"fmt": "o", "markersize": 3.5, "capsize": 2, "color": COLORS["agrees"]}
WIDEST = 8.0  # distances beyond it are drawn at the edge


def in_words(name: str) -> str:
    """The name of a metric as it is written.

    Parameters
    ----------
    name : str
        As in `spinlib.fidelity.Report`.

    Returns
    -------
    str
        In words.

    Examples
    --------
    >>> in_words("binder_cumulant")
    'Binder cumulant'
    """
    words = name.replace("_", " ").replace("abs magnetization", "|m|")
    return words.replace("binder", "Binder").replace("hamming", "Hamming")


def figure(report: Report) -> Any:
    """The page: distances of all metrics, distributions, correlations, and pictures; the verdict in the title."""
    import matplotlib.pyplot as plt

    page, axes = plt.subplots(2, 3, figsize=(11.7, 7.6), layout="constrained")
    sides = " x ".join(map(str, report.model.shape))
    page.suptitle(
        f"{report.n_samples} configurations of {sides} Ising spins at T = {report.temperature:g}: {report.verdict} "
        f"(level {report.level:g} for all metrics together)"
    )
    distances(axes[0, 0], report)
    histogram(axes[0, 1], report.energies, "total energy [J]")
    histogram(axes[0, 2], report.magnetizations, "m per site")
    correlations(axes[1, 0], report)
    table(axes[1, 1], report)
    pictures(axes[1, 2], report)
    return page


def distances(axis: Any, report: Report) -> None:
    """z of the scalars, in units of the error of the comparison; p-values for all."""
    named = []
    for place, (name, one) in enumerate(report.metrics.items()):
        told = f"p = {one.p:.1g}" if np.isfinite(one.p) else one.verdict
        named.append(f"{in_words(name)}, {told}")
        if name.endswith("_distribution"):  # chi-square has no direction
            axis.text(2.4, place, one.verdict, ha="left", va="center", fontsize=7.5, color=COLORS[one.verdict])
            continue
        x = float(np.clip(one.z, -WIDEST, WIDEST)) if not np.isnan(one.z) else 0.0
        axis.plot(x, place, MARKERS[one.verdict], color=COLORS[one.verdict], markersize=6)
    axis.axvspan(-2, 2, color="0.93", zorder=0)
    axis.axvline(0, color="black", linewidth=0.8, zorder=0.5)
    axis.set(xlim=(-WIDEST - 0.5, WIDEST + 0.5), xlabel="distance from the reference / error")
    axis.set_ylim(len(named) - 0.5, -0.5)
    axis.set_yticks(range(len(named)), named, fontsize=7.5)


def histogram(axis: Any, counted: Counted, label: str) -> None:
    """Shares of the classes of equal probability, with the error of counts, over those that are expected."""
    edges = counted.edges[:-1]
    places = np.arange(len(counted.edges))
    axis.bar(places, counted.expected, width=0.9, color="0.88", edgecolor="0.5", label="reference")
    error = np.sqrt(counted.expected * (1 - counted.expected) / counted.n)
    axis.errorbar(places, counted.shares, error, label="samples", **POINTS)
    marked = np.unique(np.linspace(0, len(edges) - 1, min(5, len(edges))).astype(int))
    axis.set_xticks([k + 0.5 for k in marked], [f"{edges[k]:.3g}" for k in marked])
    axis.set(xlabel=f"{label}, class limits", ylabel="share of configurations")
    axis.set_title(f"KL {counted.kl:.3g} nats, total variation {counted.total_variation:.3g}", fontsize=9)
    axis.legend(fontsize=8)


def correlations(axis: Any, report: Report) -> None:
    """g(r) and its reference."""
    r = np.arange(1, len(report.correlation) + 1)
    axis.plot(r, report.reference_correlation, color="black", linewidth=1.2, label="reference", zorder=1)
    error = np.nan_to_num(report.correlation_error)
    axis.errorbar(r, report.correlation, error, label="samples", **POINTS)
    axis.set(xlabel="distance r [sites]", ylabel="correlation g(r)")
    axis.legend(fontsize=8)


def table(axis: Any, report: Report) -> None:
    """Values with errors beside their references."""
    axis.axis("off")
    rows = [
        (in_words(name), with_error(one.value, one.error), with_error(one.reference, one.reference_error))
        for name, one in report.metrics.items()
    ]
    worth = min((one for one in report.n_effective.values() if np.isfinite(one)), default=np.nan)
    rows += [("|⟨m⟩|", f"{report.abs_of_mean:.4f}", ""), ("effective sample size", f"{worth:.0f}", "")]
    rows.append(("different configurations", f"{100 * report.distinct:.1f} %", ""))
    for k, x in enumerate((0.0, 0.52, 0.8)):
        heads = ("metric", "samples", "reference")
        axis.text(x, 1.0, heads[k], fontsize=7.5, weight="bold", transform=axis.transAxes)
        for place, row in enumerate(rows, 1):
            axis.text(x, 1.0 - place / (len(rows) + 1), row[k], fontsize=7, transform=axis.transAxes)


def with_error(value: float, error: float) -> str:
    """A value with its error in brackets, in units of the last digit."""
    if not np.isfinite(value):
        return "none"
    if not np.isfinite(error) or error <= 0:
        return f"{value:.5g}"
    digits = min(9, max(0, 1 - int(np.floor(np.log10(error)))))
    return f"{value:.{digits}f}({round(error * 10**digits)})"


def pictures(axis: Any, report: Report) -> None:
    """Four configurations of a flat lattice."""
    axis.axis("off")
    if report.pictures[0].ndim != 2:
        return
    rows, columns = report.pictures[0].shape
    frame = np.zeros((2 * rows + 1 + rows // 16, 2 * columns + 1 + columns // 16))
    for k, one in enumerate(report.pictures):
        top, left = (k // 2) * (frame.shape[0] - rows), (k % 2) * (frame.shape[1] - columns)
        frame[top : top + rows, left : left + columns] = one
    axis.imshow(np.ma.masked_equal(frame, 0), cmap="cividis", vmin=-1, vmax=1, interpolation="nearest")
    axis.set_title("first, two later, and last configuration", fontsize=9)
