"""The old form of a chapter, which computes its records in its own cells: `chapter.record(name, settings, compute)`.

To be removed with the last chapter that has it. The cells of a py:percent script run in one namespace; those tagged
`figure` and `colab` are skipped, and claims are not judged.
"""

from __future__ import annotations

import ast
import dataclasses
import itertools
import re
from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from . import layout
from .records import experiment

SKIPPED = frozenset({"figure", "colab"})
CELL = re.compile(r"^# %%(?P<rest>.*)$")

# How the cells are being executed: "show" (notebook or plain script), "record" (python -m spinbook run: neither
# figures nor claims), "refresh" (keep the smoke runs with the stored records), or "audit <record>" (recompute that one
# record, with the seed SEED or its own, and compare it with the shipped one).
MODE: ContextVar[str] = ContextVar("MODE", default="show")
SEED: ContextVar[int | None] = ContextVar("SEED", default=None)


class AuditFinished(Exception):
    """Raised by `record` when the record under audit was recomputed and agrees, with how well it does."""


def chapter_of(name: str, root: Path) -> str | None:
    """The chapter that is called `name`, or computes the record `name`, if it computes records in its own cells."""
    for chapter in layout.chapter_names(root):
        own = [record for record in experiment.opened_by(chapter, root) if "/" not in record]
        if own and name in (chapter, *(f"{chapter.split('/')[0]}/{record}" for record in own)):
            return chapter
    return None


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


def execute(chapter: str, parameters: Mapping[str, Any], mode: str) -> None:
    """Run the cells of a chapter with its parameters overridden."""
    path = layout.chapter_path(chapter)
    namespace: dict[str, Any] = {"__name__": "__main__", "__file__": str(path)}
    token = MODE.set(mode)
    try:
        for cell in code_cells(path.read_text(encoding="utf-8")):
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
    finally:
        MODE.reset(token)
