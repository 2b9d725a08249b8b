"""Make records, audit them, and keep their smoke runs: what the command line does with experiments.

Nothing here needs Jupyter, matplotlib or a chapter's cells, so a record can be made on any machine.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import layout
from .imports import require
from .pages.page import duration
from .records import experiment, obtain, provenance


def run(name: str, scale: str, device: str, record: bool) -> None:
    """Compute one record, or all that a chapter opens, and store them where `record` is true.

    Parameters
    ----------
    name : str
        A record or a chapter, as `<paper>/<name>` or as the path of its file. Where both have the name, the record.
    scale : str
        "smoke", "laptop" or "paper".
    device : str
        "cpu", "cuda", ... Records of a chapter that need another one are left out.
    record : bool
        Whether to store the results under `book/records`.
    """
    layout.check_scale(scale)
    provenance.check_device(device)
    root = layout.root()
    wanted = resolve(name, root)
    for each in wanted:
        require(experiment.sources(each, root).values())
    for found in [experiment.load(each, root) for each in wanted]:
        if not obtain.lacks(found, device):
            made = obtain.obtain(found, scale, device, store=record)
            print(f"{made.name}: {made.scale} scale, {duration(made.wall_time)}")
        elif len(wanted) == 1:
            raise ValueError(f"record {each!r} needs --device {found.key.device}, not {device}")


def resolve(name: str, root: Path) -> list[str]:
    """The records that a name of the command line means; ValueError for one that is neither record nor chapter."""
    short = layout.short_name(name, "experiments", root)
    if short in (known := experiment.names(root)):
        return [short]
    chapters = layout.chapter_names(root)
    if (short := layout.short_name(name, "chapters", root)) in chapters:
        return experiment.opened_by(short, root)
    raise ValueError(f"unknown record or chapter {name!r}: choose from {', '.join([*known, *chapters]) or '(none)'}")


def shipped(root: Path) -> dict[str, dict[str, Any]]:
    """The json of every shipped record by its name, those that are made fastest first."""
    folder = root / "book" / "records"
    found = {
        path.relative_to(folder).with_suffix("").as_posix(): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*/*.json"))
    }
    if not found:
        raise ValueError(f"no record is shipped in {folder}")
    return dict(sorted(found.items(), key=lambda each: each[1]["wall_time"]))


def of_commit(commit: str | None, seconds: float = 120.0) -> str:
    """The record that a commit has recomputed: one of those that took at most `seconds`, by the commit's hash."""
    short = sorted(name for name, meta in shipped(layout.root()).items() if meta["wall_time"] <= seconds)
    if not short:
        raise ValueError(f"no record was made in at most {seconds:g} s")
    return short[int((commit or "0").removesuffix("+changes"), 16) % len(short)]


def audit(device: str, record: str | None = None, seed: int | None = None) -> str:
    """Recompute one shipped record (`<paper>/<name>`, at random unless named) and compare it within errors.

    Without a `seed` that of the record is used. Returns how well the numbers agree; raises RecordError where they do
    not.
    """
    root = layout.root()
    known = shipped(root)
    if record is None:
        print("records that can be recomputed here, and how long they took:")
        for name, meta in known.items():
            print(f"  {name}: {duration(meta['wall_time'])} on {meta['provenance']['device']}, {meta['scale']} scale")
    name = record or random.SystemRandom().choice(list(known))
    if name not in known:
        raise ValueError(f"unknown record {name!r}: choose from {', '.join(sorted(known))}")
    meta = known[name]
    print(
        f"audit of {name}: {meta['scale']} scale, {'its own seed' if seed is None else f'seed {seed}'}, "
        f"{duration(meta['wall_time'])} on {meta['provenance']['device']}",
        flush=True,
    )
    return obtain.audit(experiment.load(name, root), device, seed)


def refresh(wanted: Sequence[str] = ()) -> None:
    """Compute the smoke runs of records, or of all that chapters open, and keep them with the stored records.

    All shipped records unless some are named. Their own numbers stay; RecordError where one of them is stale.
    """
    root = layout.root()
    for name in wanted or shipped(root):
        for found in [experiment.load(each, root) for each in resolve(name, root)]:
            if not obtain.lacks(found, "cpu"):
                obtain.refresh(found)
