"""Execute a chapter's cells without Jupyter, jupytext, matplotlib or yaml: to make records on any machine.

The cells of a py:percent script run in one namespace; those tagged `figure` and `colab` are skipped, and claims are
not judged. What the parameters cell assigns may be overridden, and nothing else.
"""

from __future__ import annotations

import ast
import dataclasses
import itertools
import json
import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import layout
from .chapter import MODE, SEED, AuditFinished
from .pages import page
from .records import provenance

SKIPPED = frozenset({"figure", "colab"})
CELL = re.compile(r"^# %%(?P<rest>.*)$")


@dataclasses.dataclass(frozen=True)
class Cell:
    """A code cell: its source, its tags, and the line of the script that its first line is."""

    source: str
    tags: frozenset[str]
    line: int


def code_cells(text: str) -> list[Cell]:
    """The code cells of a py:percent script, in order; what stands before the first `# %%` is the file's header."""
    cells = []
    lines = text.splitlines()
    starts = [i for i, line in enumerate(lines) if CELL.match(line)] + [len(lines)]
    for begin, end in itertools.pairwise(starts):
        rest = CELL.match(lines[begin])["rest"]  # type: ignore[index]
        if re.search(r"\[(markdown|md|raw)\]", rest):
            continue
        tags = re.search(r"tags=(\[.*?\])", rest)
        listed = frozenset(ast.literal_eval(tags[1])) if tags else frozenset()
        cells.append(Cell("\n".join(lines[begin + 1 : end]), listed, begin + 2))
    return cells


def parameter_names(cells: list[Cell], name: str) -> set[str]:
    """The names that the one cell tagged `parameters` assigns; ValueError if there is no such cell."""
    tagged = [cell for cell in cells if "parameters" in cell.tags]
    if len(tagged) != 1:
        raise ValueError(f"chapter {name} must have one cell tagged parameters, it has {len(tagged)}")
    statements = ast.parse(tagged[0].source).body
    return {t.id for s in statements if isinstance(s, ast.Assign) for t in s.targets if isinstance(t, ast.Name)}


def execute(path: Path, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Run the cells of a chapter with its parameters overridden; returns its namespace."""
    cells = code_cells(path.read_text(encoding="utf-8"))
    known = parameter_names(cells, path.stem)
    if unknown := set(parameters) - known:
        names = ", ".join(sorted(unknown))
        raise ValueError(f"unknown parameter {names} of chapter {path.stem}: choose from {', '.join(sorted(known))}")
    namespace: dict[str, Any] = {"__name__": "__main__", "__file__": str(path)}
    for cell in cells:
        if cell.tags & SKIPPED:
            continue
        # The empty lines make line numbers in a traceback those of the script.
        code = compile("\n" * (cell.line - 1) + cell.source, str(path), "exec")
        try:
            exec(code, namespace)
        except Exception as error:
            error.add_note(f"in {path}, cell at line {cell.line}")
            raise
        if "parameters" in cell.tags:
            namespace.update(parameters)
    return namespace


def _execute(chapter: str, mode: str, parameters: Mapping[str, Any]) -> None:
    path = layout.chapter_path(chapter)
    token = MODE.set(mode)
    try:
        execute(path, parameters)
    finally:
        MODE.reset(token)


def run(chapter: str, scale: str, device: str, record: bool, parameters: Mapping[str, Any] | None = None) -> None:
    """`python -m spinbook run`: compute a chapter at a scale, and store its records where `record` is true."""
    layout.check_scale(scale)
    provenance.check_device(device)
    _execute(chapter, "record", {"scale": scale, "device": device, "store": record, **(parameters or {})})


def shipped() -> dict[str, dict[str, Any]]:
    """The json of every shipped record by its full name, those that are made fastest first."""
    folder = layout.root() / "book" / "records"
    found = {
        path.relative_to(folder).with_suffix("").as_posix(): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*/*.json"))
    }
    if not found:
        raise ValueError(f"no record is shipped in {folder}")
    return dict(sorted(found.items(), key=lambda each: each[1]["wall_time"]))


def of_commit(commit: str | None, seconds: float = 120.0) -> str:
    """The record that a commit has recomputed: one of those that took at most `seconds`, by the commit's hash."""
    short = sorted(name for name, meta in shipped().items() if meta["wall_time"] <= seconds)
    if not short:
        raise ValueError(f"no record was made in at most {seconds:g} s")
    return short[int((commit or "0").removesuffix("+changes"), 16) % len(short)]


def audit(device: str, record: str | None = None, seed: int | None = None) -> str:
    """Recompute one shipped record (`<paper>/<name>`, at random unless named) and compare it within errors.

    Without a `seed` that of the record is used. Returns how well the numbers agree; raises record.RecordError where
    they do not.
    """
    known = shipped()
    if record is None:
        print("records that can be recomputed here, and how long they took:")
        for name, meta in known.items():
            print(
                f"  {name}: {page.duration(meta['wall_time'])} on {meta['provenance']['device']}, {meta['scale']} scale"
            )
    full_name = record or random.SystemRandom().choice(list(known))
    if full_name not in known:
        raise ValueError(f"unknown record {full_name!r}: choose from {', '.join(sorted(known))}")
    meta = known[full_name]
    print(
        f"audit of {full_name}: {meta['scale']} scale, {'its own seed' if seed is None else f'seed {seed}'}, "
        f"{page.duration(meta['wall_time'])} on {meta['provenance']['device']}",
        flush=True,
    )
    token = SEED.set(seed)
    try:
        _execute(meta["chapter"], f"audit {meta['name']}", {"scale": "recorded", "device": device})
    except AuditFinished as finished:
        return str(finished)
    finally:
        SEED.reset(token)
    raise ValueError(f"chapter {meta['chapter']} does not open the record {meta['name']}: remove {full_name}")


def refresh(chapters: Sequence[str] = ()) -> None:
    """Compute the smoke runs of chapters (all that have records) and keep them with the stored records.

    The records' own numbers stay; record.RecordError where one of them is stale.
    """
    for chapter in chapters or sorted({meta["chapter"] for meta in shipped().values()}):
        _execute(chapter, "refresh", {"scale": "smoke"})
