"""Experiments: how each record is computed.

The record `<paper>/<name>` is computed by `book/experiments/<paper>/<name>.py`, a module with

    SETTINGS: dict[str, dict[str, Any]]         # one dict of JSON values per scale; "smoke" is required
    COMPARE: dict[Any, Any]                     # how its numbers are compared, see spinbook.records.comparison
    VERSION = 1                                 # raised by hand where a change of code changes the result
    REQUIRES = "cuda"                           # a device without which it is not computed
    USES = ("dnn/regression",)                  # records that it is computed from

    def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]: ...

of which SETTINGS and `compute` must be there. `compute` gets the settings of one scale and a
spinbook.records.computation.Run; it returns arrays and numbers by name, `x_error` beside `x` where x is measured. A
module without SETTINGS is no record: it holds what several experiments share, as `experiments.<paper>.<module>`.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib.util
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from .. import layout
from ..imports import imported
from . import comparison
from .key import Key, check_settings

Compute = Callable[[Mapping[str, Any], Any], Mapping[str, Any]]


@dataclasses.dataclass(frozen=True)
class Experiment:
    """A record's declaration (`key`), what computes it, the experiments it uses, and its `sources`: path to text.

    sources: first the experiment's own file, then those of `book/experiments` that it imports, relative to the root.
    """

    key: Key
    compute: Compute
    uses: tuple[Experiment, ...] = ()
    sources: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def text(self) -> str:
        """All code of `book/experiments` that the result follows from."""
        return "".join([*self.sources.values(), *(other.text for other in self.uses)])


def names(root: Path) -> list[str]:
    """All records that an experiment computes, as `<paper>/<name>`, sorted."""
    folder = root / "book" / "experiments"
    found = [path for path in sorted(folder.glob("*/*.py")) if _is_record(path)]
    return [path.relative_to(folder).with_suffix("").as_posix() for path in found]


def _is_record(path: Path) -> bool:
    """Whether a module computes a record: it assigns SETTINGS at its top level. It is read, not imported."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    targets = [
        target
        for node in body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    return any(isinstance(target, ast.Name) and target.id == "SETTINGS" for target in targets)


def opened_by(chapter: str, root: Path) -> list[str]:
    """The records that a chapter opens, in its order, from `chapter.record("<paper>/<name>")` in its source."""
    tree = ast.parse(layout.chapter_path(chapter, root).read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == OPENS]
    first = [call.args[0] for call in sorted(calls, key=lambda call: call.lineno) if call.args]
    return [node.value for node in first if isinstance(node, ast.Constant) and isinstance(node.value, str)]


OPENS = "chapter.record"


def sources(name: str, root: Path) -> dict[str, str]:
    """The text of an experiment, and of the modules of `book/experiments` that it imports, by path from the root."""
    found: dict[str, str] = {}
    waiting = [f"experiments.{name.replace('/', '.')}"]
    while waiting:
        path = root / "book" / f"{waiting.pop(0).replace('.', '/')}.py"
        place = path.relative_to(root).as_posix()
        if place not in found and path.exists():
            found[place] = path.read_text(encoding="utf-8")
            every = {module for node in ast.walk(ast.parse(found[place])) for module in imported(node)}
            waiting += sorted(module for module in every if module.startswith("experiments."))
    return found


def load(name: str, root: Path, *, above: tuple[str, ...] = ()) -> Experiment:
    """The experiment of the record `<paper>/<name>`, imported anew from its file.

    Raises
    ------
    ValueError
        For a name without experiment, for one that declares what is not allowed, and where records rest on each other.
    """
    if name in above:
        raise ValueError(f"records rest on each other: {' <- '.join((*above, name))}")
    path = root / "book" / "experiments" / f"{name}.py"
    if name.count("/") != 1 or not path.exists() or not _is_record(path):
        known = ", ".join(names(root))
        raise ValueError(f"unknown record {name!r}: book/experiments has {known or 'none'}")
    texts = sources(name, root)
    module = _imported(texts, root)
    uses = tuple(load(other, root, above=(*above, name)) for other in getattr(module, "USES", ()))
    key = Key(
        root,
        name,
        check_settings(name, module.SETTINGS),
        int(getattr(module, "VERSION", 1)),
        getattr(module, "REQUIRES", "cpu"),
        comparison.check(name, getattr(module, "COMPARE", {})),
        tuple(other.key for other in uses),
    )
    for other in key.uses:
        if other.device not in ("cpu", key.device):
            raise ValueError(f"record {name!r} uses {other.name!r}, so it must have REQUIRES = {other.device!r} too")
    return Experiment(key, module.compute, uses, texts)


def make_importable(root: Path) -> None:
    """Let `import experiments` find `book/experiments`, for what experiments and chapters import of it."""
    if (book := str(root / "book")) not in sys.path:
        sys.path.append(book)


def _imported(texts: Mapping[str, str], root: Path) -> ModuleType:
    """The module of an experiment, executed anew with those that it imports, so that edited files count at once."""
    make_importable(root)
    modules = [place.removeprefix("book/").removesuffix(".py").replace("/", ".") for place in texts]
    for full in modules:
        sys.modules.pop(full, None)
        package, _, last = full.rpartition(".")
        if package in sys.modules and hasattr(sys.modules[package], last):  # where `from package import last` looks
            delattr(sys.modules[package], last)
    spec = importlib.util.spec_from_file_location(modules[0], root / next(iter(texts)))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[modules[0]] = module
    spec.loader.exec_module(module)
    return module
