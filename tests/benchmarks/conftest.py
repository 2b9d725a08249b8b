"""The modules of benchmarks/, which is no package: they import each other by name from the folder of run.py."""

import importlib

import pytest


@pytest.fixture
def load(monkeypatch, request):
    monkeypatch.syspath_prepend(request.config.rootpath / "benchmarks")
    return importlib.import_module
