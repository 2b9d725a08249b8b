"""The first column of a figure's panels, cut out of its picture."""

import html
import io
import json

import numpy as np
from PIL import Image

from spinbook.pages import first_column


def png(width, height):
    buffer = io.BytesIO()
    shades = np.tile(np.linspace(0, 255, width).astype(np.uint8), (height, 1))
    Image.fromarray(shades).save(buffer, format="png")
    return buffer.getvalue()


def test_the_parts_at_the_left_are_one_picture():
    parts = [[0.0, 0.0, 0.5, 0.6], [0.5, 0.0, 0.5, 0.6], [0.05, 0.6, 0.45, 0.4]]
    with Image.open(io.BytesIO(first_column.cropped(png(200, 100), parts))) as cut:
        assert cut.size == (100, 100)
        assert np.asarray(cut).max() < 130


def test_a_figure_of_one_column_has_none():
    assert first_column.cropped(png(20, 10), []) == b""
    assert first_column.cropped(png(20, 10), [[0.0, 0.0, 1.0, 0.5], [0.0, 0.5, 1.0, 0.5]]) == b""


def test_the_parts_are_those_that_the_figure_says():
    parts = [[0.0, 0.1, 0.5, 0.9]]
    written = html.escape(json.dumps(parts), quote=True)
    assert first_column.parts_of(f'<figure data-parts="{written}">') == parts
    assert first_column.parts_of("<figure>") == []
