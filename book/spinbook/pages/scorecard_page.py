"""The scorecard's page: for each paper its counts, a plot of all claims with a number, and one row for each claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from ..claims import scorecard
from ..claims.verdict import VERDICTS
from . import forest, front, page
from .items import items_in_order

HEAD = ("Claim", "Paper", "Ours", "Exact", "Verdict")


def papers_in_order(root: Path) -> dict[str, str]:
    """The papers that have claims, in the order of the book's contents, and the titles of their parts."""
    there = scorecard.papers(root)
    toc = root / "book" / "_toc.yml"
    parts = yaml.safe_load(toc.read_text(encoding="utf-8"))["parts"] if toc.exists() else []
    named = [
        (entry["glob"].split("/")[1], part["caption"])
        for part in parts
        for entry in part["chapters"]
        if "glob" in entry
    ]
    titles = {paper: title for paper, title in named if paper in there}
    return titles | {paper: f"Paper {paper}" for paper in there if paper not in titles}


def to_html(found: Sequence[dict[str, Any]], root: Path) -> str:
    """Markdown headings with HTML between them: the filter, and a section for each paper."""
    papers = papers_in_order(root)
    parts = [filter_form([paper for paper in papers if any(row["paper"] == paper for row in found)])]
    if changed := [row for row in found if row.get("changed")]:
        names = ", ".join(
            f'{row["paper"]} <a href="{front.address(row)}"><code>{row["claim"]}</code></a>'
            if row["anchor"]
            else f"{row['paper']} <code>{row['claim']}</code>"
            for row in changed
        )
        told = f"Written or changed after the run that tests them ({len(changed)}): {names}."
        parts.append(f'<p class="spinbook-changed">{told}</p>')
    number = 0
    for paper, title in papers.items():
        order = [item for item, _ in items_in_order(paper, root)]
        rows = sorted((row for row in found if row["paper"] == paper), key=lambda row: order.index(row["item"]))
        counted = [row for row in rows if row["source"] != "ours"]
        parts += [f"## {title}", totals(counted)]
        if markup := forest.figure(paper, counted, number + 1):
            number += 1
            parts.append(markup)
        own = [row for row in rows if row["source"] == "ours"]
        for heading, some in (("", counted), (f"### Beyond the paper ({paper})", own)):
            if some:
                parts += [
                    heading,
                    table(f"Claims of {paper}" if not heading else f"Our own tests ({paper})", some, root),
                ]
    return "\n\n".join(part for part in parts if part)


def totals(rows: Sequence[dict[str, Any]]) -> str:
    """How many claims, and how many of each verdict; readings are told apart."""
    count = Counter(row["verdict"] for row in rows)
    told = " ".join(page.badge(verdict, count[verdict]) for verdict in VERDICTS if count[verdict])
    readings = sum(row["source"] == "reading" for row in rows)
    also = f" ({readings} of them readings of an unclear statement)" if readings else ""
    return f'<p class="spinbook-totals">{len(rows)} claims{also}: {told}</p>' if rows else ""


def table(caption: str, rows: Sequence[dict[str, Any]], root: Path) -> str:
    """Claims under their items, in the order of the paper's figures."""
    groups = []
    for item, about in items_in_order(rows[0]["paper"], root):
        if some := [row for row in rows if row["item"] == item]:
            title = f"{front.item_link(item, some)}. {page.sentence(about['what'])}"
            lines = "".join(line(row) for row in some)
            head = f'<tr role="row"><th colspan="{len(HEAD)}" scope="rowgroup" role="rowheader">{title}</th></tr>'
            groups.append(f'<tbody class="scorecard-item" role="rowgroup">{head}{lines}</tbody>')
    return f'<div class="scorecard-part">{front.table(caption, HEAD, "".join(groups), " scorecard-table")}</div>'


def line(row: dict[str, Any]) -> str:
    """The row of a claim, with what the filter asks for."""
    whose = f'<span class="spinbook-whose">{page.WHOSE[row["source"]]}</span>' if row["source"] == "reading" else ""
    link = ""
    if row["anchor"]:
        target = f"chapters/{row['chapter']}.html#"
        name = f"<code>{row['claim']}</code>"
        link = f'<a href="{target}{page.anchor(row["claim"])}">{name}</a> <a href="{target}{row["anchor"]}">figure</a>'
    test = "" if row["relation"] == "documentary" else f"Test: {page.prose(row['test'])}."
    notes = [" ".join(filter(None, (link, whose, test))), page.sentence(row["reason"] or "")]
    about = "".join(f'<span class="spinbook-note">{note}</span>' for note in notes if note)
    numbers = (page.written(row["paper_value"]), page.shown(row), page.written(row["exact"]))
    cells = [f"{page.prose(row['statement'])}{about}", *map(page.prose, numbers), page.badge(row["verdict"])]
    return (
        f'<tr role="row" data-paper="{row["paper"]}" data-verdict="{row["verdict"]}" data-source="{row["source"]}">'
        f"{front.labelled(HEAD, cells)}</tr>"
    )


def filter_form(papers: Sequence[str]) -> str:
    """The controls of static/scorecard_filter.js, which shows them: without it they would do nothing."""
    whose = {"": "everybody's", **page.WHOSE}
    choices = {
        "paper": ("Paper", {"": "all", **{paper: paper for paper in papers}}),
        "verdict": ("Verdict", {"": "all", **{verdict: verdict for verdict in VERDICTS}}),
        "source": ("Whose claim", whose),
    }
    selects = "".join(
        f'<label>{title} <select name="{name}">'
        + "".join(f'<option value="{value}">{text}</option>' for value, text in options.items())
        + "</select></label> "
        for name, (title, options) in choices.items()
    )
    return (
        f'<form class="scorecard-filter" hidden>{selects}<button type="reset">Show all</button> '
        '<span data-told role="status"></span></form>\n<script src="_static/scorecard_filter.js" defer></script>'
    )
