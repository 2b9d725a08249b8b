import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from spinbook.claims import scorecard
from spinbook.pages import scorecard_page
from spinbook.run import run

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def built(demo, execute, capsys):
    """The demo book after its chapter was executed from records."""
    run("demo/coin", "paper", "cpu", record=True)
    execute("recorded")
    return demo


def shown(root):
    return scorecard_page.to_html(scorecard.rows(root), root)


def test_the_paper_s_claims_are_counted_and_ours_stand_apart(built):
    before, _, beyond = shown(built).partition("### Beyond the paper (demo)")
    assert "4 claims (1 of them readings of an unclear statement):" in before
    assert before.count('<tr role="row" data-paper=') == 4
    assert 'data-source="ours"' not in before
    assert re.findall(r'<tr role="row" data-paper="demo" data-verdict="([^"]+)" data-source="ours">', beyond) == [
        "not run"
    ]


def test_each_row_links_to_its_claim_and_to_its_figure(built):
    page = shown(built)
    assert 'href="chapters/demo/coin.html#claim-fig1-fair"><code>fig1/fair</code></a>' in page
    assert page.count('<a href="chapters/demo/coin.html#fig1">figure</a>') == 5
    assert "one reading of the paper" in page


def test_a_claim_without_chapter_links_nowhere(built):
    path = built / "book" / "claims" / "demo.yml"
    path.write_text(
        path.read_text()
        + "  demo/fig2:\n    what: Dice\n    chapter: demo/dice\n    claims:\n"
        + "      fig2/drawn: {statement: Dice, relation: documentary, source: paper, place: Fig. 2}\n"
    )
    page = shown(built)
    assert "Its chapter is not written yet" in page
    assert "chapters/demo/dice" not in page


def test_the_page_names_what_was_changed_after_the_run(built, execute):
    assert "changed after the run" not in shown(built).lower()
    path = built / "book" / "claims" / "demo.yml"
    path.write_text(path.read_text().replace("tolerance: 0.01", "tolerance: 0.1"))
    execute("recorded")
    page = shown(built)
    assert "Changed after the run: tolerance was 0.01 when record coins was made" in page
    link = '<a href="chapters/demo/coin.html#claim-fig1-fair"><code>fig1/fair</code></a>'
    assert f"Written or changed after the run that tests them (1): demo {link}." in page


def test_the_html_is_balanced_and_its_blocks_hold_no_empty_line(built):
    """An empty line would end a block of HTML in Markdown, and what follows would be shown as text."""

    class Balance(HTMLParser):
        def __init__(self):
            super().__init__()
            self.open: list[str] = []

        def handle_starttag(self, tag, attrs):
            if tag not in ("img", "br", "input"):
                self.open.append(tag)

        def handle_endtag(self, tag):
            assert self.open.pop() == tag

    for block in shown(built).split("\n\n"):
        parser = Balance()
        parser.feed(block)
        assert parser.open == []


def test_papers_stand_in_the_order_of_the_contents_under_their_titles():
    papers = scorecard_page.papers_in_order(ROOT)
    assert list(papers)[:2] == ["dp", "dnn"]
    assert papers["dnn"] == "Paper dnn: direct, featureless learning of spin Hamiltonians"
    assert set(papers) == set(scorecard.papers(ROOT))


def test_a_book_without_contents_has_its_papers_all_the_same(demo):
    assert scorecard_page.papers_in_order(demo) == {"demo": "Paper demo"}
