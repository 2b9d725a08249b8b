"""Pages on the library: the public names of modules, with a line each on the first page and their docstrings on others.

A page holds lines such as `<!-- names: spinlib.exact -->`, or `<!-- summaries: spinlib.exact -->` for the lines alone.
Public is what a module lists in `__all__`; where it has no such list, its own functions and classes without underscore.
A module that a package lists is shown as a section of its own.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any, NamedTuple

MARKER = re.compile(r"(?m)^<!-- (names|summaries): ([\w., ]+) -->$")


class Section(NamedTuple):
    """A module with its functions and classes, and with its constants, both by name."""

    module: str
    objects: dict[str, Any]
    constants: dict[str, Any]


def sections(name: str, seen: set[str] | None = None) -> Iterator[Section]:
    """The module of this name, then those that it lists, each once."""
    module = importlib.import_module(name)
    seen = set() if seen is None else seen
    seen.add(name)
    public = {listed: getattr(module, listed) for listed in getattr(module, "__all__", _defined_in(module))}
    objects = {key: value for key, value in public.items() if inspect.isfunction(value) or inspect.isclass(value)}
    modules = {key: value for key, value in public.items() if isinstance(value, ModuleType)}
    constants = {key: value for key, value in public.items() if isinstance(value, int | float | str | tuple)}
    yield Section(name, objects, {key: value for key, value in constants.items() if not key.startswith("_")})
    for inner in modules.values():
        if inner.__name__ not in seen:
            yield from sections(inner.__name__, seen)


def _defined_in(module: ModuleType) -> list[str]:
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__ and callable(value)
    ]


def first_sentence(value: Any) -> str:
    """The first sentence of a docstring, or its first paragraph if no sentence ends there.

    A full stop within brackets, as in (Kaufman, Phys. Rev. 76, 1232), ends none.
    """
    paragraph = " ".join((inspect.getdoc(value) or "").partition("\n\n")[0].split())
    ends = [match.start() for match in re.finditer(r"(?<=[\w)\]])[.:] (?=[A-Z])", paragraph)]
    starts = (paragraph[:end] for end in ends)
    whole = next((start for start in starts if start.count("(") == start.count(")")), paragraph)
    return whole.rstrip(".") + "."


def summaries(name: str, escape: Any, *, headed: bool = False) -> str:
    """reStructuredText: a list of the public names of a module, each a link with a line on what it is.

    headed: the module's own names stand below its name, as those of its inner modules do, where others come before.
    """
    lines = []
    for section in sections(name):
        if section.objects and (headed or section.module != name):
            lines.append(
                f"\n:py:mod:`{section.module}` – {escape(first_sentence(importlib.import_module(section.module)))}\n"
            )
        for key, value in section.objects.items():
            lines.append(f"- :py:obj:`{key} <{section.module}.{key}>` – {escape(first_sentence(value))}")
    return "\n".join(lines)


def names(name: str) -> str:
    """Markdown: a heading for each module, its docstring, its constants, and its functions and classes."""
    parts = []
    for section in sections(name):
        directives = [f".. automodule:: {section.module}\n"]
        if section.constants:
            values = ", ".join(f"``{key} = {value!r}``" for key, value in section.constants.items())
            directives.append(f"Constants: {values}\n")
        for key, value in section.objects.items():
            kind = "class" if inspect.isclass(value) else "function"
            members = "   :members:\n" if kind == "class" and not hasattr(value, "_fields") else ""
            directives.append(f".. auto{kind}:: {section.module}.{key}\n{members}")
        body = "\n".join(directives)
        parts.append(f"## {section.module}\n\n```{{eval-rst}}\n{body}```\n")
    return "\n".join(parts)


def fill_in(text: str, escape: Any) -> str:
    """A page with its marked lines replaced."""

    def replaced(match: re.Match[str]) -> str:
        modules = [name.strip() for name in match[2].split(",")]
        if match[1] == "names":
            return "\n".join(names(module) for module in modules)
        listed = "\n\n".join(summaries(module, escape, headed=len(modules) > 1) for module in modules)
        return f"```{{eval-rst}}\n{listed}\n```"

    return MARKER.sub(replaced, text)
