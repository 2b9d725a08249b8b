"""What code puts on the pages in Markdown: numbers of claims, verdicts, totals, pictures and tables of figures.

A page asks for it in doubled braces, `{{ours:dp:fig2/binder_crossing}}`, and the staged page holds the answer:

    {{ours:dp:fig2/kaufman}}        our result of a claim with its error; paper, target, exact: other cells of its row
    {{verdict:dp:fig2/kaufman}}     its verdict, a link to the claim in its chapter
    {{setting:dp/magnetization:L}}  a setting of a shipped record; of a list the smallest and the largest
    {{device:dp/magnetization}}     the machine that made it
    {{totals:dp}}                   how many of the paper's claims got which verdict, as links to the scorecard
    {{count:dp}}                    the number of the paper's claims
    {{figures:dp}}                  the table of its figures with their verdicts
    {{link:dp:fig2/kaufman}}        the address of the claim in its chapter
    {{picture:dp:fig2/kaufman}}     the figure above that claim, without caption and data, linked to it in its chapter
    {{live_ising}}, {{citation}}    the live lattice, and how to cite this book, in BibTeX
    {{repository}}                  the address to clone

What a page asks for and nobody reports is a ValueError: the book is not built with a gap.
"""

from __future__ import annotations

import base64
import io
import json
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .. import layout
from ..claims.verdict import VERDICTS
from . import first_column, live_ising, page
from .items import item_name, items_in_order

# A badge and the punctuation after it: without a bond a line may begin with a comma.
PUNCTUATED = re.compile(r'(<(?P<tag>a|span) class="spinbook-badge(?:(?!</(?P=tag)>\s).)*?</(?P=tag)>)([.,;:)]+)')
ASKED = re.compile(r"\{\{(?P<kind>[a-z_]+)(?::(?P<what>[^{}]+))?\}\}")
FIGURE = r'<figure class="spinbook-figure[^"]*" id="({name})"[^>]*>.*?</figure>'
IMAGE = re.compile(r'<img ([^>]*?)src="data:image/png;base64,([^"]+)" alt="([^"]*)"')
PICTURE_WIDTH = 900


