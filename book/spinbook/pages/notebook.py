"""A chapter as an unexecuted notebook, byte for byte the same each time, so that it can be kept and compared."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .. import layout
from ..records.storage import write_atomically

# Put into every notebook behind its title. {repository} stands in pyproject.toml. pip leaves torch and numpy as Colab
# has them, because pyproject.toml gives ranges. A clone or an installation that failed is tried again by the next run
# of the cell; it asks for spinbook, because spinlib would be found in the clone, without what it depends on.
COLAB_CELL = """\
# In Colab only: clone the repository and install it (torch and numpy stay as they are). Run it again if it failed.
import sys

if "google.colab" in sys.modules:
    import importlib.util
    import os
    import subprocess

    if not os.path.exists("/content/spinlib"):
        part = "/content/spinlib.part"
        subprocess.run(["rm", "-rf", part], check=True)
        subprocess.run(["git", "clone", "-q", "{repository}", part], check=True)
        os.rename(part, "/content/spinlib")
    if importlib.util.find_spec("spinbook") is None:
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", "/content/spinlib"], check=True)
        importlib.invalidate_caches()
    os.chdir("/content/spinlib")
"""


def notebook_text(chapter: str, scale: str | None = None) -> str:
    """The .ipynb of a chapter, with the cell for Colab; cell ids are made from the cell's place and source.

    scale: set by a cell of its own behind the parameters, as papermill does it, for whoever executes notebooks without
    giving parameters. ValueError where the chapter lacks the parameters that every chapter takes.
    """
    import jupytext
    from nbformat.v4 import new_code_cell

    notebook = jupytext.reads(layout.chapter_path(chapter).read_text(encoding="utf-8"), fmt="py:percent")
    if missing := {"scale", "device", "store"} - parameters(notebook.cells):
        raise ValueError(f"the parameters cell of chapter {chapter} lacks {', '.join(sorted(missing))}")
    if scale is not None:
        behind = 1 + max(k for k, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", []))
        given = new_code_cell(f'scale = "{scale}"', metadata={"tags": ["injected-parameters"]})
        notebook.cells.insert(behind, given)
    if not any("colab" in cell.metadata.get("tags", []) for cell in notebook.cells):
        source = COLAB_CELL.replace("{repository}", layout.repository()).rstrip("\n")
        notebook.cells.insert(1, new_code_cell(source, metadata={"tags": ["colab"]}))
    for position, cell in enumerate(notebook.cells):
        cell["id"] = hashlib.sha256(f"{position} {cell['source']}".encode()).hexdigest()[:8]
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return str(jupytext.writes(notebook, fmt="ipynb")).rstrip("\n") + "\n"


def parameters(cells: Sequence[Any]) -> set[str]:
    """The names that the cells tagged `parameters` assign."""
    tagged = [cell["source"] for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    statements = [statement for source in tagged for statement in ast.parse(source).body]
    return {t.id for s in statements if isinstance(s, ast.Assign) for t in s.targets if isinstance(t, ast.Name)}


def write(chapter: str, target: Path, scale: str | None = None) -> None:
    write_atomically(target, notebook_text(chapter, scale).encode())
