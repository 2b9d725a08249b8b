"""Sphinx extension: what the book asks of Sphinx beyond its configuration file.

Docstrings are plain text, not reStructuredText (`|m|` is no substitution, `x_` no reference). Every page has MathJax,
because Sphinx does not see the mathematics in the HTML that chapters show. And pages open from disk without errors.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any


def as_paragraphs(_app: Any, _what: str, _name: str, _obj: Any, _options: Any, lines: list[str]) -> None:
    """Escape markup in place; lists of `- ` stay lists, another paragraph with an indented line is shown as it is.

    What Python puts itself on the fields of a named tuple is dropped.
    """
    paragraphs = re.split(r"\n\s*\n", "\n".join(lines).strip())
    lines.clear()
    for text in paragraphs:
        if text.startswith("Alias for field number"):
            continue
        if re.fullmatch(r"(- .*\n(  .*\n)*)+", text + "\n"):
            lines += [*(escaped(line) for line in text.splitlines()), ""]
        elif re.search(r"(?m)^\s", text):
            lines += [".. code-block:: text", "", *(f"   {line}" for line in text.splitlines()), ""]
        else:
            lines += [escaped(text.replace("\n", " ")), ""]


def escaped(text: str) -> str:
    """Text without markup, but for `code`; an escaped blank ends the code where a letter follows it directly."""
    parts = re.split(r"`+([^`]+)`+", text)
    plain = [re.sub(r"([\\*|_`<>\[\]])", r"\\\1", part) for part in parts[::2]]
    code = [f"``{part}``" for part in parts[1::2]]
    return plain[0] + "".join(f"\\ {quoted}\\ {after}" for quoted, after in zip(code, plain[1:], strict=True))


def drop_font_preloads(app: Any, error: Exception | None) -> None:
    """The theme preloads fonts as if from another origin, which browsers refuse on a page opened from disk."""
    if error is None:
        for page in Path(app.outdir).rglob("*.html"):
            text = page.read_text(encoding="utf-8")
            page.write_text(re.sub(r'<link rel="preload" as="font"[^>]*>\n?', "", text), encoding="utf-8")


def setup(app: Any) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", as_paragraphs)
    app.connect("build-finished", drop_font_preloads)
    app.set_html_assets_policy("always")
    return {"parallel_read_safe": True}
