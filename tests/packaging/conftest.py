"""Virtual environments that hold what `pip install '.[extras]'` would install, and nothing else, in a second.

The distributions are those of the environment that runs the tests, linked one by one; which of them belong follows from
the metadata of each, as pip reads it. A module that pip would not have installed is not there.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib.metadata
import os
import subprocess
import tomllib
import venv
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# Where the wheel has its packages from, relative to the root: spinlib, book/spinbook.
PACKAGES = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
NO_NETWORK = """
import socket
def refuse(self, address):
    raise OSError(f"no network here, but {address} is wanted")
socket.socket.connect = refuse
"""
ABSENT = """
import sys
from importlib import metadata, util
distributions = {found.name for found in metadata.distributions()}
print(*(name for name in sys.argv[1:] if name not in distributions and util.find_spec(name) is None))
"""


def own_requirements(*extras: str) -> list[Requirement]:
    """What the project asks for with these extras, its own extras resolved."""
    project = PROJECT["project"]
    found = [Requirement(text) for text in project["dependencies"]]
    waiting = list(extras)
    while waiting:
        for text in project["optional-dependencies"][waiting.pop()]:
            requirement = Requirement(text)
            if requirement.name == project["name"]:
                waiting += requirement.extras
            else:
                found.append(requirement)
    return found


def closure(requirements: Iterable[Requirement]) -> dict[str, importlib.metadata.Distribution]:
    """The installed distributions that these requirements lead to, by canonical name.

    Raises PackageNotFoundError for one that is not installed here.
    """
    found: dict[str, importlib.metadata.Distribution] = {}
    visited: set[tuple[str, frozenset[str]]] = set()
    waiting = list(requirements)
    while waiting:
        requirement = waiting.pop()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, extras) in visited or not wanted(requirement, ()):
            continue
        visited.add((name, extras))
        found[name] = importlib.metadata.distribution(requirement.name)
        needed = [Requirement(text) for text in found[name].requires or []]
        waiting += [
            Requirement(f"{each.name}[{','.join(each.extras)}]") for each in needed if wanted(each, tuple(extras))
        ]
    return found


def wanted(requirement: Requirement, extras: tuple[str, ...]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras))


def create(folder: Path, *extras: str) -> None:
    """Make the environment in `folder`."""
    venv.EnvBuilder(symlinks=True, with_pip=False).create(folder)
    (site,) = folder.glob("lib/python*/site-packages")
    for distribution in closure(own_requirements(*extras)).values():
        base = Path(str(distribution.locate_file("")))
        # Only what lies in site-packages, not scripts; a namespace package is linked file by file.
        for file in distribution.files or []:
            if file.parts[0] != ".." and "__pycache__" not in file.parts:
                link(base, site, file)
    # As an editable installation, so that numba finds in its cache what other tests have compiled.
    (site / "spinlib.pth").write_text("".join(f"{(ROOT / package).parent}\n" for package in PACKAGES))
    (site / "sitecustomize.py").write_text(NO_NETWORK)


def link(base: Path, site: Path, file: Path) -> None:
    """Link the smallest folder (or the file) that belongs to one distribution."""
    for depth in range(1, len(file.parts) + 1):
        part = Path(*file.parts[:depth])
        target = site / part
        if target.is_symlink():
            return
        whole = (base / part).is_file() or (base / part / "__init__.py").exists() or part.suffix == ".dist-info"
        if whole or part.suffix == ".libs":
            target.symlink_to(base / part)
            return
        target.mkdir(exist_ok=True)


@dataclasses.dataclass(frozen=True)
class Environment:
    """One of these environments, made in `folder`."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def run(self, *arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
        """Its interpreter with these arguments."""
        return self.run_with(str(self.python), *arguments, folder=folder)

    def run_with(self, *command: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
        """A command without variables that lead into another environment."""
        hidden = ("PYTHON", "VIRTUAL_ENV", "MYPYPATH")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
        return subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, timeout=600)

    def absent(self, names: Iterable[str]) -> set[str]:
        """Those of the names that are neither a module nor a distribution there."""
        done = self.run("-P", "-c", ABSENT, *names)
        assert done.returncode == 0, done.stderr
        return set(done.stdout.split())


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Environment]:
    """environment("record") is the one with this extra, environment() a plain installation."""

    @functools.cache
    def made(*extras: str) -> Environment:
        folder = tmp_path_factory.mktemp("-".join(extras) or "plain")
        create(folder, *extras)
        return Environment(folder)

    return made


@pytest.fixture(scope="session")
def plain(environment: Callable[..., Environment]) -> Environment:
    return environment()


@pytest.fixture(scope="session")
def recording(environment: Callable[..., Environment]) -> Environment:
    return environment("record")
