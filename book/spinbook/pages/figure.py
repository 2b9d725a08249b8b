"""A matplotlib figure as an HTML <figure>: picture inline, alt text, caption, and its data as a CSV download."""

from __future__ import annotations

import base64
import csv
import html
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from . import page

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
) -> str:
    """The HTML of Chapter.figure; closes the figure, so that a notebook does not show it a second time."""
    if not isinstance(alt, str) or len(alt.strip()) < SHORTEST_ALT:
        raise ValueError(f"alt text {alt!r} of figure {name!r} must describe the picture in {SHORTEST_ALT} characters")
    if not caption.strip():
        raise ValueError(f"figure {name!r} has no caption")
    table = csv_text(name, data).encode()
    width = round(figure.get_figwidth() * 100)
    picture = base64.b64encode(png(figure)).decode()
    link = base64.b64encode(table).decode()
    return (
        f'<figure class="spinbook-figure" id="{name}">'
        # A phone shows a wide picture at a width at which its labels can be read, and scrolls it.
        f'<div style="overflow-x: auto;" tabindex="0" role="group">'
        f'<img src="data:image/png;base64,{picture}" alt="{html.escape(alt.strip(), quote=True)}" '
        f'style="width: {width}px; max-width: 100%; min-width: min({width}px, 30rem); height: auto;"></div>'
        f"<figcaption><strong>Figure {number}.</strong> {page.prose(caption)}{behind(records)} "
        f'<a download="{name}.csv" href="data:text/csv;base64,{link}">Data (CSV)</a></figcaption></figure>'
    )


def png(figure: Any) -> bytes:
    """The picture at twice its displayed resolution, without date or version inside."""
    import matplotlib.pyplot as plt

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=200, metadata={"Software": None})
    plt.close(figure)
    return buffer.getvalue()


def behind(records: Sequence[Record]) -> str:
    """What the caption says of the records: scale, device, wall time."""
    if not records:
        return ""
    told = dict.fromkeys(f"{r.scale} scale on {r.device}, {page.duration(r.wall_time)}" for r in records if r)
    return f' <span class="spinbook-behind">Computed at {page.prose("; ".join(told))}.</span>' if told else ""


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
