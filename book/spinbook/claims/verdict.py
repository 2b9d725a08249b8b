"""Verdicts: whether a claim holds, from a measured value, its error, and a tolerance fixed before the run.

With d = ours - target and sigma the error of ours:

relation     holds                       fails
equal        |d| + 2 sigma <= tolerance  |d| - 2 sigma > tolerance
at_least     d - 2 sigma >= -tolerance   d + 2 sigma < -tolerance
at_most      d + 2 sigma <= tolerance    d - 2 sigma > tolerance
ordering     at_least with target 0 for every step between neighbours in the order; fails if one step fails
chi_square   p > tolerance               otherwise; several families in one claim are Holm-corrected at that level

and "inconclusive" in between, or where an error is not valid. A documentary claim is "drawn".

"fails" says that a claim is contradicted under the paper's own conditions, or by arithmetic. A claim that declares
`conditions` (other hardware, settings that the paper does not state) is then "differs": not found here. Where every
one of n paired runs ends in an exact tie, "no higher than" and "no lower than" hold, and the note says what n ties
exclude. "void": nothing was left to test. "not run": nothing was measured.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..pages import page

if TYPE_CHECKING:
    from .claim import Claim

VERDICTS = ("holds", "fails", "differs", "void", "inconclusive", "drawn", "not run")
# Paired runs that must all end in a tie before the tie is a result; as many independent chains give a valid error.
FEWEST_TIES = 16
# More than so many times the data is no plan.
MOST_TIMES = 1000
# Smaller ones are shown as such: the tail of a distribution underflows to zero.
SMALLEST_P = 1e-300


@dataclasses.dataclass(frozen=True)
class Verdict:
    """A verdict with the number behind it; `note` says why it fails, what would decide it, or why it was not run."""

    verdict: str
    ours: Any = None
    error: float | None = None
    shown: str = ""
    note: str = ""


def judge(
    claim: Claim,
    ours: Any = None,
    ours_error: float | None = None,
    *,
    chi2: Any = None,
    dof: Any = None,
    ties: int = 0,
    reason: str = "",
    would_decide: str = "",
) -> Verdict:
    """The verdict on one claim; arguments as in Chapter.claim. ValueError where they do not fit the relation."""
    if (claim.relation == "chi_square") != (chi2 is not None and dof is not None):
        raise ValueError(f"claim {claim.id}: chi2 and dof are for the relation chi_square, this is {claim.relation}")
    if claim.relation == "documentary":
        value, error = (None, None) if ours is None else value_and_error(claim.id, ours, ours_error)
        return Verdict("drawn", value, error)
    if claim.relation == "chi_square":
        judged = chi_square(claim.id, np.atleast_1d(chi2), np.atleast_1d(dof), claim.tolerance)
    elif claim.relation == "ordering":
        judged = ordering(claim, ours)
    else:
        value, error = value_and_error(claim.id, ours, ours_error)
        judged = Verdict(compare(claim.relation, value - claim.target, error, claim.tolerance), value, error)
        if ties:
            judged = tied(claim, value, ties)
        elif not (math.isfinite(value) and math.isfinite(error)):
            why = getattr(ours, "reason", "") or f"the value is {value:g} +- {error:g}"
            judged = dataclasses.replace(judged, note=f"no valid error: {why}")
    if judged.verdict == "fails" and claim.conditions:
        judged = dataclasses.replace(
            judged, verdict="differs", note="; ".join(filter(None, (claim.conditions, reason)))
        )
    elif judged.verdict == "fails":
        judged = dataclasses.replace(judged, note=reason or "reason sought: none is known yet")
    elif judged.verdict == "inconclusive" and would_decide:
        wanted = [judged.note, f"would decide: {would_decide}", how_much(claim, judged.ours, judged.error)]
        judged = dataclasses.replace(judged, note="; ".join(filter(None, wanted)))
    return judged


def tied(claim: Claim, value: float, ties: int) -> Verdict:
    """The verdict where all of `ties` paired runs ended with the same value on both sides."""
    if claim.relation not in ("at_least", "at_most") or value != claim.target:
        raise ValueError(f"claim {claim.id}: ties={ties} is for at_least or at_most and a value that is the target")
    if ties < FEWEST_TIES:
        return Verdict("inconclusive", value, None, "", f"only {ties} runs, all of them exactly at the target")
    bound = 100 * (1 - 0.05 ** (1 / ties))
    told = f"all {ties} runs gave exactly the target: at 95 % confidence at most {bound:.1f} % of such runs differ"
    return Verdict("holds", value, None, "", told)


def value_and_error(claim_id: str, ours: Any, ours_error: float | None) -> tuple[float, float]:
    """From an Estimate (anything with .value and .error), or a number with its error."""
    if hasattr(ours, "value") and hasattr(ours, "error"):
        if ours_error is not None:
            raise ValueError(f"claim {claim_id}: an Estimate carries its error, ours_error={ours_error!r} is too much")
        return float(ours.value), float(ours.error)
    if ours is None or ours_error is None:
        raise ValueError(f"claim {claim_id}: give ours and ours_error (0.0 for an exact number), not {ours!r} alone")
    if np.ndim(ours) or np.ndim(ours_error):
        raise ValueError(f"claim {claim_id}: one number is wanted, not {ours!r}; a family of points is a chi_square")
    if ours_error < 0:
        raise ValueError(f"claim {claim_id}: ours_error={ours_error!r} is negative")
    return float(ours), float(ours_error)


def compare(relation: str, d: float, sigma: float, tolerance: float) -> str:
    """holds, fails or inconclusive for equal, at_least and at_most."""
    if not (math.isfinite(d) and math.isfinite(sigma)):
        return "inconclusive"
    excess = _excess(relation, d)
    if excess + 2 * sigma <= tolerance:
        return "holds"
    return "fails" if excess - 2 * sigma > tolerance else "inconclusive"


def _excess(relation: str, d: float) -> float:
    """How far a distance from the target goes in the direction that the tolerance bounds."""
    return {"equal": abs(d), "at_least": -d, "at_most": d}[relation]


def how_much(claim: Claim, value: Any, error: float | None) -> str:
    """How many times the data would decide an inconclusive claim, if the value stayed and its error fell as usual."""
    if error is None or not (math.isfinite(value) and math.isfinite(error)):
        return ""
    left = abs(_excess(claim.relation, value - claim.target) - claim.tolerance)
    times = round((2 * error / left) ** 2, 6) if left else math.inf
    if times > MOST_TIMES:
        return f"more than {MOST_TIMES} times the data, if the value stays"
    return f"about {math.ceil(10 * times) / 10 if times < 2 else math.ceil(times):g} times the data, if the value stays"


def ordering(claim: Claim, ours: Any) -> Verdict:
    """`ours` maps each label of the target to (value, error) or an Estimate; they must rise in the target's order."""
    if not isinstance(ours, Mapping) or set(ours) != set(claim.target):
        raise ValueError(f"claim {claim.id}: ours must map {', '.join(claim.target)} to (value, error), not {ours!r}")
    points = []
    for label in claim.target:
        point = ours[label]
        points.append(value_and_error(claim.id, *((point, None) if hasattr(point, "value") else point)))
    steps = [
        compare("at_least", after - before, math.hypot(before_error, after_error), claim.tolerance)
        for (before, before_error), (after, after_error) in itertools.pairwise(points)
    ]
    verdict = next((v for v in ("fails", "inconclusive") if v in steps), "holds")
    note = "" if np.isfinite(points).all() else "no valid error of one of the values"
    shown = "; ".join(f"{label}: {page.number(*point)}" for label, point in zip(claim.target, points, strict=True))
    return Verdict(verdict, [value for value, _ in points], None, shown, note)


