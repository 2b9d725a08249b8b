"""A new chapter with its experiment and its claim: the example of CONTRIBUTING.md, under other names."""

from __future__ import annotations

import keyword
import re
from pathlib import Path

from . import layout
from .claims import claim
from .records.storage import write_atomically

PAPER, TOPIC = "demo", "small_lattice"  # the example's own names, words that nothing else in it holds
BLOCK = re.compile(r"(?ms)^`(book/[\w/.]+)`:\n\n```\w+\n(.*?)^```$")
SECTION = r"(?ms)^({name}):\n(.*?)(?=^[\w#]|\Z)"
PART = '  - caption: "Paper {paper}"\n    chapters:\n      - glob: chapters/{paper}/*\n'
LIBRARY = "  - caption: The library\n"  # papers stand before it
NEXT = """next: make smoke CHAPTER={name}
      python -m spinbook run {name} --scale laptop --record
      put your own experiment, claim and text in place of the example's; then as in CONTRIBUTING.md, "A chapter"
"""


def write(name: str, root: Path | None = None) -> str:
    """Write chapter, experiment and claim of that name; existing files are added to or refused, never overwritten.

    Parameters
    ----------
    name : str
        `<paper>/<topic>`. The record that the experiment computes has the same name.
    root : Path, optional
        The clone; `layout.root()` unless given.

    Returns
    -------
    str
        What was written, and what to do next.

    Raises
    ------
    ValueError
        For a name that is not allowed, and where the chapter, its experiment or its claim exists.
    """
    root = root or layout.root()
    words = layout.short_name(name, "chapters", root).split("/")
    if len(words) != 2 or not all(re.fullmatch(r"[a-z][a-z0-9_]*", w) and not keyword.iskeyword(w) for w in words):
        raise ValueError(f"name {name!r}: allowed are <paper>/<topic>, each a-z, 0-9 and _ with a letter first")
    paper, topic = words
    found = {
        place: renamed(text, paper, topic) for place, text in BLOCK.findall((root / "CONTRIBUTING.md").read_text())
    }
    files = {root / renamed(place, paper, topic): text for place, text in found.items()}
    claims, toc = root / "book" / "claims" / f"{paper}.yml", root / "book" / "_toc.yml"
    if there := [path.relative_to(root).as_posix() for path in files if path.exists() and path != claims]:
        raise ValueError(f"{' and '.join(there)} exist already: choose another topic, nothing is overwritten")
    if claims.exists():
        files[claims] = added(claims.read_text(encoding="utf-8"), files[claims])
    claim.validated(files[claims], paper, claims.name)
    contents = toc.read_text(encoding="utf-8")
    if f"glob: chapters/{paper}/*" not in contents:
        before, library, after = contents.partition(LIBRARY)
        files[toc] = before + PART.format(paper=paper) + library + after
    for path, text in files.items():
        write_atomically(path, text.encode())
    return "".join(f"wrote {path.relative_to(root)}\n" for path in files) + NEXT.format(name=f"{paper}/{topic}")


def renamed(text: str, paper: str, topic: str) -> str:
    """The example's text with other names for its paper and its topic."""
    return re.sub(rf"\b({PAPER}|{TOPIC})\b", lambda word: paper if word[0] == PAPER else topic, text)


def added(before: str, new: str) -> str:
    """The claims file `before` with what `new` has in each section at the end of the same section."""
    for section, lines in re.findall(SECTION.format(name=r"\w+"), new):
        own = re.search(SECTION.format(name=section), before)
        end = own.end() if own else len(before)
        head = before[:end].rstrip() + ("" if own else f"\n\n{section}:")
        before = f"{head}\n{lines.rstrip()}\n" + (f"\n{before[end:]}" if before[end:] else "")
    return before
