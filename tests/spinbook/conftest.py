"""A throw-away book in a temporary folder, with one chapter and its two experiments."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent / "fixtures"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def demo(tmp_path, monkeypatch) -> Path:
    """The root of a book with the chapter demo/coin, its experiments and its claims; also the working directory."""
    for folder in ("chapters", "experiments"):
        shutil.copytree(FIXTURES / folder, tmp_path / "book" / folder)
    (tmp_path / "book" / "claims").mkdir()
    shutil.copy(FIXTURES / "demo.yml", tmp_path / "book" / "claims" / "demo.yml")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    # What one test imports as experiments.demo is not what the next one finds there.
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in [name for name in sys.modules if name.split(".")[0] == "experiments"]:
        monkeypatch.delitem(sys.modules, name)
    yield tmp_path
    for name in [name for name in sys.modules if name.split(".")[0] == "experiments"]:
        del sys.modules[name]


@pytest.fixture
def execute(demo):
    """Execute a chapter of it as a plain script would be, at another scale; returns its names."""

    def executed(scale: str, chapter: str = "demo/coin") -> dict:
        path = demo / "book" / "chapters" / f"{chapter}.py"
        text = path.read_text(encoding="utf-8").replace('scale = "smoke"', f'scale = "{scale}"')
        names: dict = {"__name__": "__main__"}
        exec(compile(text, str(path), "exec"), names)
        return names

    return executed
