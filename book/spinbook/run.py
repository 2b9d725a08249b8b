"""Execute a chapter's cells without Jupyter, jupytext, matplotlib or yaml: to make records on any machine.

The cells of a py:percent script run in one namespace; those tagged `figure` and `colab` are skipped, and claims are
not judged. What the parameters cell assigns may be overridden, and nothing else.
"""

from __future__ import annotations

import ast
import dataclasses
import itertools
import random
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import layout, provenance
from .chapter import MODE, AuditFinished

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


def run(chapter: str, scale: str, device: str, record: bool, parameters: Mapping[str, Any] | None = None) -> None:
    """`python -m spinbook run`: compute a chapter at a scale, and store its records where `record` is true."""
    layout.check_scale(scale)
    provenance.check_device(device)
    path = layout.chapter_path(chapter)
    token = MODE.set("record")
    try:
        execute(path, {"scale": scale, "device": device, "store": record, **(parameters or {})})
    finally:
        MODE.reset(token)


def audit(device: str, record: str | None = None) -> str:
    """Recompute one shipped record (`<paper>/<name>`, at random unless named) and compare it within errors.

    The same seed is used, so on one device the numbers agree to rounding. Returns the record's full name; raises
    record.RecordError where it disagrees.
    """
    import json

    folder = layout.root() / "book" / "records"
    shipped = sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.glob("*/*.json"))
    if not shipped:
        raise ValueError(f"no record is shipped in {folder}")
    full_name = record or random.SystemRandom().choice(shipped)
    if full_name not in shipped:
        raise ValueError(f"unknown record {full_name!r}: choose from {', '.join(shipped)}")
    meta = json.loads((folder / f"{full_name}.json").read_text(encoding="utf-8"))
    print(f"audit of {full_name}: {meta['scale']} scale, {meta['wall_time']:.0f} s on {meta['provenance']['device']}")
    token = MODE.set(f"audit {meta['name']}")
    try:
        execute(layout.chapter_path(meta["chapter"]), {"scale": "recorded", "device": device})
    except AuditFinished:
        return full_name
    finally:
        MODE.reset(token)
    raise ValueError(f"chapter {meta['chapter']} does not open the record {meta['name']}: remove {full_name}")
