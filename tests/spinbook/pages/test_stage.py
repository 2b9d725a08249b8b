import json
import re
import shutil
from pathlib import Path

import pytest

from spinbook.pages import notebook, stage

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def executed(demo, execute, capsys):
    """The demo book with what an execution leaves, and the prose of the real one."""
    from spinbook.run import run

    run("demo/coin", "paper", "cpu", record=True)
    execute("recorded")
    content = json.loads(notebook.notebook_text("demo/coin"))
    content["metadata"]["papermill"] = {"duration": 3.25}
    path = demo / "build" / "executed" / "demo" / "coin.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(content))
    # Pages that ask for claims of real papers would find none.
    prose = [file for file in (ROOT / "book").glob("*.md") if "{{" not in file.read_text()]
    for file in (*prose, ROOT / "book" / "_toc.yml"):
        shutil.copy(file, demo / "book")
    (demo / "book" / "index.md").write_text(
        "# Coins\n\nThe fair one has {{ours:demo:fig1/fair}}: {{verdict:demo:fig1/fair}}.\n"
    )
    shutil.copy(ROOT / "_config.yml", demo)
    shutil.copytree(ROOT / "book" / "static", demo / "book" / "static")
    toc = demo / "book" / "_toc.yml"
    contents = toc.read_text().replace("chapters/dp/*", "chapters/demo/*")
    toc.write_text(
        re.sub(
            r"  - caption: .*\n    chapters:\n(?:      - file: .*\n)?      - glob: chapters/(?!demo/).*\n", "", contents
        )
    )
    return demo


def test_everything_that_the_book_needs_is_collected(executed):
    folder = executed / "build" / "stage"
    (folder / "chapters").mkdir(parents=True)
    (folder / "chapters" / "old.ipynb").touch()
    stage.stage(folder)
    assert not (folder / "chapters" / "old.ipynb").exists()
    assert (folder / "static" / "mathjax" / "tex-svg.js").stat().st_size > 1_000_000
    assert "spinbook-holds" in (folder / "scorecard.md").read_text()
    assert 'href="chapters/demo/coin.html#claim-fig1-fair">' in (folder / "index.md").read_text()
    assert "3.2 s" in (folder / "status.md").read_text()
    assert (folder / "_config.yml").read_bytes() == (ROOT / "_config.yml").read_bytes()
    assert "- file: chapters/demo/coin\n" in (folder / "_toc.yml").read_text()
    assert len(json.loads((executed / "build" / "scorecard.json").read_text())) == 5


def tags_of(cell):
    return cell["metadata"].get("tags", [])


def test_the_page_shows_no_plumbing_and_folds_all_other_code(executed):
    stage.stage_chapter("demo/coin", executed / "build" / "stage", executed)
    cells = json.loads((executed / "build" / "stage" / "chapters" / "demo" / "coin.ipynb").read_text())["cells"]
    tags = {tag for cell in cells for tag in tags_of(cell) if "colab" in tags_of(cell)}
    assert tags == {"colab", "remove-cell"}
    for cell in cells:
        if cell["cell_type"] == "code" and not {"colab", "parameters"} & set(tags_of(cell)):
            plumbing = stage.is_plumbing("".join(cell["source"]))
            assert ("remove-input" if plumbing else "hide-input") in tags_of(cell)
    assert any("figure" in tags_of(cell) and "hide-input" in tags_of(cell) for cell in cells)


@pytest.mark.parametrize(
    ("source", "plumbing"),
    [
        ("chapter.close()", True),
        ("from spinbook import open_chapter\n\nchapter = open_chapter('demo/coin', scale=scale)", True),
        ("coins = chapter.record('demo/coins')", True),
        ("chapter.claim('fig1/fair', *mean)\nchapter.not_run('fig1/gpu', 'why')", True),
        ("mean = coins['mean'].mean()\nchapter.claim('fig1/fair', mean, 0.0)", False),
        ("print(mean)", False),
        ("for claim in claims:\n    chapter.claim(claim, 1.0, 0.0)", False),
    ],
)
def test_plumbing_is_what_only_calls_the_chapter(source, plumbing):
    assert stage.is_plumbing(source) == plumbing


