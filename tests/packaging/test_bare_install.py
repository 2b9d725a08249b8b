"""The README's ways for machines without Jupyter: what `pip install .` and `pip install '.[record]'` bring is enough.

Each runs in a virtual environment that holds nothing else, and in which no connection to another machine can be made.
"""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path

import pytest

from spinbook.imports import EXTRAS

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "tests" / "spinbook" / "fixtures"


def top_level_imports(source):
    """The first names of all modules that a source imports, wherever in it; relative imports are its own."""
    nodes = list(ast.walk(ast.parse(source)))
    found = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    found |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    return {name.partition(".")[0] for name in found}


def test_the_environments_hold_nothing_else(plain, recording):
    foreign = {"IPython", "jupytext", "matplotlib", "nbformat", "papermill", "pytest", "sphinx", "distributed", "pip"}
    assert recording.absent(foreign) == foreign
    assert plain.absent(foreign | {"torch", "sklearn", "yaml"}) == foreign | {"torch", "sklearn", "yaml"}


def test_whatever_a_recording_may_import_is_in_the_extra(recording):
    imported: set[str] = set()
    for folder in ("spinlib", "book/spinbook", "book/experiments"):
        for file in (ROOT / folder).rglob("*.py"):
            imported |= top_level_imports(file.read_text(encoding="utf-8"))
    imported -= {"experiments"}  # found in the clone
    assert {"numpy", "torch", "yaml", "sklearn"} <= imported
    # Triton comes with torch where there is a GPU; what is missing by design is named in one line (see below).
    elsewhere = {"triton"} | {name for name, extra in EXTRAS.items() if extra != "record"}
    assert recording.absent(imported - elsewhere) == set()


@pytest.mark.parametrize("extra", sorted(set(EXTRAS.values())))
def test_what_may_be_missing_is_brought_by_the_extra_that_the_message_names(environment, extra):
    assert environment(extra).absent(name for name in EXTRAS if EXTRAS[name] == extra) == set()


@pytest.mark.parametrize("chapter", ["dp/ising", "dnn/kernels"])
def test_a_chapter_runs(recording, chapter):
    done = recording.run("-m", "spinbook", "run", f"book/chapters/{chapter}.py", "--scale", "smoke")
    assert done.returncode == 0, done.stderr


def test_a_record_is_made_and_audited(recording, tmp_path):
    for folder in ("chapters", "experiments"):
        shutil.copytree(DEMO / folder, tmp_path / "book" / folder)
    (tmp_path / "book" / "claims").mkdir()
    shutil.copy(DEMO / "demo.yml", tmp_path / "book" / "claims")
    made = recording.run("-m", "spinbook", "run", "demo/coin", "--scale", "paper", "--record", folder=tmp_path)
    assert made.returncode == 0, made.stderr
    assert json.loads((tmp_path / "book" / "records" / "demo" / "coins.json").read_text())["scale"] == "paper"
    audited = recording.run("-m", "spinbook", "audit", folder=tmp_path)
    assert audited.returncode == 0, audited.stderr
    assert "demo/coins" in audited.stdout


def test_wanted_records_are_listed(recording):
    done = recording.run("-m", "spinbook", "wanted")
    assert done.returncode == 0, done.stderr
    assert "paper-scale record" in done.stdout or "--scale paper" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "module"),
    [
        (("run", "dp/ising"), "torch"),
        (("run", "dnn/kernels"), "torch"),
        (("run", "dp/ising", "--device", "cuda", "--record"), "torch"),
        (("wanted",), "yaml"),
    ],
)
def test_what_is_missing_is_one_line_that_names_the_extra(plain, arguments, module):
    done = plain.run("-m", "spinbook", *arguments)
    assert done.returncode == 2
    assert done.stderr == f"spinbook: {module} is not installed here: pip install '.[record]'\n"
    assert done.stdout == ""


def test_a_module_that_nobody_brings_keeps_its_traceback(plain, tmp_path):
    (tmp_path / "book" / "chapters").mkdir(parents=True)
    experiments = tmp_path / "book" / "experiments" / "demo"
    experiments.mkdir(parents=True)
    (experiments / "bad.py").write_text('import spinlib.misspelt\nSETTINGS = {"smoke": {}}\n')
    done = plain.run("-m", "spinbook", "run", "demo/bad", folder=tmp_path)
    assert done.returncode == 1
    assert "No module named 'spinlib.misspelt'" in done.stderr
    assert "Traceback" in done.stderr


def test_the_readmes_example_runs_on_a_plain_install(plain):
    text = (ROOT / "README.md").read_text(encoding="utf-8").split("## Use the library")[1].split("\n## ")[0]
    lines = [line.removeprefix("    ") for line in text.splitlines() if line.startswith("    ") or not line]
    script = "\n".join(line for line in lines if not line.startswith("pip "))
    assert "sample(" in script
    done = plain.run("-P", "-c", script)
    assert done.returncode == 0, done.stderr
    estimates, exact = done.stdout.rsplit("[", maxsplit=1)
    assert all(name in estimates for name in ("temperature", "value", "error", "valid"))
    assert all(-2 < float(number) < 0 for number in exact.strip("]\n ").split())


@pytest.mark.parametrize(("ending", "module"), [("zarr", "zarr"), ("nc", "h5netcdf")])
def test_a_file_that_needs_a_package_says_so(plain, ending, module, tmp_path):
    path = str(tmp_path / f"a.{ending}")
    done = plain.run(
        "-P", "-c", f"from spinlib import models, sample; sample(models.Ising((4, 4)), 2.0, 1, out={path!r})"
    )
    assert done.returncode == 1
    assert f"needs {module}: install spinlib with its extra [files]" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_method_that_needs_torch_says_so(plain):
    code = "from spinlib import models, sample; sample(models.Ising((4, 4)), 2.0, 1, method='convolution')"
    done = plain.run("-P", "-c", code)
    assert done.returncode == 1
    assert "method 'convolution' needs torch: install spinlib with its extra [torch]" in done.stderr