class Answers:
    """Answers what pages ask for, from the rows of the scorecard and what stands in `build` and `book`."""

    def __init__(self, rows: Sequence[dict[str, Any]], folder: Path, root: Path) -> None:
        self.rows, self.folder, self.root = list(rows), folder, root

    def fill(self, text: str, name: str) -> str:
        """The text of a page with everything in doubled braces answered; `name` tells which page it is."""

        def answer(match: re.Match[str]) -> str:
            kind, what = match["kind"], match["what"]
            try:
                if kind in CELLS:
                    return CELLS[kind](self.row(what))
                if kind in ALONE and what is None:
                    return ALONE[kind](self.root)
                if kind in ("setting", "device", "totals", "count", "figures", "picture") and what:
                    return str(getattr(self, kind)(what))
            except ValueError as error:
                raise ValueError(f"book/{name} asks for {match[0]}: {error}") from error
            raise ValueError(f"book/{name} asks for {match[0]}, which is none of those in spinbook/pages/front.py")

        return PUNCTUATED.sub(lambda match: page.whole(match[1] + match[3]), ASKED.sub(answer, text))

    def row(self, what: str) -> dict[str, Any]:
        """The row of `<paper>:<claim>`."""
        paper, _, name = what.partition(":")
        for row in self.rows:
            if (row["paper"], row["claim"]) == (paper, name):
                return row
        known = ", ".join(row["claim"] for row in self.rows if row["paper"] == paper)
        raise ValueError(f"no such claim: paper {paper} has {known or 'none'}")

    def counted(self, paper: str) -> list[dict[str, Any]]:
        """The rows that count for the paper: all but tests of ours."""
        return [row for row in self.rows if row["paper"] == paper and row["source"] != "ours"]

    def count(self, paper: str) -> int:
        return len(self.counted(paper))

    def totals(self, paper: str) -> str:
        """A badge with a number for each verdict that occurs; "to come" for a paper that is not in the book yet."""
        count = Counter(row["verdict"] for row in self.counted(paper))
        links = [
            f'<a class="{page.badge_class(verdict)}" href="scorecard.html?paper={paper}&amp;verdict='
            f'{verdict.replace(" ", "%20")}">{count[verdict]} {verdict}</a>'
            for verdict in VERDICTS
            if count[verdict]
        ]
        return " ".join(links) or "to come"

    def setting(self, what: str) -> str:
        """A setting of a record, `<paper>/<record>:<setting>`."""
        name, _, key = what.partition(":")
        settings = self._record(name)["settings"]
        if key not in settings:
            raise ValueError(f"the record's settings are {', '.join(settings)}")
        value = settings[key]
        if isinstance(value, list) and all(isinstance(each, int | float) for each in value):
            return " to ".join(dict.fromkeys((f"{min(value):,}", f"{max(value):,}")))
        return f"{value:,}" if isinstance(value, int | float) else str(value)

    def device(self, name: str) -> str:
        return str(self._record(name)["provenance"]["device"])

    def _record(self, name: str) -> dict[str, Any]:
        path = self.root / "book" / "records" / f"{name}.json"
        if not path.exists():
            raise ValueError(f"record {name} is not shipped")
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def figures(self, paper: str) -> str:
        """A table with a line for each item of the paper: what it shows, and the verdicts on it as links."""
        lines = []
        for item, about in items_in_order(paper, self.root):
            rows = [row for row in self.rows if row["item"] == item]
            found = [verdict_link(row) for row in rows if row["source"] != "ours"]
            beyond = [verdict_link(row) for row in rows if row["source"] == "ours"]
            more = f'<span class="front-beyond">beyond the paper: {" ".join(beyond)}</span>' if beyond else ""
            lines.append([item_link(item, rows), page.sentence(about["what"]), " ".join(found) + more])
        return cards("Figures, tables and statements, with our verdicts", ("Item", "Shows", "Verdicts"), lines)

    def picture(self, what: str) -> str:
        """The figure above the claim `<paper>:<claim>` in its executed chapter, reduced, with its alternative text.

        Where it has one picture for light and one for dark pages, so has this.
        """
        row = self.row(what)
        chapter, name = row["chapter"], row["anchor"]
        markup = figure_of(chapter, name, self.root)
        found = [found for found in IMAGE.findall(markup) if "narrow" not in found[0]]
        if not found:
            raise ValueError(f"figure {name} of {chapter} holds no picture")
        (self.folder / "static" / "front").mkdir(parents=True, exist_ok=True)
        images = ""
        for attributes, png, alt in found:
            css = "front-dark" if "spinbook-dark" in attributes else "front-light"
            file = f"{chapter.replace('/', '_')}_{name}_{css.removeprefix('front-')}.png"
            (self.folder / "static" / "front" / file).write_bytes(reduced(base64.b64decode(png)))
            images += f'<img class="{css} dark-light" src="_static/front/{file}" alt="{alt}">'
            if column := first_column.cropped(base64.b64decode(png), first_column.parts_of(markup)):
                narrow = f"narrow_{file}"
                (self.folder / "static" / "front" / narrow).write_bytes(column)
                images += f'<img class="front-narrow {css} dark-light" src="_static/front/{narrow}" alt="{alt}">'
        return f'<a class="front-picture" href="chapters/{chapter}.html#{name}">{images}</a>'


def address(row: dict[str, Any]) -> str:
    """Where a claim stands in its chapter, for a page in the book's top folder."""
    return f"chapters/{row['chapter']}.html#{page.anchor(row['claim'])}"


def verdict_link(row: dict[str, Any]) -> str:
    """A verdict, linked to the claim in its chapter where there is one."""
    return page.verdict_link(row, address(row)) if row["anchor"] else page.badge(row["verdict"])


def item_link(item: str, rows: Sequence[dict[str, Any]]) -> str:
    """The item's name, linked to the first figure that shows it in its chapter."""
    anchors = [f"chapters/{row['chapter']}.html#{row['anchor']}" for row in rows if row["anchor"]]
    return f'<a href="{anchors[0]}">{item_name(item)}</a>' if anchors else item_name(item)


