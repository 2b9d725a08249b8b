"""The faults that `make mutants` plants can be planted, and their tests are there; the planting itself works."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "tests" / "mutants" / "plant.py"


def loaded():
    spec = importlib.util.spec_from_file_location("plant", FILE)
    module = importlib.util.module_from_spec(spec)
    sys.modules["plant"] = module  # where dataclasses look up annotations
    spec.loader.exec_module(module)
    return module


plant = loaded()
FAULTS = plant.faults()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_fault_can_be_planted_and_its_tests_are_there(fault):
    assert plant.problems(fault) == []


def test_all_parts_have_faults():
    folders = [str(Path(fault.file).parent) for fault in FAULTS]
    assert len(FAULTS) >= 25
    for part in ("samplers", "models", "exact", "learning"):
        assert any(folder.startswith(f"spinlib/{part}") for folder in folders)
    assert any(folder.startswith("book/spinbook") for folder in folders)
    assert any(folder.startswith("book/experiments") for folder in folders)


@pytest.fixture
def tree(tmp_path):
    """A tree of one module and three tests: one that sees its fault, one that does not, one that cannot be run."""
    (tmp_path / "book").mkdir()
    (tmp_path / "sums.py").write_text("def add(a, b):\n    return a + b\n")
    (tmp_path / "test_sums.py").write_text(
        "from sums import add\n\n"
        "def test_that_sees():\n    assert add(2, 3) == 5\n\n"
        "def test_that_sees_nothing():\n    assert add(0, 0) == 0\n"
    )
    (tmp_path / "test_broken.py").write_text("from sums import nothing\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


def fault(test, **changes):
    parts = {"name": "less", "file": "sums.py", "old": "a + b", "new": "a - b", "tests": (test,)}
    return plant.Fault(**(parts | changes))


@pytest.mark.parametrize(
    ("test", "code"),
    [("test_sums.py::test_that_sees", 1), ("test_sums.py::test_that_sees_nothing", 0), ("test_broken.py", 2)],
)
def test_a_planted_fault_is_seen_by_the_test_that_looks_and_gone_afterwards(tree, test, code):
    sound = (tree / "sums.py").read_bytes()
    one = fault(test)
    with plant.planted(one, tree):
        assert "a - b" in (tree / "sums.py").read_text()
        assert plant.run(one.tests, tree)[0] == code
    assert (tree / "sums.py").read_bytes() == sound
    if code < 2:
        assert plant.run(one.tests, tree)[0] == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"old": "a * b"}, "occurs 0 times in sums.py"),
        ({"old": "a"}, "occurs 3 times in sums.py"),
        ({"new": "a + b"}, "changes nothing"),
        ({"new": "a +"}, "invalid syntax"),
        ({"file": "products.py"}, "products.py is not there"),
        ({"tests": ("test_products.py",)}, "test_products.py is not there"),
        ({"tests": ("test_sums.py::test_that_was",)}, "test_sums.py has no test_that_was"),
    ],
)
def test_what_no_longer_applies_is_named(tree, changes, message):
    (found,) = plant.problems(fault("test_sums.py", **changes), tree)
    assert message in found


@pytest.mark.parametrize(
    ("faults", "code", "words"),
    [
        ([fault("test_sums.py::test_that_sees")], 0, "1 of 1 planted faults caught, 0 patches do not apply"),
        ([fault("test_sums.py::test_that_sees_nothing")], 1, "MISSED"),
        ([fault("test_sums.py::test_that_sees"), fault("test_sums.py", name="gone", old="?")], 1, "not apply: gone"),
        ([fault("test_broken.py")], 1, "they do not pass as they stand"),
    ],
)  # fmt: skip
def test_the_exit_code_says_whether_all_were_caught(tree, faults, code, words, monkeypatch, capsys):
    monkeypatch.setattr(plant, "ROOT", tree)
    monkeypatch.setattr(plant, "faults", lambda: faults)
    monkeypatch.setattr(plant.problems, "__defaults__", (tree,))
    assert plant.main([]) == code
    assert words in capsys.readouterr().out


def test_faults_are_chosen_by_a_part_of_their_name(capsys):
    assert plant.main(["no such fault"]) == 1
    assert "no fault has 'no such fault'" in capsys.readouterr().err


def test_the_copy_holds_the_tree_and_nothing_built(tree, tmp_path_factory):
    (tree / "build").mkdir()
    (tree / "build" / "page.html").write_text("")
    destination = tmp_path_factory.mktemp("copy")
    plant.copy(tree, destination)
    assert (destination / "sums.py").read_text() == (tree / "sums.py").read_text()
    assert not (destination / "build").exists()
