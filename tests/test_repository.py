"""The files of the repository agree with each other, and hold nothing of the machine that they were made on."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
TREE_LIMIT, RECORDS_LIMIT = 45 * 2**20, 30 * 2**20
# Hosts and options of package indexes, and absolute paths of somebody's machine.
INDEXES = (r"pypi\.org", "pythonhosted", "index-url", "find-links", "file:///")
FOREIGN = re.compile(
    "|".join([*INDEXES, *(rf"(?<![\w.])/{top}/(?=\w)" for top in ("work", "root", "home", "Users", "opt"))])
)


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode != 0:
        pytest.skip("not a git clone")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def requirements(*extras: str) -> list[Requirement]:
    """What an installation with these extras asks for, the package's own extras resolved."""
    found = [Requirement(text) for text in PROJECT["dependencies"]]
    waiting = list(extras)
    while waiting:
        for text in PROJECT["optional-dependencies"][waiting.pop()]:
            requirement = Requirement(text)
            if requirement.name == PROJECT["name"]:
                waiting += requirement.extras
            else:
                found.append(requirement)
    return found


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def test_every_dependency_is_pinned_within_its_range():
    pinned = {canonicalize_name(name): version for name, version in pins().items()}
    for requirement in requirements("book", "test", "ml"):
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), str(requirement)


def test_pins_are_exact_and_of_no_build():
    for name, version in pins().items():
        assert re.fullmatch(r"[\w.!]+", version), f"{name}=={version}"


def test_the_conda_environment_takes_everything_from_the_package():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    python, pip, from_pip = environment["dependencies"]
    assert environment["name"] == PROJECT["name"]
    assert SpecifierSet(PROJECT["requires-python"]).contains(python.removeprefix("python="))
    assert pip == "pip"
    constraints, package = from_pip["pip"]
    assert constraints == "-c constraints.txt"
    extras = re.fullmatch(r"-e \.\[([\w,]+)\]", package)[1].split(",")
    assert set(extras) <= set(PROJECT["optional-dependencies"])
    assert {"book", "test"} <= set(extras)


def test_ranges_leave_colab_its_torch_and_numpy():
    for requirement in requirements("torch"):
        if requirement.name in ("torch", "numpy"):
            assert "==" not in str(requirement.specifier)


def test_no_package_index_and_no_path_of_a_machine():
    found = []
    for path in tracked_files():
        if path.suffix in (".npz", ".png") or path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if FOREIGN.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert found == []


def test_sizes():
    sizes = {path: path.stat().st_size for path in tracked_files()}
    records = {path: size for path, size in sizes.items() if path.is_relative_to(ROOT / "book" / "records")}
    assert sum(sizes.values()) <= TREE_LIMIT
    assert sum(records.values()) <= RECORDS_LIMIT


def test_the_version_is_one():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert cited["version"] == PROJECT["version"]
    assert cited["license"] == "BSD-3-Clause"
    assert cited["repository-code"] == PROJECT["urls"]["Repository"]
