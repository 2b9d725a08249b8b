"""Sphinx extension: what the book asks of Sphinx beyond its configuration file.

Docstrings are plain text with numpydoc sections, not reStructuredText (`|m|` is no substitution, `x_` no reference).
Every page has MathJax, because Sphinx does not see the mathematics in the HTML that chapters show. And pages open from
disk without errors.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from spinbook.pages.api_links import link_names
from spinbook.pages.api_pages import fill_in
from spinbook.pages.icons import drawn


def as_paragraphs(_app: Any, what: str, _name: str, _obj: Any, _options: Any, lines: list[str]) -> None:
    """Escape markup in place, and leave the sections of a numpydoc docstring to Sphinx's napoleon.

    Lists of `- ` stay lists, another paragraph with an indented line is shown as it is. What Python puts itself on the
    fields of a named tuple is dropped.
    """
    if lines and lines[0].startswith("Define the computation performed at every call"):  # torch's, of a `forward`
        lines[:] = ["What the network makes of a batch; its arguments and what it returns stand with the class."]
    head, *rest = re.split(r"(?m)^([A-Z][a-z]+)\n-{4,}$", "\n".join(lines).strip())
    # napoleon takes what stands before a colon in the first line of an attribute for its type: an empty comment.
    lines[:] = [*(["..", ""] if what in ("attribute", "property") else []), *paragraphs(head)]
    for title, body in zip(rest[::2], rest[1::2], strict=True):
        lines += [title, "-" * len(title), *SECTIONS.get(title, fields)(body.strip("\n")), ""]


def paragraphs(text: str) -> list[str]:
    """Running text."""
    lines: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        if not paragraph or paragraph.startswith("Alias for field number"):
            continue
        if re.fullmatch(r"(- .*\n(  .*\n)*)+", paragraph + "\n"):
            lines += [*(escaped(line) for line in paragraph.splitlines()), ""]
        elif paragraph.startswith(">>>"):
            lines += [*paragraph.splitlines(), ""]
        elif re.search(r"(?m)^\s", paragraph):
            lines += [".. code-block:: text", "", *(f"   {line}" for line in paragraph.splitlines()), ""]
        else:
            lines += [escaped(paragraph.replace("\n", " ")), ""]
    return lines


def fields(text: str) -> list[str]:
    """Parameters, results or exceptions: names and types, and their indented descriptions, each in one line."""
    joined = re.sub(r"(?m)^(    .*)((?:\n    .*)+)", lambda m: m[1] + re.sub(r"\n\s+", " ", m[2]), text)
    return [escaped(line) for line in joined.splitlines()]


def references(text: str) -> list[str]:
    """A list with one entry per line; a line that goes on is indented. An initial such as `A.` numbers nothing."""
    entries = re.sub(r"\n\s+", " ", text).splitlines()
    return ["", *(f"- \\ {escaped(entry)}" for entry in entries)]


SECTIONS = {"Examples": paragraphs, "Notes": paragraphs, "References": references}


def escaped(text: str) -> str:
    """Text without markup, but for `code`; an escaped blank ends the code where a letter follows it directly."""
    parts = re.split(r"`+([^`]+)`+", text)
    plain = [re.sub(r"([\\*|_`<>\[\]])", r"\\\1", part) for part in parts[::2]]
    code = [f"``{part}``" for part in parts[1::2]]
    return plain[0] + "".join(f"\\ {quoted}\\ {after}" for quoted, after in zip(code, plain[1:], strict=True))


# What the theme's HTML lacks, and what is put in its place.
MENDED: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    # It preloads fonts as if from another origin, which browsers refuse on a page opened from disk.
    (re.compile(r'<link rel="preload" as="font"[^>]*>\n?'), ""),
    # The name of a button must hold the words on it, "Search Ctrl+K": the words are the name.
    (re.compile(r'(<button class="btn search-button-field[^>]*) aria-label="Search"'), r"\1"),
    (re.compile(r'<summary aria-label="Toggle hidden content">'), "<summary>"),
    # Buttons that show a mere icon get a name.
    (
        re.compile(r">([^<]*)</a><details([^>]*)><summary>(?=<span class=\"toctree-toggle)"),
        r'>\1</a><details\2><summary aria-label="Pages of \1">',
    ),
    (re.compile(r'(<button class="sidebar-toggle[^>]*) title="(Toggle [a-z ]+)"'), r'\1 title="\2" aria-label="\2"'),
    # A line would break between a formula and a bracket, a quotation mark or a comma beside it.
    (
        re.compile(
            r'(?<!spinbook-whole">)((?:\(|&quot;)<span class="math[^<]*</span>(?:\)|&quot;)?[.,;:]?'
            r'|<span class="math[^<]*</span>(?:\)|&quot;)?[.,;:])'
        ),
        r'<span class="spinbook-whole">\1</span>',
    ),
    # A long name breaks behind an underscore or a point rather than inside a word.
    (
        re.compile(
            r'(?<=<span class="pre">)[\w.]{20,}(?=(\(\))?</span>)|(?<=<h[12]>)[\w.]{20,}(?=<a class="headerlink")'
        ),
        lambda found: re.sub("([_.])", r"\1<wbr>", found[0]),
    ),
    # Roles of a list of references that have no list around them, or the wrong children.
    (re.compile(r'<div role="list" class="citation-list">'), '<div class="citation-list">'),
    (re.compile(r'(<div class="citation" id="[^"]*") role="doc-biblioentry"'), r"\1"),
    # The page of the search has the field of every page and one of its own.
    (re.compile(r'(id="search-input".*?)id="search-input"', re.DOTALL), r'\1id="search-input-of-this-page"'),
)


def mend_pages(app: Any, error: Exception | None) -> None:
    """Correct what the theme writes into every page."""
    if error is None:
        scripts = list(Path(app.outdir).glob("_static/vendor/fontawesome/*/js/all.min.js"))
        icons = "".join(script.read_text(encoding="utf-8") for script in scripts)
        for page in Path(app.outdir).rglob("*.html"):
            text = page.read_text(encoding="utf-8")
            for pattern, better in MENDED:
                text = pattern.sub(better, text)
            page.write_text(drawn(text, icons) if scripts else text, encoding="utf-8")


def fill_in_names(_app: Any, _page: str, source: list[str]) -> None:
    """The names of the library, on the pages that ask for them."""
    source[0] = fill_in(source[0], escaped)


def offer_notebook(app: Any, doctree: Any, docname: str) -> None:
    """Put the download of its notebook beside the link with which a chapter opens in Colab."""
    from docutils import nodes

    chapter = docname.removeprefix("chapters/")
    if (Path(app.srcdir) / "static" / "notebooks" / f"{chapter}.ipynb").exists():
        file = f"{'../' * docname.count('/')}_static/notebooks/{chapter}.ipynb"
        link = f' · <a href="{file}" download>download the notebook</a></p>'
        for raw in doctree.findall(nodes.raw):
            if '<p class="spinbook-header">' in raw.astext():
                raw.children = [nodes.Text(raw.astext().replace("</p>", link, 1))]


# Types are said in words: they are no links.
NAPOLEON = {
    "napoleon_google_docstring": False,
    "napoleon_use_param": False,
    "napoleon_use_rtype": False,
    "napoleon_custom_sections": [("Attributes", "params_style")],
}


def set_napoleon(_app: Any, config: Any) -> None:
    for name, value in NAPOLEON.items():
        setattr(config, name, value)


def setup(app: Any) -> dict[str, bool]:
    app.setup_extension("sphinx.ext.napoleon")
    app.connect("config-inited", set_napoleon)
    # Before napoleon.
    app.connect("autodoc-process-docstring", as_paragraphs, priority=400)
    app.connect("source-read", fill_in_names)
    app.connect("doctree-resolved", link_names)
    app.connect("doctree-resolved", offer_notebook)
    app.connect("build-finished", mend_pages)
    app.set_html_assets_policy("always")
    return {"parallel_read_safe": True}
