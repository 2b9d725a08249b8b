import json

import pytest

from spinbook.claims import claim, scorecard
from spinbook.run import run


@pytest.fixture
def built(demo, execute, capsys):
    """The demo book after its chapter was executed from records."""
    run("demo/coin", "paper", "cpu", record=True)
    execute("recorded")
    return demo


def test_there_is_a_row_for_each_claim_with_the_promised_keys(built):
    rows = json.loads(scorecard.to_json(scorecard.rows(built)))
    assert [row["claim"] for row in rows] == list(claim.load("demo"))
    assert all(list(row) == list(scorecard.COLUMNS) for row in rows)
    assert {row["item"] for row in rows} == {"demo/fig1"}
    assert [row["verdict"] for row in rows] == ["drawn", "holds", "holds", "holds", "not run"]


def test_a_claim_without_chapter_is_not_run(built):
    path = built / "book" / "claims" / "demo.yml"
    path.write_text(
        path.read_text()
        + "  demo/fig2:\n    what: Dice\n    chapter: demo/dice\n    claims:\n"
        + "      fig2/drawn: {statement: Dice, relation: documentary, source: paper, place: Fig. 2}\n"
    )
    assert scorecard.rows(built)[-1]["verdict"] == "not run"
    assert "not written yet" in scorecard.rows(built)[-1]["reason"]


def test_a_chapter_that_was_not_executed_is_an_error(demo):
    with pytest.raises(ValueError, match="demo/coin has not been executed"):
        scorecard.rows(demo)


def test_a_claim_that_is_new_since_the_execution_is_an_error(built):
    path = built / "book" / "claims" / "demo.yml"
    path.write_text(path.read_text().replace("fig1/fair:", "fig1/just:"))
    with pytest.raises(ValueError, match="did not report fig1/just: execute it again"):
        scorecard.rows(built)
