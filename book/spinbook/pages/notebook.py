"""A chapter as an unexecuted notebook, byte for byte the same each time, so that it can be kept and compared."""

from __future__ import annotations

import hashlib
from pathlib import Path

from .. import layout
from ..records.storage import write_atomically

# The first code cell of every chapter, the same text in all of them (a test compares). {repository} stands in
# pyproject.toml. pip leaves torch and numpy as Colab has them, because pyproject.toml gives ranges. A clone or an
# installation that failed is tried again by the next run of the cell; it asks for spinbook, because spinlib would be
# found in the clone, without what it depends on.
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


def notebook_text(chapter: str) -> str:
    """The .ipynb of a chapter; cell ids are made from the cell's place and source, not at random."""
    import jupytext

    name = layout.chapter_path(chapter).read_text(encoding="utf-8")
    notebook = jupytext.reads(name, fmt="py:percent")
    for position, cell in enumerate(notebook.cells):
        cell["id"] = hashlib.sha256(f"{position} {cell['source']}".encode()).hexdigest()[:8]
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return str(jupytext.writes(notebook, fmt="ipynb")).rstrip("\n") + "\n"


def write(chapter: str, target: Path) -> None:
    """Write the notebook after checking that it takes the parameters that every chapter takes."""
    from ..run import code_cells, parameter_names

    text = layout.chapter_path(chapter).read_text(encoding="utf-8")
    missing = {"scale", "device", "store"} - parameter_names(code_cells(text), chapter)
    if missing:
        raise ValueError(f"the parameters cell of chapter {chapter} lacks {', '.join(sorted(missing))}")
    write_atomically(target, notebook_text(chapter).encode())
