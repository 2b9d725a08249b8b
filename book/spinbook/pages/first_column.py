"""The first column of panels of a figure as a picture of its own, for a phone's first page."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Sequence


def parts_of(markup: str) -> list[list[float]]:
    """The rectangles that a figure is cut into on a phone: left, top, width and height in fractions of it."""
    match = re.search(r'data-parts="([^"]*)"', markup)
    found: list[list[float]] = json.loads(html.unescape(match[1])) if match else []
    return found


def cropped(png: bytes, parts: Sequence[Sequence[float]]) -> bytes:
    """The parts of a picture that begin at its left side, as one picture; empty where there are no others."""
    from PIL import Image

    first = [part for part in parts if part[0] < 0.25]
    if not first or len(first) == len(parts):
        return b""
    with Image.open(io.BytesIO(png)) as image:
        left = min(part[0] for part in first) * image.width
        top = min(part[1] for part in first) * image.height
        right = max(part[0] + part[2] for part in first) * image.width
        low = max(part[1] + part[3] for part in first) * image.height
        buffer = io.BytesIO()
        image.crop((round(left), round(top), round(right), round(low))).save(buffer, format="png", optimize=True)
    return buffer.getvalue()
