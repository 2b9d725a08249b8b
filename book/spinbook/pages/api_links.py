"""Names of the library in running text become links to their entries on the pages about it."""

from __future__ import annotations

import importlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.util.nodes import make_refnode

# A word alone is a link only where it names one of these: `shape` in a text is an argument, not the method of a class.
ALONE = {"class", "function", "exception"}
UNTOUCHED = (nodes.reference, nodes.title, nodes.literal_block, addnodes.desc_signature)
# Parts of the HTML that code shows whose code is no running text, and code elsewhere.
CODE = re.compile(r"<(a|pre|summary|button)\b.*?</\1>|<code>([\w.]+)(\(\))?</code>", re.DOTALL)


def targets(kinds: Mapping[str, str]) -> dict[str, str]:
    """What a text may call each documented name, full name -> kind: the full name and each ending that is its alone."""
    called: dict[str, set[str]] = defaultdict(set)
    for name, kind in kinds.items():
        parts = name.split(".")
        for k in range(len(parts)):
            if k < len(parts) - 1 or kind in ALONE:
                called[".".join(parts[k:])].add(name)
    return {ending: names.pop() for ending, names in called.items() if len(names) == 1 or ending in kinds}


def defined_as(name: str) -> str:
    """The name under which an object is defined that is imported under another, `spinlib.sample`; empty for none."""
    package, _, rest = name.rpartition(".")
    if not package.startswith("spinlib"):
        return ""
    try:
        found = getattr(importlib.import_module(package), rest)
        return f"{found.__module__}.{found.__qualname__}"
    except (ImportError, AttributeError):
        return ""


def link_names(app: Any, doctree: Any, docname: str) -> None:
    """Put links around the inline code of a page that names something documented."""
    objects = app.env.get_domain("py").objects
    known = targets({name: entry.objtype for name, entry in objects.items()})

    def place(text: str) -> Any:
        name = text.removesuffix("()")
        return objects.get(known.get(name) or defined_as(name))

    for literal, module in list(literals(doctree)):
        name = literal.astext().removesuffix("()")
        if entry := objects.get(f"{module}.{name}") or place(name):
            link = make_refnode(app.builder, docname, entry.docname, entry.node_id, literal.deepcopy())
            literal.replace_self(link)

    def uri(text: str) -> str | None:
        entry = place(text)
        return entry and f"{app.builder.get_relative_uri(docname, entry.docname)}#{entry.node_id}"

    for raw in doctree.findall(nodes.raw):
        if raw.get("format") == "html":
            raw.children = [nodes.Text(linked_html(raw.astext(), uri))]


def literals(doctree: Any) -> Iterator[tuple[Any, str]]:
    """Inline code in running text, with the module whose docstring it stands in."""
    for literal in doctree.findall(nodes.literal):
        above, module = literal.parent, ""
        while above is not None and not isinstance(above, UNTOUCHED):
            if isinstance(above, addnodes.desc):
                module = above[0].get("module", "") or module
            above = above.parent
        if above is None:
            yield literal, module


def linked_html(markup: str, uri: Callable[[str], str | None]) -> str:
    """HTML with a link around each `<code>` whose text leads somewhere."""

    def link(match: re.Match[str]) -> str:
        where = uri(match[2]) if match[2] else None
        return f'<a href="{where}">{match[0]}</a>' if where else match[0]

    return CODE.sub(link, markup)