def test_the_code_of_the_answer_is_not_shown_whatever_it_computes():
    source = "worst = errors.max()\nchapter.answer(f'{worst}')"
    assert stage.visibility(source, {"answer"}) == "remove-input"
    assert stage.visibility(source, set()) == "hide-input"


def test_links_to_figures_get_their_numbers_and_links_to_claims_their_anchors():
    figures = {"fig1": 1, "fig2_binder": 2}
    text = "See [Figure](#fig2_binder), [this claim](#fig1/fair) and [a page](notation.md#units)."
    assert stage.linked(text, figures) == (
        'See <a href="#fig2_binder">Figure 2</a>, <a href="#claim-fig1-fair">this claim</a> '
        "and [a page](notation.md#units)."
    )
    with pytest.raises(ValueError, match=r"\(#fig3\) refers to no figure: drawn are fig1, fig2_binder"):
        stage.linked("[Figure](#fig3)", figures)


def test_folded_code_that_shows_nothing_joins_the_code_after_it():
    def code(source, outputs, tag="hide-input"):
        return {"cell_type": "code", "metadata": {"tags": [tag]}, "source": source, "outputs": outputs}

    cells = [code("a = 1", []), code(["b = 2\n", "c = 3"], []), code("print(c)", ["3"]), code("d = 4", [])]
    prose = {"cell_type": "markdown", "metadata": {}, "source": "Text."}
    plumbing = code("chapter.close()", ["records"], "remove-input")
    found = stage.joined([*cells, prose, code("e = 5", []), plumbing])
    assert [cell["source"] for cell in found] == [
        "a = 1\n\nb = 2\nc = 3\n\nprint(c)",
        "d = 4",
        "Text.",
        "e = 5",
        "chapter.close()",
    ]


def test_the_answer_stands_below_the_title():
    tags = [[], ["parameters"], ["figure"], ["answer"], []]
    cells = [{"metadata": {"tags": each}, "source": str(place)} for place, each in enumerate(tags)]
    assert [cell["source"] for cell in stage.answer_first(cells)] == ["0", "3", "1", "2", "4"]


def test_a_chapter_that_was_not_executed_stops_the_book(executed):
    (executed / "build" / "executed" / "demo" / "coin.ipynb").unlink()
    with pytest.raises(ValueError, match="demo/coin has not been executed"):
        stage.stage(executed / "build" / "stage")


def test_a_chapter_that_no_claims_file_names_stops_the_book(executed):
    (executed / "book" / "chapters" / "demo" / "dice.py").touch()
    with pytest.raises(ValueError, match="chapters demo/dice: in no claims file"):
        stage.contents(executed / "book" / "_toc.yml", executed)


def test_chapters_stand_in_the_order_of_the_claims(executed):
    (executed / "book" / "chapters" / "demo" / "aces.py").touch()
    path = executed / "book" / "claims" / "demo.yml"
    extra = "      fig2/drawn: {statement: Aces, relation: documentary, source: paper, place: Fig. 2}\n"
    path.write_text(f"{path.read_text()}  demo/fig2:\n    what: Aces\n    chapter: demo/aces\n    claims:\n{extra}")
    toc = stage.contents(executed / "book" / "_toc.yml", executed)
    assert toc.index("chapters/demo/coin") < toc.index("chapters/demo/aces")


def test_a_chapter_without_claims_stands_behind_those_with_claims(executed):
    (executed / "book" / "chapters" / "demo" / "aces.py").touch()
    path = executed / "book" / "claims" / "demo.yml"
    path.write_text(f"chapters: [demo/aces]\n{path.read_text()}")
    toc = stage.contents(executed / "book" / "_toc.yml", executed)
    assert toc.index("chapters/demo/coin") < toc.index("chapters/demo/aces")


def test_a_page_must_hold_its_marker_once(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("<!-- a -->\n<!-- a -->")
    with pytest.raises(ValueError, match="must hold the line <!-- a --> once"):
        stage.fill(page, "<!-- a -->", "x")