def cards(caption: str, head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A table whose rows a phone shows as cards, each cell with its column's title."""
    body = "".join(f'<tr role="row">{labelled(head, line)}</tr>' for line in lines)
    return table(caption, head, f'<tbody role="rowgroup">{body}</tbody>')


def table(caption: str, head: Sequence[str], bodies: str, css: str = "") -> str:
    """A table of cards with its titles. Roles are said because a phone lays it out as blocks, which hides them."""
    top = "".join(f'<th scope="col" role="columnheader">{title}</th>' for title in head)
    return (
        f'<table class="spinbook-table front-cards{css}" role="table" data-own-layout><caption>{caption}</caption>'
        f'<thead role="rowgroup"><tr role="row">{top}</tr></thead>{bodies}</table>'
    )


def labelled(head: Sequence[str], line: Sequence[str]) -> str:
    """The cells of a row, each with the title that it has on a card; an empty one is left out there."""
    return "".join(
        f'<td role="cell" data-label="{title}"{"" if cell else " data-empty"}><div>{cell}</div></td>'
        for title, cell in zip(head, line, strict=True)
    )


def figure_of(chapter: str, name: str, root: Path) -> str:
    """The HTML of a figure that an executed chapter shows."""
    path = root / "build" / "executed" / f"{chapter}.ipynb"
    if not path.exists():
        raise ValueError(f"chapter {chapter} has not been executed: {path} is not there")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells if cell["cell_type"] == "code" for output in cell["outputs"]]
    shown = ["".join(output.get("data", {}).get("text/html", "")) for output in outputs]
    for markup in shown:
        if found := re.search(FIGURE.format(name=re.escape(name)), markup, re.DOTALL):
            return found[0]
    there = [match[1] for match in re.finditer(FIGURE.format(name='[^"]+'), " ".join(shown), re.DOTALL)]
    raise ValueError(f"no such figure: {chapter} has {', '.join(there) or 'none'}")


def reduced(png: bytes) -> bytes:
    """A picture no wider than a small one is shown, at twice that width."""
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        height = round(image.height * PICTURE_WIDTH / image.width)
        small = image if image.width <= PICTURE_WIDTH else image.resize((PICTURE_WIDTH, height))
        buffer = io.BytesIO()
        small.save(buffer, format="png", optimize=True)
    return buffer.getvalue()


def citation(root: Path) -> str:
    """CITATION.cff as BibTeX, in a fenced block; the year is that of the book's copyright."""
    import yaml

    cited = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    year = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))["copyright"]
    authors = " and ".join(
        "{" + each["name"] + "}" if "name" in each else f"{each['family-names']}, {each['given-names']}"
        for each in cited["authors"]
    )
    fields = {
        "title": cited["title"],
        "author": authors,
        "version": cited["version"],
        "year": year,
        "url": cited["repository-code"],
    }
    # A long title runs on in a second line, as BibTeX allows: no page scrolls for it.
    indent = "\n" + " " * 13
    told = {key: indent.join(textwrap.wrap(str(value), 60, break_long_words=False)) for key, value in fields.items()}
    lines = ",\n".join(f"  {key:<7} = {{{value}}}" for key, value in told.items())
    return f"```bibtex\n@software{{spinlib,\n{lines}\n}}\n```"


# What is asked for of a claim's row, and what stands alone.
CELLS: dict[str, Callable[[dict[str, Any]], str]] = {
    "ours": lambda row: page.prose(page.shown(row) or row["verdict"]),
    "paper": lambda row: page.prose(page.written(row["paper_value"])),
    # A target has the digits that it was written with.
    "target": lambda row: page.prose(str(row["target"])),
    "exact": lambda row: page.prose(page.written(row["exact"])),
    "verdict": verdict_link,
    "link": address,
}
ALONE: dict[str, Callable[[Path], str]] = {
    "live_ising": lambda _root: live_ising.markup(),
    "citation": citation,
    "repository": layout.repository,
}
