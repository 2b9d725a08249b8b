"""The HTML that a chapter shows: header, answer, claims, table of records; as text where there is no notebook."""

from __future__ import annotations

import html
import math
import re
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .. import layout
from ..records import provenance
from .items import item_name

if TYPE_CHECKING:
    from ..chapter import Chapter
    from ..records.record import Record


def show(markup: str) -> None:
    """Display HTML in a notebook; print its text elsewhere."""
    if in_notebook():
        from IPython.display import HTML, display

        display(HTML(markup))
    else:
        print(as_text(markup))


def in_notebook() -> bool:
    return "IPython" in sys.modules and sys.modules["IPython"].get_ipython() is not None


def show_sources(record: str, sources: Mapping[str, str], listed: set[str]) -> None:
    """Show the code that computed a record, folded, in a notebook; elsewhere the files are at hand.

    listed: paths whose text the page has already; those shown now are added.
    """
    if sources and in_notebook():
        show(folded_sources(record, sources, listed))
        listed.update(sources)


def folded_sources(record: str, sources: Mapping[str, str], listed: Collection[str] = ()) -> str:
    """A <details> with the text of files, by path; their colours are those that the page gives to its other code.

    listed: paths whose text the page has already; they are named only.
    """
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    files = "".join(
        f"<p><code>{path}</code>, listed above</p>"
        if path in listed
        else f"<p><code>{path}</code></p>{highlight(text, PythonLexer(), HtmlFormatter())}"
        for path, text in sources.items()
    )
    return (
        f'<details class="spinbook-source"><summary>How <code>{record}</code> was computed</summary>{files}</details>'
    )


def as_text(markup: str) -> str:
    """The words of HTML, one table row a line."""
    markup = re.sub(r"</(tr|p|figcaption|caption|div)>", "\n", markup)
    markup = re.sub(r"</t[hd]>", "  ", markup)
    return html.unescape(re.sub(r"<[^>]*>", "", markup)).strip()


# A hyphen before a number is a minus sign; in ranges, dates and names it is not.
MINUS = re.compile(r"(?<![\w.\-`])-(?=\.?\d)")


# What a format such as .2g writes for a very small or very large number.
POWER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)e([+-])0*(\d+)\b")


def prose(text: str) -> str:
    """Plain text as HTML: `$...$` becomes inline mathematics, `` `...` `` code, the hyphen of a number a minus.

    Outside code and mathematics powers of ten are written as such, and tau_int is the letter with its index.
    """
    pieces = re.split(r"(`[^`]*`|\$[^$]*\$)", str(text))
    for k in range(0, len(pieces), 2):
        pieces[k] = POWER.sub(_power_of_ten, MINUS.sub("\N{MINUS SIGN}", pieces[k]))
        pieces[k] = re.sub(r"\btau_int\b", r"$\\tau_\\mathrm{int}$", pieces[k])
    text = html.escape("".join(pieces), quote=False)
    text = re.sub(r"\$([^$]+)\$", r'<span class="math notranslate nohighlight">\\(\1\\)</span>', text)
    # A line breaks before a formula, even behind a bracket.
    text = re.sub(r'\((<span class="math [^<]*</span>)', r'<span class="spinbook-whole">(\1</span>', text)
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", text)


def _power_of_ten(found: re.Match[str]) -> str:
    sign = "-" if found[2] == "-" else ""
    return f"${found[1]} \\times 10^{{{sign}{found[3]}}}$"


def sentence(text: str) -> str:
    """The same with a capital at its beginning."""
    return prose(text[:1].upper() + text[1:])


def duration(seconds: float) -> str:
    """Wall time in words: 12 ms, 3.4 s, 12 min, 2 h 5 min."""
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


# A number and its error, which stay on one line of a table.
WITH_ERROR = re.compile(r"[+\N{MINUS SIGN}-]?[\d.,]+ ± [\d.,]+")
# Of an exact number below this one only the size is of interest: it is what rounding left.
ROUNDING = 1e-9


