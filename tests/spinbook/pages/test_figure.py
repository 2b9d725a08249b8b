import base64
import csv
import io
import json
import re
from html import unescape

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from spinbook.pages import picture
from spinbook.pages.figure import csv_text, figure_html
from spinbook.records.computation import Run
from spinbook.records.key import Key
from spinbook.records.record import Record

ALT = 'A straight line from the lower left to the "upper" right.'


def html(**changes):
    figure, axes = plt.subplots(figsize=(3, 2))
    axes.plot([0, 1])
    options = {"caption": "A line, $y = x$.", "alt": ALT, "data": {"x": [0, 1], "y": [0.0, 1.0]}} | changes
    try:
        return figure_html(figure, "fig1", 1, **options)
    finally:
        plt.close(figure)


def shown(markup):
    """Pixels (height, width, 3) of the first picture."""
    source = re.search(r'src="data:image/png;base64,([^"]*)"', markup)[1]
    with Image.open(io.BytesIO(base64.b64decode(source))) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def test_the_picture_is_inline_and_finer_than_it_is_shown():
    source = re.search(r'src="data:image/png;base64,([^"]*)"', html())[1]
    with Image.open(io.BytesIO(base64.b64decode(source))) as image:
        assert image.size == (3 * picture.RESOLUTION, 2 * picture.RESOLUTION)
    assert picture.RESOLUTION >= 1.5 * picture.DISPLAYED
    assert "width: 300px; max-width: 100%" in html()


def test_the_dark_picture_is_hidden_where_there_is_no_style_sheet():
    light, dark = re.findall(r"<img [^>]*>", html())
    assert 'class="spinbook-light dark-light"' in light
    assert "display" not in light
    assert 'class="spinbook-dark dark-light"' in dark
    assert 'style="display: none; ' in dark


def test_a_draft_is_one_picture_for_every_page():
    (only,) = re.findall(r"<img [^>]*>", html(draft=True))
    assert 'class="spinbook-draft dark-light"' in only
    assert "display" not in only
    draft, light = (shown(markup) for markup in (only, html(resolution=picture.DISPLAYED)))
    assert draft.shape == light.shape == (2 * picture.DISPLAYED, 3 * picture.DISPLAYED, 3)
    assert np.abs(draft - light).max() <= 16  # of 255: the palette of the page has fewer colours
    assert np.mean(draft == light) > 0.9


def test_a_phone_gets_parts_or_a_narrow_picture():
    figure, _ = plt.subplots(1, 2, figsize=(9, 3))
    markup = figure_html(figure, "fig1", 1, caption="c", alt=ALT, data={"x": [1]})
    assert len(json.loads(unescape(re.search(r'data-parts="([^"]*)"', markup)[1]))) == 2
    assert "spinbook-has-narrow" not in markup
    figure, _ = plt.subplots(figsize=(7, 3))
    markup = figure_html(figure, "fig1", 1, caption="c", alt=ALT, data={"x": [1]})
    assert 'data-parts="[]"' in markup
    assert 'class="spinbook-figure spinbook-has-narrow"' in markup
    assert len(re.findall('class="spinbook-narrow spinbook-(light|dark) dark-light"', markup)) == 2


def test_a_caption_s_inks_follow_the_picture():
    assert '<span class="spinbook-ink" data-dark="White"><span>Black</span></span>: exact' in html(
        caption="Black: exact."
    )
    assert 'data-dark="black"><span>white</span>' in html(caption="On white ground.")
    figure, axes = plt.subplots()
    axes.imshow([[0, 1]])
    assert "spinbook-ink" not in figure_html(figure, "f", 1, caption="Black: up.", alt=ALT, data={"x": [1]})


def test_alt_text_is_escaped_and_required():
    assert 'alt="A straight line from the lower left to the &quot;upper&quot; right."' in html()
    for bad in ("", "   ", "a line", None):
        with pytest.raises(ValueError, match="alt text"):
            html(alt=bad)


def test_the_caption_names_the_records(tmp_path):
    key = Key(tmp_path, "demo/coins", {"smoke": {}}, 1)
    record = Record.computed(key, Run(key, "smoke", "cpu", resumable=False), {"x": 1.0, "x_error": 0.1})
    text = html(records=[record, Record.empty(key)])
    assert r"A line, <span class=\"math notranslate nohighlight\">\(y = x\)</span>.".replace('\\"', '"') in text
    assert f"Computed at smoke scale on {record.device}" in text
    with pytest.raises(ValueError, match="no caption"):
        html(caption=" ")


def test_records_of_one_device_name_it_once(tmp_path):
    made = []
    for name, seconds in (("demo/coins", 120.0), ("demo/dice", 300.0), ("demo/coins", 120.0)):
        key = Key(tmp_path, name, {"smoke": {}}, 1)
        made.append(Record.computed(key, Run(key, "smoke", "cpu", resumable=False), {"x": 1.0, "x_error": 0.1}))
        made[-1].wall_time = seconds
    text = html(records=made)
    assert text.count(made[0].device) == 1
    assert f"{made[0].device}, 2 min + 5 min.</span>" in text


def test_the_data_are_a_download():
    link = re.search(r'download="fig1.csv" href="data:text/csv;base64,([^"]*)"', html())[1]
    assert list(csv.reader(io.StringIO(base64.b64decode(link).decode()))) == [["x", "y"], ["0", "0.0"], ["1", "1.0"]]


def test_each_table_of_the_data_is_a_download():
    markup = html(data={"Own rates": {"x": [1]}, "published": {"y": [2, 3]}})
    links = re.findall(r'download="([^"]*)" href="data:text/csv;base64,([^"]*)">([^<]*)<', markup)
    assert [(name, base64.b64decode(text).decode(), words) for name, text, words in links] == [
        ("fig1_own_rates.csv", "x\n1\n", "Data: Own rates (CSV)"),
        ("fig1_published.csv", "y\n2\n3\n", "Data: published (CSV)"),
    ]
    with pytest.raises(ValueError, match="mix columns and tables"):
        html(data={"a": {"x": [1]}, "b": [1]})


def test_columns_of_any_length_and_two_dimensions():
    text = csv_text("f", {"a": [1, 2], "b": np.float64([[0.5, 1.5]]), "c": ["x,y"], "d": 7})
    assert text.splitlines() == ["a,b[0],b[1],c,d", '1,0.5,1.5,"x,y",7', "2,,,,"]


def test_csv_keeps_every_digit():
    assert float(csv_text("f", {"a": [1 / 3]}).splitlines()[1]) == 1 / 3


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "no data"),
        ({"a": np.zeros((2, 2, 2))}, "shape"),
        ({"a": [1j]}, "dtype"),
        ({"a": np.random.default_rng(0).random(200_000)}, "exceed 2 MiB"),
    ],
)
def test_data_that_are_no_table_are_refused(data, message):
    with pytest.raises(ValueError, match=message):
        csv_text("f", data)


def test_the_figure_is_closed_after_it_is_shown():
    figure, _ = plt.subplots()
    figure_html(figure, "fig1", 1, caption="c", alt=ALT, data={"x": [1]})
    assert not plt.fignum_exists(figure.number)
