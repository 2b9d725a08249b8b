"""Experiments of the book, with settings of a test's own instead of those that they declare."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spinbook.records import experiment
from spinbook.records.computation import Run

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def compute(tmp_path) -> Callable[..., dict[str, Any]]:
    """`compute("dp/magnetization", settings, uses={...})`: what the experiment returns, unchecked and not stored."""

    def computed(name: str, settings: dict[str, Any], uses: dict[str, Any] | None = None) -> dict[str, Any]:
        found = experiment.load(name, ROOT)
        key = dataclasses.replace(found.key, root=tmp_path, settings={"smoke": settings})
        return dict(found.compute(settings, Run(key, "smoke", "cpu", resumable=False, uses=uses or {})))

    return computed
