"""Which modules an experiment will import, read from its source: what is missing is said before hours of computing."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

from spinlib.samplers import METHODS

# What may be missing where spinlib alone is installed -> the extra of pyproject.toml that brings it.
EXTRAS = {
    **dict.fromkeys(("torch", "sklearn", "transformers", "yaml"), "record"),
    **dict.fromkeys(("IPython", "jupyter_client", "jupytext", "matplotlib", "nbformat", "PIL", "pygments"), "book"),
    **dict.fromkeys(("docutils", "sphinx", "sphinx-mathjax-offline"), "book"),
    "distributed": "cluster",
    **dict.fromkeys(("h5netcdf", "h5py", "zarr"), "files"),
}
OURS = ("spinlib", "spinbook")


def require(sources: Iterable[str]) -> None:
    """Raise ModuleNotFoundError for the first of EXTRAS that these sources need and that is not installed.

    What they import counts, what our own modules import when they are imported themselves, and the method of
    `spinlib.sample` that a source names (it is looked up when the computation comes to it).
    """
    needed: set[str] = set()
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            needed |= imported(node)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in METHODS:
                needed.add(f"spinlib.samplers.{METHODS.places[node.value]}")
    visited: set[str] = set()
    while needed:
        name = needed.pop()
        if name in visited:
            continue
        visited.add(name)
        top = name.partition(".")[0]
        if top in EXTRAS and find_spec(top) is None:
            raise ModuleNotFoundError(f"No module named {top!r}", name=top)
        if top in OURS:
            needed |= _imports_of(name)


def imported(node: ast.AST) -> set[str]:
    """What a statement imports; `from a import b` may import the module a.b as well as a."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return set()


@functools.cache
def _imports_of(name: str) -> frozenset[str]:
    """What one of our modules imports when it is imported, its packages included; nothing where it is no module."""
    try:
        spec = find_spec(name)
    except ModuleNotFoundError:  # a function's name: its parent is no package
        return frozenset()
    if spec is None or spec.origin is None:
        return frozenset()
    body = ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body
    parents = {name.rpartition(".")[0]} - {""}
    return frozenset(parents.union(*(imported(node) for node in _executed(body))))


def _executed(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module that run when it is imported, as far as they stand at its top level."""
    for node in body:
        if isinstance(node, ast.Try):
            yield from _executed([*node.body, *node.orelse, *node.finalbody])
        else:
            yield node
