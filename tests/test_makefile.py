"""The pipeline in a throw-away book: what a failure leaves, and that a killed build resumes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CHAPTER = """
# %% tags=["parameters"]
scale = "smoke"
device = "cpu"
store = False
# %%
"""
CLAIMS = """
items:
  demo/fig1:
    what: Nothing
    chapter: demo/good
    claims:
      fig1/drawn: {statement: Nothing, relation: documentary, source: Fig. 1}
"""
WAIT = 'import pathlib, time\npathlib.Path("started").touch()\nwhile pathlib.Path("hang").exists(): time.sleep(0.05)\n'

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@pytest.fixture
def book(tmp_path):
    """A folder with the real Makefile, three chapters, and the environment that runs this test as .venv."""
    chapters = tmp_path / "book" / "chapters" / "demo"
    for folder in (chapters, tmp_path / "book" / "claims", tmp_path / "spinlib", tmp_path / "book" / "spinbook"):
        folder.mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "book" / "claims" / "demo.yml").write_text(CLAIMS)
    (chapters / "bad.py").write_text(CHAPTER + 'raise RuntimeError("the lattice melted")\n')
    (chapters / "good.py").write_text(CHAPTER + "print(scale)\n")
    (chapters / "slow.py").write_text(CHAPTER + WAIT)
    (tmp_path / ".venv").mkdir()
    for part in Path(sys.prefix).iterdir():
        if part.name != "installed":
            (tmp_path / ".venv" / part.name).symlink_to(part)
    (tmp_path / ".venv" / "installed").touch()
    return tmp_path


def make(book, *targets):
    # Within `make test` these would make this make a submake, which announces its folders.
    outside = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    return subprocess.run(["make", *targets], cwd=book, capture_output=True, text=True, timeout=120, env=outside)


def test_a_failed_chapter_does_not_stop_the_others_and_a_killed_build_resumes(book):
    executed, failed = book / "build" / "executed" / "demo", book / "build" / "failed" / "demo"
    (book / "hang").touch()
    build = subprocess.Popen(
        ["make", "book"], cwd=book, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 120
    while not ((executed / "good.ipynb").exists() and (book / "started").exists() and (failed / "bad.txt").exists()):
        assert time.monotonic() < deadline
        assert build.poll() is None
        time.sleep(0.05)
    os.killpg(build.pid, signal.SIGKILL)
    build.wait()
    assert not (executed / "slow.ipynb").exists()
    (book / "hang").unlink()

    again = make(book, "book")
    assert again.returncode != 0
    assert sorted(line for line in again.stdout.splitlines() if line.startswith("executing")) == [
        "executing demo/bad",
        "executing demo/slow",
    ]
    assert "RuntimeError: the lattice melted" in (failed / "bad.txt").read_text()
    assert "its traceback is build/failed/demo/bad.txt" in again.stderr
    assert sorted(path.name for path in executed.glob("[a-z]*[a-z].ipynb") if ".part." not in path.name) == [
        "good.ipynb",
        "slow.ipynb",
    ]
    assert not (book / "build" / "html").exists()


def test_only_what_changed_is_executed_again(book):
    target = "build/executed/demo/good.ipynb"
    assert make(book, target).returncode == 0
    assert make(book, target).stdout.strip().endswith("is up to date.")
    later = time.time() + 2
    os.utime(book / "book" / "claims" / "demo.yml", (later, later))
    assert "executing demo/good" in make(book, "-n", target).stdout


@pytest.mark.parametrize(
    ("target", "message"),
    [("record", "give a chapter"), ("build/executed/demo/none.ipynb", "No rule to make target")],
)
def test_bad_input_is_one_error(book, target, message):
    done = make(book, target)
    assert done.returncode == 2
    assert message in done.stderr


def test_help_lists_the_targets(book):
    listed = make(book, "help").stdout
    for target in ("book", "test", "smoke", "record", "audit", "wanted", "bench", "serve", "clean"):
        assert f"\n{target} " in f"\n{listed}"


def test_a_peer_that_does_not_install_is_named_and_tried_again(book):
    (book / "benchmarks").mkdir()
    (book / "benchmarks" / "peers.txt").write_text("# other packages\n./not_there\n")
    for _ in range(2):
        done = make(book, "build/peers/installed")
        assert done.returncode == 0, done.stderr
        assert "./not_there does not install here" in done.stdout
    assert (book / "build" / "peers" / "bin" / "python").exists()
    assert not (book / "build" / "peers" / "installed").exists()
