"""The chapters on disk: their cells, notebooks, claims and records belong together."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from spinbook import layout
from spinbook.claims import claim, scorecard
from spinbook.imports import imported
from spinbook.pages import notebook
from spinbook.records import experiment, record
from spinbook.records.key import Key

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = layout.chapter_names(ROOT)
RECORDS = sorted((ROOT / "book" / "records").glob("*/*.json"))

pytestmark = pytest.mark.skipif(not CHAPTERS, reason="there is no chapter yet")


@pytest.fixture(autouse=True)
def _in_the_clone(monkeypatch):
    monkeypatch.chdir(ROOT)


def source(name):
    return layout.chapter_path(name, ROOT).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_first_code_cells_of_a_notebook_are_the_colab_cell_and_the_parameters(name):
    found = [cell for cell in json.loads(notebook.notebook_text(name))["cells"] if cell["cell_type"] == "code"]
    first, second = found[:2]
    assert first["metadata"]["tags"] == ["colab"]
    assert "".join(first["source"]) == notebook.COLAB_CELL.replace("{repository}", layout.repository(ROOT)).strip()
    assert second["metadata"]["tags"] == ["parameters"]
    assert notebook.parameters([{**cell, "source": "".join(cell["source"])} for cell in found]) == {
        "scale",
        "device",
        "store",
    }


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_opens_with_what_it_shows_and_how_to_run_it(name):
    opening = source(name).split("# %% tags=")[0]
    assert opening.startswith("# %% [markdown]\n# # ")
    for word in ("`smoke`", "`paper`", "make record"):
        assert word in opening


@pytest.mark.parametrize("name", CHAPTERS)
def test_times_of_runs_are_not_typed(name):
    """They stand in the captions, from the records."""
    _, running = source(name).split("# %% tags=")[0].split("**Running it.**")
    assert not re.findall(r"\b(?:seconds?|minutes?|hours?)\b", running)


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_defines_no_class(name):
    assert not [node for node in ast.walk(ast.parse(source(name))) if isinstance(node, ast.ClassDef)]


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_notebook_for_colab_is_the_chapter(name):
    path = ROOT / "book" / "notebooks" / f"{name}.ipynb"
    assert path.exists(), "run `make notebooks`"
    assert path.read_text(encoding="utf-8") == notebook.notebook_text(name), "run `make notebooks`"


def test_there_are_no_other_notebooks():
    folder = ROOT / "book" / "notebooks"
    found = {path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.ipynb")}
    assert found == set(CHAPTERS)


def test_every_chapter_has_claims_or_is_listed_as_one_without():
    named = {chapter for paper in scorecard.papers(ROOT) for chapter in claim.load_paper(paper, ROOT).chapters}
    assert set(CHAPTERS) <= named


@pytest.mark.parametrize("paper", scorecard.papers(ROOT))
def test_every_claim_that_is_tested_names_what_would_refute_it(paper):
    claims = claim.load(paper, ROOT).values()
    assert [each.id for each in claims if each.relation != "documentary" and not each.refuted_by] == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_is_an_argument_of_readable_length_that_ends_with_its_answer(name):
    text = source(name)
    assert text.count("\n") <= 250
    assert text.count('# %% tags=["answer"]') == 1
    assert text.rstrip().endswith("chapter.close()")


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_is_whole_declared_and_small(path):
    declared = claim.load_paper(path.parent.name, ROOT).records
    assert path.stem in declared
    stored = record.read(Key(ROOT, f"{path.parent.name}/{path.stem}", {"smoke": {}}))
    assert stored.name == f"{path.parent.name}/{path.stem}"
    assert "chapter" not in stored.meta
    assert set(stored.meta["claims"]) <= {c.id for c in claim.load(path.parent.name, ROOT).values()}
    assert stored.meta["smoke"]["numbers"], "run `make refresh`"
    assert path.stat().st_size + path.with_suffix(".npz").stat().st_size <= record.LIMIT_BYTES


EXPERIMENTS = experiment.names(ROOT)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_declares_what_is_allowed_and_knows_no_chapter_and_no_plots(name):
    found = experiment.load(name, ROOT)
    assert found.key.settings["smoke"]
    trees = [ast.parse(text) for text in found.sources.values()]
    imports = {module for tree in trees for node in ast.walk(tree) for module in imported(node)}
    assert {module.split(".")[0] for module in imports} & {"chapters", "matplotlib", "IPython"} == set()
    assert {module for module in imports if module.startswith("spinbook")} <= {
        "spinbook",
        "spinbook.Record",
        "spinbook.Run",
    }
    assert ast.get_docstring(trees[0])


def test_every_experiment_is_opened_by_a_chapter_and_declared_with_its_time():
    opened = {record for chapter in CHAPTERS for record in experiment.opened_by(chapter, ROOT) if "/" in record}
    assert set(EXPERIMENTS) == opened
    declared = {f"{paper}/{name}" for paper in scorecard.papers(ROOT) for name in claim.load_paper(paper, ROOT).records}
    assert set(EXPERIMENTS) <= declared


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_that_is_shipped_is_the_one_that_its_experiment_declares(path):
    name = f"{path.parent.name}/{path.stem}"
    assert record.load(experiment.load(name, ROOT).key).name == name


def test_no_record_file_stands_alone():
    files = {path.with_suffix("").as_posix() for path in (ROOT / "book" / "records").glob("*/*")}
    assert files == {path.with_suffix("").as_posix() for path in RECORDS}
    assert {path.suffix for path in (ROOT / "book" / "records").glob("*/*")} <= {".json", ".npz"}


def test_the_built_scorecard_has_a_row_for_each_claim():
    built = ROOT / "build" / "scorecard.json"
    if not built.exists():
        pytest.skip("the book is not built: run `make book`")
    rows = json.loads(built.read_text())
    assert [row["claim"] for row in rows] == [c for paper in scorecard.papers(ROOT) for c in claim.load(paper, ROOT)]
    assert all(list(row) == list(scorecard.COLUMNS) for row in rows)
