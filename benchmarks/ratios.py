"""The speed of spinlib relative to the best other package, from the rows of one run, beside the targets.

    python benchmarks/ratios.py build/benchmarks.json

Only rows on one thread count. Ours are the subjects "sample auto" with any number of chains, the default of a user;
beside them is our best with any method.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

OURS, CHOSEN = "sample ", "sample auto"
# Benchmarks, with what their work has to contain: at least so many times as fast.
TARGETS: Sequence[tuple[str, str, float]] = (
    ("everyday: curve", "L=16,", 10.0),
    ("everyday: curve", "L=32,", 20.0),
    ("everyday: curve", "L=64,", 20.0),
    ("everyday: curve", "L=128,", 10.0),
    ("everyday: energy error", "", 30.0),
    ("everyday: susceptibility error", "", 30.0),
    ("everyday: crossing error", "", 20.0),
    ("everyday: independent draws", "", 10.0),
    ("everyday: configurations", "in memory", 10.0),
)
KEEPING, NOTHING = "everyday: configurations", "nothing kept"
MOST_FOR_KEEPING = 1.2  # times the run that keeps nothing


class Ratio(NamedTuple):
    """The speed relative to the best peer for one work, of our default and of our best method; NaN without a row."""

    benchmark: str
    work: str
    peer: str
    chosen: float
    best: float
    target: float

    @property
    def reached(self) -> bool:
        return self.chosen >= self.target


def ratios(rows: Iterable[Mapping[str, Any]]) -> list[Ratio]:
    """The ratios of all works that have a target, a row of ours and a row of another package."""
    by_work: dict[tuple[str, str], dict[str, float]] = {}
    for row in rows:
        if row["threads"] == 1:
            by_work.setdefault((row["benchmark"], row["work"]), {})[row["subject"]] = row["value"]
    found = []
    for (benchmark, work), values in by_work.items():
        targets = [target for name, part, target in TARGETS if name == benchmark and part in work]
        peers = {subject: value for subject, value in values.items() if not subject.startswith(OURS)}
        ours = [value for subject, value in values.items() if subject.startswith(OURS)]
        if targets and peers and ours:
            peer = min(peers, key=peers.__getitem__)
            chosen = [value for subject, value in values.items() if subject.startswith(CHOSEN)]
            first = peers[peer] / min(chosen) if chosen else float("nan")
            found.append(Ratio(benchmark, work, peer, first, peers[peer] / min(ours), targets[0]))
    return found


def keeping(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], float]:
    """Time of our runs that keep configurations over that of the run that keeps none, by subject and work."""
    here = [row for row in rows if row["benchmark"] == KEEPING and row["threads"] == 1 and _is_ours(row)]
    alone = {row["subject"]: row["value"] for row in here if row["work"].endswith(NOTHING)}
    return {
        (row["subject"], row["work"]): row["value"] / alone[row["subject"]]
        for row in here
        if not row["work"].endswith(NOTHING) and row["subject"] in alone
    }


def _is_ours(row: Mapping[str, Any]) -> bool:
    return bool(row["subject"].startswith(OURS))


def lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The lines printed after a run; none without rows of this group."""
    found = ratios(rows)
    told = [
        f"{one.benchmark:32} {one.work:48} {one.chosen:8.3g} times as fast as {one.peer} "
        f"(best of ours {one.best:.3g}), target {one.target:g}: {'reached' if one.reached else 'missed'}"
        for one in found
    ]
    return told + [
        f"{KEEPING:32} {work:48} {ratio:8.3g} times the time of {subject} that keeps nothing, "
        f"target {MOST_FOR_KEEPING:g}: {'reached' if ratio <= MOST_FOR_KEEPING else 'missed'}"
        for (subject, work), ratio in keeping(rows).items()
    ]


if __name__ == "__main__":
    print("\n".join(lines(json.loads(Path(sys.argv[1]).read_text()))))
