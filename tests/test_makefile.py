"""The pipeline in a throw-away book, in a folder with a blank in its name: what a failure leaves, that a killed build
resumes, that two builds do not meet, and that the pages are made."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CHAPTER = """# %% [markdown]
# # A chapter
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
      fig1/drawn: {statement: Nothing, relation: documentary, source: paper, place: Fig. 1}
"""
WAIT = 'import pathlib, time\npathlib.Path("started").touch()\nwhile pathlib.Path("hang").exists(): time.sleep(0.05)\n'
WHOLE = """
from spinbook import open_chapter
chapter = open_chapter("demo/good", scale=scale, device=device, store=store)
print("a whole", "chapter")
# %%
chapter.claim("fig1/drawn")
chapter.close()
"""
PROSE = {
    "index.md": "# A book\n",
    "scorecard.md": "# Scorecard\n\n<!-- scorecard -->\n",
    "references.bib": "",
    "_toc.yml": "format: jb-book\nroot: index\nparts:\n  - caption: A\n    chapters:\n      - glob: chapters/demo/*\n"
    "  - caption: B\n    chapters:\n      - file: scorecard\n      - file: status\n",
}

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


# Within `make test` these would make a make started here a submake, which announces its folders.
OUTSIDE = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}


@pytest.fixture
def book(tmp_path):
    """A folder with the real Makefile, three chapters, and the environment that runs this test as .venv."""
    root = tmp_path / "a folder's name"
    chapters = root / "book" / "chapters" / "demo"
    for folder in (chapters, root / "book" / "claims", root / "spinlib" / "samplers", root / "book" / "spinbook"):
        folder.mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "constraints.txt", "book/spinbook/lock.py"):
        shutil.copy(ROOT / name, root / name)
    (root / "spinlib" / "samplers" / "none.py").touch()
    (root / "book" / "claims" / "demo.yml").write_text(CLAIMS)
    (chapters / "bad.py").write_text(CHAPTER + 'raise RuntimeError("the lattice melted")\n')
    (chapters / "good.py").write_text(CHAPTER + "print(scale)\n")
    (chapters / "slow.py").write_text(CHAPTER + WAIT)
    (root / ".venv").mkdir()
    for part in Path(sys.prefix).iterdir():
        if part.name != "installed":
            (root / ".venv" / part.name).symlink_to(part)
    (root / ".venv" / "installed").touch()
    return root


def make(book, *targets, **environment):
    return subprocess.run(
        ["make", *targets], cwd=book, capture_output=True, text=True, timeout=120, env=OUTSIDE | environment
    )


@contextlib.contextmanager
def building(book):
    """A `make book` that has come to the slow chapter, and is killed with all that it started at the end."""
    (book / "hang").touch()
    build = subprocess.Popen(
        ["make", "book"],
        cwd=book,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=OUTSIDE,
    )
    try:
        until(lambda: (book / "started").exists(), build)
        yield build
    finally:
        (book / "hang").unlink()
        os.killpg(build.pid, signal.SIGKILL)
        build.wait()


def until(condition, build):
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        assert build.poll() is None
        time.sleep(0.05)


def test_a_failed_chapter_does_not_stop_the_others_and_a_killed_build_resumes(book):
    executed, failed = book / "build" / "executed" / "demo", book / "build" / "failed" / "demo"
    with building(book) as build:
        until(lambda: (executed / "good.ipynb").exists() and (failed / "bad.txt").exists(), build)
    assert not (executed / "slow.ipynb").exists()

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


def test_a_second_make_of_the_same_files_is_refused_with_one_line(book):
    (book / "book" / "chapters" / "demo" / "bad.py").unlink()
    with building(book) as build:
        for target in ("book", "test", "clean"):
            second = make(book, target)
            assert second.returncode == 2
            refusal, *verdict = second.stderr.splitlines()
            assert refusal.startswith(f"make {target}: make book (process ")
            assert refusal.endswith(f") is at work in {book}: let it end, or stop it")
            assert [line.split(" [")[0] for line in verdict] == ["make: ***"]
        # A chapter at smoke scale may be prepared beside the build.
        smoke = book / "build" / "smoke" / "demo"
        assert make(book, "build/smoke/demo/good.ipynb").returncode == 0
        assert '"smoke"' in (smoke / "good.ipynb").read_text().replace("\\", "")
        assert [path.name for path in smoke.iterdir()] == ["good.ipynb"]
        assert build.poll() is None
    assert make(book, "clean").returncode == 0
    assert not (book / "build").exists()


def test_pages_are_made_in_a_folder_with_a_blank(book):
    for name in ("bad", "slow"):
        (book / "book" / "chapters" / "demo" / f"{name}.py").unlink()
    (book / "book" / "chapters" / "demo" / "good.py").write_text(CHAPTER + WHOLE)
    for name, text in PROSE.items():
        (book / "book" / name).write_text(text)
    shutil.copy(ROOT / "_config.yml", book)
    shutil.copytree(ROOT / "book" / "static", book / "book" / "static")
    done = make(book, "book")
    assert done.returncode == 0, done.stderr
    assert "a whole chapter" in (book / "build" / "html" / "chapters" / "demo" / "good.html").read_text()
    assert "Nothing" in (book / "build" / "html" / "scorecard.html").read_text()
    assert [row["claim"] for row in json.loads((book / "build" / "scorecard.json").read_text())] == ["fig1/drawn"]


def test_only_what_changed_is_executed_again(book):
    target = "build/executed/demo/good.ipynb"
    records = book / "book" / "records" / "demo"
    records.mkdir(parents=True)
    assert make(book, target).returncode == 0
    assert make(book, target).stdout.strip().endswith("is up to date.")
    for changed in (book / "book" / "claims" / "demo.yml", records):  # the folder: a record was added or removed
        then = changed.stat().st_mtime
        later = time.time() + 60
        os.utime(changed, (later, later))
        assert "executing demo/good" in make(book, "-n", target).stdout
        os.utime(changed, (then - 60, then - 60))
        assert "is up to date" in make(book, "-n", target).stdout


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("record", "give a record or a chapter"),
        ("chapter", "give a name, as in: make chapter NAME="),
        ("build/executed/demo/none.ipynb", "No rule to make target"),
    ],
)
def test_bad_input_is_one_error(book, target, message):
    done = make(book, target)
    assert done.returncode == 2
    assert message in done.stderr


def test_help_lists_the_targets(book):
    listed = make(book, "help").stdout
    for target in ("book", "test", "chapter", "smoke", "record", "audit", "wanted", "bench", "serve", "clean"):
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