def number(value: Any, error: Any = None) -> str:
    """A value with its error, rounded to two digits of the error: 2.2691 ± 0.0013; four digits of an exact one."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, list | tuple):
        return ", ".join(number(item) for item in value)
    if error is None:
        return f"{value:.6g}"
    if error == 0 and 0 < abs(value) < ROUNDING:
        return f"{value:.0e}"
    if not error > 0:  # exact, or nan: no valid error
        exact = f"{value:.{6 if float(value).is_integer() else 4}g}"
        return exact if error == 0 else f"{exact} (no valid error)"
    exponent = int(f"{error:.1e}".split("e")[1])
    decimals = max(0, 1 - exponent)
    if abs(value) >= 1e6 or (decimals > 9 and value == 0):
        return f"{value:.3g} ± {error:.2g}"
    if decimals > 6 and abs(value) < 1e-3:  # zeros are hard to count
        power = max(math.floor(math.log10(abs(value))), exponent) if value else exponent
        digits = power - exponent + 1
        return f"$({value / 10.0**power:.{digits}f} \\pm {error / 10.0**power:.{digits}f}) \\times 10^{{{power}}}$"
    rounded = round(value, decimals) + 0.0  # a value that rounds to zero has no sign
    return f"{rounded:.{decimals}f} ± {error:.{decimals}f}"


def bracketed(text: str) -> str:
    """A number as of `number` with the error of its last digits in brackets, for wide tables: 2.2691(13)."""
    value, _, error = text.partition(" ± ")
    return f"{value}({error.replace('.', '').lstrip('0') or 0})" if WITH_ERROR.fullmatch(text) else text


def written(value: Any) -> str:
    """A number of a claims file with the digits that it was written with, or its words."""
    return number(value) if value is None or isinstance(value, str | list | tuple) else f"{value:.12g}"


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], css: str = "") -> str:
    """An HTML table inside a box that scrolls sideways on a narrow screen; cells are HTML already."""
    held = [[whole(cell) if WITH_ERROR.fullmatch(cell) else cell for cell in row] for row in rows]
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in held)
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    return (
        f'<div class="spinbook-scroll" tabindex="0" role="region" aria-label="{html.escape(caption)}">'
        f'<table class="spinbook-table {css}"><caption>{caption}</caption>'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def badge(verdict: str, count: int | None = None) -> str:
    """A verdict in its colour, with how many got it."""
    return f'<span class="{badge_class(verdict)}">{verdict if count is None else f"{count} {verdict}"}</span>'


def badge_class(verdict: str) -> str:
    return f"spinbook-badge spinbook-{verdict.replace(' ', '-')}"


def breakable(name: str) -> str:
    """A name as code that may break behind a slash or an underscore, and nowhere else."""
    parts = re.sub("([/_])", r"\1<wbr>", name)
    return f"<code>{parts}</code>"


def whole(text: str) -> str:
    """Words of a cell that stay on one line."""
    return f'<span class="spinbook-whole">{text}</span>'


def commit_cell(commit: str | None) -> str:
    """The first ten digits of a commit, with a plus where the working tree had changes."""
    if commit is None:
        return "outside a clone"
    return f"<code>{commit[:10]}{'+' if '+' in commit else ''}</code>"


def header(chapter: Chapter) -> str:
    """Scale, device, commit and versions of this execution, and the link that opens the chapter in Colab."""
    origin = provenance.collect(chapter.root, chapter.device)
    repository = layout.repository(chapter.root).removeprefix("https://github.com/")
    colab = f"https://colab.research.google.com/github/{repository}/blob/main/book/notebooks/{chapter.name}.ipynb"
    versions = ", ".join(f"{name} {version}" for name, version in origin["versions"].items())
    return (
        f'<p class="spinbook-header"><strong>{chapter.name}</strong> · scale <code>{chapter.scale}</code> · '
        f"{prose(origin['device'])} · commit {commit_cell(origin['commit'])} · {origin['date']} · {versions} · "
        f'<a href="{colab}">open in Colab</a></p>'
    )


# Whose a claim is, in words; on its card the paper's own go without saying.
WHOSE = {"paper": "the paper's", "reading": "one reading of the paper", "ours": "beyond the paper"}


def claim_card(row: Mapping[str, Any]) -> str:
    """One claim where its evidence stands: verdict, statement, the numbers, how it was judged, and the reason."""
    whose = f' <span class="spinbook-whose">{WHOSE[row["source"]]}</span>' if row["source"] != "paper" else ""
    numbers = {"Paper": written(row["paper_value"]), "Ours": shown(row), "Exact": written(row["exact"])}
    told = [f"{name}: <strong>{prose(value)}</strong>" for name, value in numbers.items() if value]
    test = "" if row["relation"] == "documentary" else f"Test: {prose(row['test'])}"
    refuted = f"Refuted by: {prose(row['refuted_by'])}" if row["refuted_by"] else ""
    where = f"{sentence(row['place'])} <code>{row['claim']}</code>"
    lines = [" · ".join(told), sentence(row["reason"]), ". ".join(filter(None, (test, refuted, where)))]
    styles = ("spinbook-numbers", "spinbook-note", "spinbook-test")
    body = "".join(f'<p class="{css}">{line}</p>' for css, line in zip(styles, lines, strict=True) if line)
    return (
        f'<div class="spinbook-claim" id="{anchor(row["claim"])}">'
        f"<p>{badge(row['verdict'])} {prose(row['statement'])}{whose}</p>{body}</div>"
    )


def anchor(claim_id: str) -> str:
    """The id of a claim on its chapter's page."""
    return f"claim-{claim_id.replace('/', '-')}"


