"""The scorecard: one row per claim of every paper, from what the chapters of a build reported."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .. import layout
from ..records import experiment, record
from . import claim
from .verdict import Verdict

COLUMNS = (
    "item",
    "claim",
    "paper",
    "source",
    "statement",
    "paper_value",
    "ours",
    "ours_error",
    "exact",
    "relation",
    "tolerance",
    "verdict",
    "reason",
    "scale",
    "chapter",
    "record",
)


def papers(root: Path) -> list[str]:
    return sorted(path.stem for path in (root / "book" / "claims").glob("*.yml"))


def rows(root: Path) -> list[dict[str, Any]]:
    """A row for each claim, in the files' order, from `build/claims`; ValueError where a chapter did not report.

    A claim whose chapter does not exist yet is "not run".
    """
    found: list[dict[str, Any]] = []
    for paper in papers(root):
        for declared in claim.load(paper, root).values():
            if declared.chapter not in layout.chapter_names(root):
                found.append(claim.row(declared, Verdict("not run", note="its chapter is not written yet"), None))
                continue
            reported = {row["claim"]: row for row in report(declared.chapter, root)["rows"]}
            if declared.id not in reported:
                raise ValueError(f"chapter {declared.chapter} did not report {declared.id}: execute it again")
            found.append(reported[declared.id])
    return found


def report(chapter: str, root: Path) -> dict[str, Any]:
    """What a chapter's close() wrote: its rows and the provenance of its execution."""
    path = root / "build" / "claims" / f"{chapter}.json"
    if not path.exists():
        raise ValueError(f"chapter {chapter} has not been executed from records: {path} is not there")
    return json.loads(path.read_text(encoding="utf-8"))


def to_json(found: Sequence[dict[str, Any]]) -> bytes:
    """The rows with the keys COLUMNS."""
    return (json.dumps([{key: row[key] for key in COLUMNS} for row in found], indent=1) + "\n").encode()


def wanted(root: Path | None = None) -> list[str]:
    """For each record that is missing, stale or below its largest scale: time, command, and claims that wait for it."""
    root = root or layout.root()
    lines = []
    for paper in papers(root):
        content = claim.load_paper(paper, root)
        for name, about in content.records.items():
            waiting = [c for c in content.claims.values() if name in c.records]
            why, command = _lacking(f"{paper}/{name}", root, about.get("device"))
            if why and (waiting or "stale" in why):
                lines.append(f"{paper}/{name}: {why}; paper scale takes {about['estimate']}")
                lines += [f"  {command}", *(f"  {c.id}: {c.statement}" for c in waiting)]
    return lines


def _lacking(name: str, root: Path, device: str | None) -> tuple[str, str]:
    """What keeps a record from being an up-to-date one of its largest scale, or nothing; the command that makes it.

    device: that of the largest scale, where it is not the record's.
    """
    path = root / "book" / "records" / f"{name}.json"
    if name not in experiment.names(root):
        return "no record", "its experiment is not written yet"
    key = experiment.load(name, root).key
    command = key.command(device=device)
    if not path.exists():
        return "no record", command
    try:
        scale = record.load(key).scale
    except record.RecordError as error:
        return str(error).partition("; make it again")[0].removeprefix(f"record {name} is "), command
    return "" if scale == key.largest_scale else f"{scale} record", command
