import base64
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

from spinbook.claims import scorecard
from spinbook.pages import front
from spinbook.run import run

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def answers(demo, execute, capsys, tmp_path):
    """What a page of the demo book can ask for, after its chapter was executed from records."""
    run("demo/coin", "paper", "cpu", record=True)
    execute("recorded")
    return front.Answers(scorecard.rows(demo), tmp_path / "stage", demo)


def test_numbers_come_from_the_rows(answers):
    row = answers.row("demo:fig1/fair")
    text = answers.fill("{{paper:demo:fig1/fair}} {{target:demo:fig1/fair}} {{ours:demo:fig1/fair}}", "index.md")
    assert text.startswith("0.5 0.5 ")
    measured, _, error = text.split(" ", 2)[2].partition(" ± ")
    assert float(measured) == pytest.approx(row["ours"], abs=row["ours_error"] / 10)
    assert float(error) == pytest.approx(row["ours_error"], rel=0.05)


def test_a_verdict_leads_to_its_claim(answers):
    assert answers.fill("{{verdict:demo:fig1/fair}}", "index.md") == (
        '<a class="spinbook-badge spinbook-holds" href="chapters/demo/coin.html#claim-fig1-fair">'
        '<span class="spinbook-hidden">Fig.\xa01, fair: </span>holds</a>'
    )


def test_punctuation_stays_on_the_line_of_its_verdict(answers):
    verdict = answers.fill("{{verdict:demo:fig1/fair}}", "index.md")
    text = answers.fill(
        "fair {{verdict:demo:fig1/fair}}, {{verdict:demo:fig1/fair}} and {{verdict:demo:fig1/fair}}.", "index.md"
    )
    whole = '<span class="spinbook-whole">'
    assert text == f"fair {whole}{verdict},</span> {verdict} and {whole}{verdict}.</span>"
    totals = answers.fill("tested: {{totals:demo}}.", "index.md")
    assert totals.count(whole) == 1
    assert totals.endswith("drawn</a>.</span>")


def test_a_link_is_the_claim_s_address(answers):
    assert answers.fill("{{link:demo:fig1/fair}}", "index.md") == "chapters/demo/coin.html#claim-fig1-fair"


def test_totals_count_the_paper_s_claims_alone(answers):
    assert answers.fill("{{count:demo}}", "index.md") == "4"
    assert answers.totals("demo").count("<a ") == 2
    assert ">3 holds</a>" in answers.totals("demo")
    assert ">1 drawn</a>" in answers.totals("demo")
    assert 'href="scorecard.html?paper=demo&amp;verdict=holds"' in answers.totals("demo")
    assert answers.fill("{{totals:nobody}}", "index.md") == "to come"


def test_the_table_of_figures_has_ours_apart(answers):
    table = answers.figures("demo")
    assert '<a href="chapters/demo/coin.html#fig1">Figure\N{NO-BREAK SPACE}1</a>' in table
    papers, _, ours = table.partition("beyond the paper: ")
    assert papers.count('class="spinbook-badge') == 4
    assert ours.count('class="spinbook-badge') == 1


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            "{{ours:demo:fig1/none}}",
            "book/index.md asks for {{ours:demo:fig1/none}}: no such claim: paper demo has fig1",
        ),
        ("{{ours:other:fig1/fair}}", "paper other has none"),
        ("{{hours:demo:fig1/fair}}", "which is none of those"),
        ("{{totals}}", "which is none of those"),
        ("{{setting:demo/nothing:L}}", "record demo/nothing is not shipped"),
        ("{{setting:demo/coins:nothing}}", "the record's settings are"),
        ("{{picture:demo:fig1/fair}}", "demo/coin has not been executed"),
    ],
)
def test_what_nobody_reports_stops_the_book(answers, asked, message):
    with pytest.raises(ValueError, match=r"book/index\.md asks for") as error:
        answers.fill(f"text {asked} text", "index.md")
    assert message in str(error.value)


def test_settings_and_device_are_those_of_the_record(answers):
    stored = json.loads((answers.root / "book" / "records" / "demo" / "coins.json").read_text())
    for key, value in stored["settings"].items():
        told = answers.setting(f"demo/coins:{key}")
        numbers = value if isinstance(value, list) else [value]
        assert told == " to ".join(dict.fromkeys(f"{number:,}" for number in (min(numbers), max(numbers))))
    assert answers.fill("{{device:demo/coins}}", "dp.md") == stored["provenance"]["device"]


def test_a_picture_is_that_of_the_executed_chapter_reduced(answers):
    pixels = np.random.default_rng(1).integers(0, 255, (300, 1800, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="png")
    picture = base64.b64encode(buffer.getvalue()).decode()
    shown = (
        f'<figure class="spinbook-figure" id="fig1"><img src="data:image/png;base64,{picture}" alt="Coins"></figure>'
    )
    cell = {"cell_type": "code", "outputs": [{"data": {"text/html": [shown[:50], shown[50:]]}}]}
    path = answers.root / "build" / "executed" / "demo" / "coin.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown"}, cell]}))
    assert answers.picture("demo:fig1/fair") == (
        '<a class="front-picture" href="chapters/demo/coin.html#fig1">'
        '<img class="front-light dark-light" src="_static/front/demo_coin_fig1_light.png" alt="Coins"></a>'
    )
    with Image.open(answers.folder / "static" / "front" / "demo_coin_fig1_light.png") as reduced:
        assert reduced.size == (900, 150)
        assert np.asarray(reduced).mean() == pytest.approx(pixels.mean(), abs=2)
    both = shown.replace("<img ", '<img class="spinbook-light" ').replace("</figure>", "{}</figure>")
    dark, narrow = (
        f'<img class="{css}" src="data:image/png;base64,{picture}" alt="Coins">'
        for css in ("spinbook-dark", "spinbook-narrow")
    )
    cell["outputs"][0]["data"]["text/html"] = both.format(dark + narrow)
    path.write_text(json.dumps({"cells": [cell]}))
    markup = answers.picture("demo:fig1/fair")
    assert re.findall(r'class="front-(\w+) dark-light" src="_static/front/demo_coin_fig1_(\w+).png"', markup) == [
        ("light", "light"),
        ("dark", "dark"),
    ]
    with pytest.raises(ValueError, match="no such figure: demo/coin has fig1"):
        front.figure_of("demo/coin", "fig2", answers.root)


def test_the_citation_holds_what_the_citation_file_says():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    text = front.citation(ROOT)
    assert text.startswith("```bibtex\n@software{spinlib,\n")
    for part in (cited["title"], cited["version"], cited["repository-code"], cited["authors"][0]["name"]):
        assert part in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 80
    assert text.count("{") == text.count("}")
