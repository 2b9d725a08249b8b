"""In CI a test is not skipped without notice."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")
TESTS = """
import pytest
def test_passes():
    assert True
def test_is_skipped():
    pytest.skip({reason!r})
"""
MODULE = "import pytest\npytest.importorskip('no_such_module', reason='no_such_module is not installed')\n"


def outcome(folder, files, ci, *options):
    shutil.copy(CONFTEST, folder)
    (folder / "pytest.ini").write_text("[pytest]\n")
    for number, text in enumerate(files):
        (folder / f"test_{number}.py").write_text(text)
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("CI", "PYTEST"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    return subprocess.run(command, cwd=folder, env=variables | ci, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    ("text", "options"),
    [(TESTS.format(reason="no chromium"), ("-n", "2")), (MODULE, ())],
    ids=["a test, in a worker", "a module"],
)
def test_a_skip_fails_in_ci_with_its_reason(tmp_path, text, options):
    files = [TESTS.format(reason="no CUDA device: not here"), text]
    elsewhere = outcome(tmp_path, files, {}, *options)
    assert elsewhere.returncode == 0, elsewhere.stdout
    done = outcome(tmp_path, files, {"CI": "true"}, *options)
    assert done.returncode == 1
    (line,) = [line for line in done.stdout.splitlines() if "not to be skipped" in line]
    assert line.endswith("no chromium" if text is not MODULE else "no_such_module is not installed")


def test_a_test_that_needs_a_gpu_may_be_skipped_in_ci(tmp_path):
    done = outcome(tmp_path, [TESTS.format(reason="no CUDA device: run elsewhere")], {"CI": "true"})
    assert done.returncode == 0, done.stdout
