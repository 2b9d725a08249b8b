"""A throw-away book in a temporary folder, with one chapter."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent / "fixtures"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def demo(tmp_path, monkeypatch) -> Path:
    """The root of a book with the chapter demo/coin and its claims; also the working directory."""
    shutil.copytree(FIXTURES / "demo", tmp_path / "book" / "chapters" / "demo")
    (tmp_path / "book" / "claims").mkdir()
    shutil.copy(FIXTURES / "demo.yml", tmp_path / "book" / "claims" / "demo.yml")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path