def chi_square(claim_id: str, chi2: np.ndarray, dof: np.ndarray, level: float) -> Verdict:
    """One chi-square a family; `ours` is the smallest p-value."""
    from scipy.special import chdtrc  # scipy.stats takes a second to import

    from spinlib.statistics import holm

    if chi2.shape != dof.shape or chi2.ndim != 1 or np.any(dof < 1) or np.any(chi2 < 0):
        raise ValueError(f"claim {claim_id}: chi2={chi2} and dof={dof} must be as many numbers, chi2 >= 0, dof >= 1")
    if not np.isfinite(chi2).all():
        return Verdict("inconclusive", None, None, "", "no valid error of some of the points")
    p = chdtrc(dof, chi2)
    worst = int(np.argmin(p))
    size = f"{chi2[worst]:.1f}" if chi2[worst] < 1e5 else f"{chi2[worst]:.2e}"
    shown = f"$\\chi^2$ = {size} for {dof[worst]:g} degrees of freedom, "
    shown += f"p = {p[worst]:.2g}" if p[worst] >= SMALLEST_P else f"p < {SMALLEST_P:.0g}"
    if len(p) > 1:
        shown += f", the smallest of {len(p)}, Holm-corrected"
    rejected = holm(p, level)
    return Verdict("fails" if np.any(rejected) else "holds", float(p[worst]), None, shown)