def shown(row: Mapping[str, Any]) -> str:
    """Our result of a claim, with its error; empty where nothing was measured."""
    return str(row["shown"]) or number(row["ours"], row["ours_error"])


def verdict_link(row: Mapping[str, Any], address: str) -> str:
    """A claim's verdict as a link; who does not see the page hears the claim's name before it."""
    item, _, rest = row["claim"].partition("/")
    name = f'<span class="spinbook-hidden">{item_name(item, short=True)}, {rest.replace("_", " ")}: </span>'
    return f'<a class="{badge_class(row["verdict"])}" href="{address}">{name}{row["verdict"]}</a>'


def answer(text: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """What a chapter found, and its verdicts as links, item by item; the page shows it below the title."""
    items: dict[str, list[str]] = {}
    for row in rows:
        name = item_name(row["item"], short=True)
        items.setdefault(name, []).append(verdict_link(row, f"#{anchor(row['claim'])}"))
    strip = " ".join(f"<span><strong>{name}</strong> {' '.join(links)}</span>" for name, links in items.items())
    return (
        f'<div class="spinbook-answer"><p><strong>What we found.</strong> {prose(text)}</p>'
        + (f'<p class="spinbook-strip">{strip}</p>' if strip else "")
        + "</div>"
    )


RECORD_HEAD = ("Record", "Scale", "Device", "Wall time", "Peak memory", "Made on", "Commit")


def record_cells(record: Record) -> list[str]:
    origin = record.provenance
    memory = origin.get("peak_memory_mib")
    return [
        breakable(record.name) + "".join(f", from {breakable(name)}" for name in record.meta.get("uses", ())),
        record.scale,
        prose(record.device),
        whole(duration(record.wall_time)),
        f"{memory:.0f} MiB" if memory else "",
        whole(origin["date"]),
        commit_cell(origin["commit"]),
    ]


def records_table(records: Iterable[Record]) -> str:
    rows = [record_cells(record) for record in records if record]
    return table("Records behind this chapter", RECORD_HEAD, rows) if rows else ""
