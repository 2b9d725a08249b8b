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
    for file in (*(ROOT / "book").glob("*.md"), ROOT / "book" / "_toc.yml"):
        shutil.copy(file, demo / "book")
    shutil.copy(ROOT / "_config.yml", demo)
    shutil.copytree(ROOT / "book" / "static", demo / "book" / "static")
    toc = demo / "book" / "_toc.yml"
    contents = toc.read_text().replace("chapters/dp/*", "chapters/demo/*")
    toc.write_text(re.sub(r"  - caption: .*\n    chapters:\n      - glob: chapters/(?!demo/).*\n", "", contents))
    return demo


def test_everything_that_the_book_needs_is_collected(executed):
    folder = executed / "build" / "stage"
    (folder / "chapters").mkdir(parents=True)
    (folder / "chapters" / "old.ipynb").touch()
    stage.stage(folder)
    assert not (folder / "chapters" / "old.ipynb").exists()
    assert (folder / "static" / "mathjax" / "tex-svg.js").stat().st_size > 1_000_000
    assert "spinbook-holds" in (folder / "scorecard.md").read_text()
    assert "3.2 s" in (folder / "status.md").read_text()
    assert (folder / "_config.yml").read_bytes() == (ROOT / "_config.yml").read_bytes()
    assert "- file: chapters/demo/coin\n" in (folder / "_toc.yml").read_text()
    assert len(json.loads((executed / "build" / "scorecard.json").read_text())) == 5


def test_the_reader_is_spared_the_colab_cell_and_plotting_code(executed):
    stage.stage_chapter("demo/coin", executed / "build" / "stage", executed)
    cells = json.loads((executed / "build" / "stage" / "chapters" / "demo" / "coin.ipynb").read_text())["cells"]
    tags = {tag for cell in cells for tag in cell["metadata"]["tags"] if "colab" in cell["metadata"]["tags"]}
    assert tags == {"colab", "remove-cell"}
    figure = next(cell for cell in cells if "figure" in cell["metadata"]["tags"])
    assert "hide-input" in figure["metadata"]["tags"]
    for cell in cells:
        if cell["cell_type"] == "code" and "figure" not in cell["metadata"]["tags"]:
            long = len("".join(cell["source"]).splitlines()) > stage.LONGEST_SHOWN
            assert ("hide-input" in cell["metadata"]["tags"]) == (long and "colab" not in cell["metadata"]["tags"])


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
    extra = "      fig2/drawn: {statement: Aces, relation: documentary, source: Fig. 2}\n"
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
