"""A matplotlib figure as an HTML <figure>: pictures inline, alt text, numbered caption, and its data as CSV downloads.

`book/static/figures.js` makes the picture enlarge, and cuts it into its parts on a phone; without it, as in a notebook,
the picture stands there whole.
"""

from __future__ import annotations

import base64
import csv
import html
import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from . import page
from .picture import DISPLAYED, NARROW, RESOLUTION, picture

if TYPE_CHECKING:
    from ..records.record import Record

SHORTEST_ALT = 20
LARGEST_CSV = 2 * 2**20


def figure_html(
    figure: Any,
    name: str,
    number: int,
    *,
    caption: str,
    alt: str,
    data: Mapping[str, Any],
    records: Sequence[Record] = (),
    resolution: int = RESOLUTION,
    draft: bool = False,
) -> str:
    """The HTML of Chapter.figure; closes the figure, so that a notebook does not show it a second time.

    draft: one picture for every ground and width, where a chapter runs to be tried.
    """
    if not isinstance(alt, str) or len(alt.strip()) < SHORTEST_ALT:
        raise ValueError(f"alt text {alt!r} of figure {name!r} must describe the picture in {SHORTEST_ALT} characters")
    if not caption.strip():
        raise ValueError(f"figure {name!r} has no caption")
    links = "".join(csv_link(file, title, csv_text(name, columns)) for file, title, columns in tables(name, data))
    told = page.prose(caption)
    if not any(axes.images for axes in figure.axes):  # lines on a picture keep their colour
        told = inks(told)
    drawn = picture(figure, resolution, draft=draft)
    narrow = ""
    if drawn.narrow:
        width = round(NARROW * DISPLAYED)
        for png, css in zip(drawn.narrow, ("spinbook-light", "spinbook-dark"), strict=True):
            narrow += image(png, alt, width, f"spinbook-narrow {css}", "display: none; ")
    shape = "spinbook-figure spinbook-has-narrow" if narrow else "spinbook-figure"
    parts = html.escape(json.dumps(drawn.parts), quote=True)
    return (
        f'<figure class="{shape}" id="{name}" data-parts="{parts}"><div class="spinbook-picture">'
        + image(drawn.light, alt, drawn.width, "spinbook-draft" if draft else "spinbook-light")
        + (image(drawn.dark, alt, drawn.width, "spinbook-dark", "display: none; ") if drawn.dark else "")
        + narrow
        + f"</div><figcaption><strong>Figure {number}.</strong> {told}{behind(records)}{links}</figcaption></figure>"
    )


def image(png: bytes, alt: str, width: int, css: str, style: str = "") -> str:
    """A picture of this displayed width, smaller where the page is narrower.

    The theme frames pictures on a dark page, but for those of the class `dark-light`.
    """
    return (
        f'<img class="{css} dark-light" src="data:image/png;base64,{base64.b64encode(png).decode()}" '
        f'alt="{html.escape(alt.strip(), quote=True)}" style="{style}width: {width}px; max-width: 100%; height: auto;">'
    )


def inks(markup: str) -> str:
    """A caption whose words for the two inks follow the picture: what is black on a light page is white on a dark one.

    The style sheet shows the other word, because the picture is chosen there.
    """

    def both(match: re.Match[str]) -> str:
        other = "white" if match[1].lower() == "black" else "black"
        shown = other.capitalize() if match[1][0].isupper() else other
        return f'<span class="spinbook-ink" data-dark="{shown}"><span>{match[1]}</span></span>'

    return re.sub(r"(?i)\b(black|white)\b", both, markup)


def behind(records: Sequence[Record]) -> str:
    """What the caption says of the records: scale and device, once each, and the wall times."""
    if not records:
        return ""
    times: dict[str, list[str]] = {}
    for r in {(record.name, record.scale): record for record in records if record}.values():
        times.setdefault(f"{r.scale} scale on {r.device}", []).append(page.duration(r.wall_time))
    told = "; ".join(f"{where}, {' + '.join(each)}" for where, each in times.items())
    return f' <span class="spinbook-behind">Computed at {page.prose(told)}.</span>' if told else ""


def tables(name: str, data: Mapping[str, Any]) -> list[tuple[str, str, Mapping[str, Any]]]:
    """File, title and columns of each download: one without a title, or those of a mapping by title."""
    if not any(isinstance(columns, Mapping) for columns in data.values()):
        return [(name, "", data)]
    if not all(isinstance(columns, Mapping) for columns in data.values()):
        raise ValueError(f"the data of figure {name!r} mix columns and tables of columns")
    return [(f"{name}_{re.sub('[^a-z0-9]+', '_', title.lower())}", title, data[title]) for title in data]


def csv_link(file: str, title: str, text: str) -> str:
    link = base64.b64encode(text.encode()).decode()
    words = f"Data: {html.escape(title)} (CSV)" if title else "Data (CSV)"
    return f' <a download="{file}.csv" href="data:text/csv;base64,{link}">{words}</a>'


def csv_text(name: str, data: Mapping[str, Any]) -> str:
    """Columns side by side, shorter ones padded with nothing; the columns of a two-dimensional array are numbered."""
    if not data:
        raise ValueError(f"figure {name!r} has no data to download")
    columns: dict[str, np.ndarray] = {}
    for title, values in data.items():
        array = np.atleast_1d(np.asarray(values))
        if array.ndim > 2 or array.dtype.kind not in "biufU":
            raise ValueError(f"data {title!r} of figure {name!r} has shape {array.shape} and dtype {array.dtype}")
        if array.ndim == 1:
            columns[title] = array
        else:
            columns |= {f"{title}[{i}]": array[:, i] for i in range(array.shape[1])}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for i in range(max(len(column) for column in columns.values())):
        writer.writerow([column[i].item() if i < len(column) else "" for column in columns.values()])
    if len(text.getvalue()) > LARGEST_CSV:
        raise ValueError(f"the data of figure {name!r} exceed {LARGEST_CSV // 2**20} MiB: give what is drawn")
    return text.getvalue()
