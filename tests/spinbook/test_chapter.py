import json
import re
import sys
from types import SimpleNamespace

import pytest

from spinbook import open_chapter
from spinbook.pages import page
from spinbook.records.record import RecordError
from spinbook.run import run


@pytest.fixture
def made(demo):
    """The demo book with its record at paper scale."""
    run("demo/coin", "paper", "cpu", record=True)
    return demo


def test_a_record_is_found_by_its_name(demo):
    chapter = open_chapter("demo/coin")
    coins = chapter.record("demo/coins")
    assert (coins.name, coins.scale) == ("demo/coins", "smoke")
    assert set(chapter.records) == {"demo/coins"}
    assert not (demo / "book" / "records").exists()


def test_a_record_may_be_stored_from_a_chapter_and_is_shown_from_then_on(demo):
    stored = open_chapter("demo/coin", scale="paper", store=True).record("demo/coins")
    shown = open_chapter("demo/coin", scale="recorded").record("demo/coins")
    assert list(shown["mean"]) == list(stored["mean"])
    (demo / "book" / "records" / "demo" / "coins.json").unlink()
    with pytest.raises(RecordError, match="spinbook run demo/coins --scale paper --device cpu --record"):
        open_chapter("demo/coin", scale="recorded").record("demo/coins")


@pytest.mark.parametrize("name", ["coins", "demo/dice", "demo/coins.py", "demo/../demo/coins"])
def test_an_unknown_record_is_refused(demo, name):
    with pytest.raises(ValueError, match=r"unknown record .*: book/experiments has demo/coins, demo/gpu"):
        open_chapter("demo/coin").record(name)


def test_an_edited_experiment_counts_at_once(demo):
    path = demo / "book" / "experiments" / "demo" / "coins.py"
    before = open_chapter("demo/coin").record("demo/coins")
    path.write_text(path.read_text().replace("< bias", "< bias + 0.1"))
    after = open_chapter("demo/coin").record("demo/coins")
    assert (after["mean"] > before["mean"]).all()


@pytest.mark.parametrize("line", ["from experiments.demo import law", "import experiments.demo.law as law"])
def test_an_edited_module_that_an_experiment_imports_counts_at_once(demo, line):
    folder = demo / "book" / "experiments" / "demo"
    (folder / "law.py").write_text("TOTAL = 1\n")
    (folder / "total.py").write_text(
        f'{line}\nSETTINGS = {{"smoke": {{}}}}\nCOMPARE = {{"x": "exact"}}\n'
        'def compute(settings, run):\n    return {"x": law.TOTAL}\n'
    )
    assert open_chapter("demo/coin").record("demo/total")["x"] == 1
    (folder / "law.py").write_text("TOTAL = 22\n")
    assert open_chapter("demo/coin").record("demo/total")["x"] == 22


def test_a_notebook_shows_the_source_of_the_experiment_folded_and_a_script_does_not(demo, monkeypatch, capsys):
    chapter = open_chapter("demo/coin")
    capsys.readouterr()
    chapter.record("demo/coins")
    assert capsys.readouterr().out == ""
    shown = []
    notebook = SimpleNamespace(get_ipython=lambda: True)
    monkeypatch.setitem(sys.modules, "IPython", notebook)
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(HTML=str, display=shown.append))
    chapter.record("demo/gpu")
    (markup,) = shown
    assert markup.startswith(
        '<details class="spinbook-source"><summary>How <code>demo/gpu</code> was computed</summary>'
    )
    # Its own file, and the one that it imports.
    assert markup.index("book/experiments/demo/gpu.py") < markup.index("book/experiments/demo/coins.py")
    assert '<span class="k">def</span>' in markup
    assert "random(draws)" in re.sub("<[^>]*>", "", markup)
    # Another record that rests on the same file does not list it again.
    page.show_sources("demo/other", {"book/experiments/demo/coins.py": "def toss(): ..."}, chapter._listed)
    assert "toss" not in shown[1]


def test_code_that_a_page_lists_already_is_named_only():
    sources = {"book/experiments/demo/coins.py": "def toss(): ...", "book/experiments/demo/gpu.py": "def run(): ..."}
    markup = page.folded_sources("demo/gpu", sources, listed={"book/experiments/demo/coins.py"})
    assert "toss" not in markup
    assert "coins.py</code>, listed above" in markup
    assert ">run<" in markup


@pytest.mark.parametrize(
    ("old", "new", "claim", "note"),
    [
        ("tolerance: 0.01", "tolerance: 0.1", "fig1/fair", "tolerance was 0.01 when record coins was made"),
        ("tolerance: 0.001", "tolerance: 0.0001", "fig1/line", "tolerance was 0.001 when record coins was made"),
        ("target: 0.5\n", "target: 0.51\n", "fig1/fair", "target was 0.5 when record coins was made"),
        ("relation: equal\n", "relation: at_least\n", "fig1/fair", "relation was equal when record coins was made"),
        ('"0.3", "0.5", "0.7"', '"0.5", "0.3", "0.7"', "fig1/order", "target was 0.3 ≤ 0.5 ≤ 0.7 when"),
        ("fig1/fair:", "fig1/just:", "fig1/just", "written after record coins was made"),
    ],
)
def test_a_claim_that_is_changed_after_the_run_is_marked(made, old, new, claim, note):
    path = made / "book" / "claims" / "demo.yml"
    assert path.read_text().count(old) == 1
    path.write_text(path.read_text().replace(old, new))
    chapter = open_chapter("demo/coin", scale="recorded")
    chapter.record("demo/coins")
    given = {
        "fig1/line": {"chi2": 1.0, "dof": 1},
        "fig1/order": {"ours": dict.fromkeys(("0.3", "0.5", "0.7"), (0.0, 1.0))},
    }
    row = chapter.claim(claim, **given.get(claim, {"ours": 0.5, "ours_error": 0.001}))
    assert row["reason"].startswith(f"changed after the run: {note}")
    assert row["changed"] in row["reason"]
    unchanged = "fig1/line" if claim != "fig1/line" else "fig1/fair"
    assert chapter.claim(unchanged, **given.get(unchanged, {"ours": 0.5, "ours_error": 0.001}))["changed"] == ""


def test_a_record_that_needs_a_device_is_empty_without_it(demo):
    for scale in ("smoke", "paper", "recorded"):
        chapter = open_chapter("demo/coin", scale=scale)
        assert not chapter.record("demo/gpu")
        assert chapter.claim("fig1/gpu", 0.5, 0.0)["verdict"] == "not run"
        assert "--device cuda --record" in chapter.rows["fig1/gpu"]["reason"]


def test_a_claim_needs_its_record_opened(demo):
    with pytest.raises(ValueError, match=r"rests on record .'demo/coins'., which demo/coin did not open"):
        open_chapter("demo/coin").claim("fig1/fair", 0.5, 0.0)


def test_a_record_name_is_used_once(demo):
    chapter = open_chapter("demo/coin")
    chapter.record("demo/coins")
    with pytest.raises(ValueError, match="'demo/coins' is opened twice"):
        chapter.record("demo/coins")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scale": "huge"}, "unknown scale 'huge': choose from smoke, laptop, paper, recorded"),
        ({"device": "gpu"}, "unknown device 'gpu'"),
        ({"scale": "recorded", "store": True}, "computes nothing"),
    ],
)
def test_bad_parameters_are_refused_at_once(demo, options, message):
    with pytest.raises(ValueError, match=message):
        open_chapter("demo/coin", **options)


def test_an_unknown_chapter_is_refused(demo):
    with pytest.raises(ValueError, match="unknown chapter 'demo/coins'"):
        open_chapter("demo/coins")


def report_all(chapter):
    chapter.record("demo/coins")
    chapter.record("demo/gpu")
    chapter.claim("fig1/drawn")
    chapter.claim("fig1/line", chi2=1.0, dof=1)
    chapter.claim("fig1/fair", 0.9, 0.001, reason="the coin is bent")
    chapter.claim("fig1/order", {"0.3": (0.3, 0.01), "0.5": (0.5, 0.01), "0.7": (0.7, 0.01)})


def test_close_wants_every_claim_of_the_chapter(demo):
    chapter = open_chapter("demo/coin")
    report_all(chapter)
    with pytest.raises(ValueError, match="does not report its claims fig1/gpu"):
        chapter.close()


def test_a_claim_shows_its_numbers_and_its_reason_once(demo, capsys):
    chapter = open_chapter("demo/coin")
    report_all(chapter)
    chapter.not_run("fig1/gpu", "no GPU here")
    chapter.close()
    shown = capsys.readouterr().out
    for text in ("The coin is bent", "No GPU here", "Paper: 0.5 · Ours: 0.9000 ± 0.0010", "beyond the paper"):
        assert shown.count(text) == 1


def test_a_void_claim_says_why_nothing_was_left_to_test(demo):
    chapter = open_chapter("demo/coin")
    chapter.record("demo/coins")
    row = chapter.void("fig1/fair", "the coin was lost")
    assert (row["verdict"], row["reason"], row["scale"]) == ("void", "the coin was lost", "smoke")


def test_the_answer_says_numbers_and_links_every_claim(demo, monkeypatch):
    shown = []
    monkeypatch.setattr("spinbook.pages.page.show", shown.append)
    chapter = open_chapter("demo/coin")
    report_all(chapter)
    chapter.answer(f"The mean is {chapter.shown('fig1/fair')}; drawn: {chapter.shown('fig1/drawn')}.")
    assert "The mean is 0.9000 ± 0.0010; drawn: drawn." in shown[-1]
    ids = {re.search(r'id="(claim-[^"]*)"', markup)[1] for markup in shown if 'id="claim-' in markup}
    assert set(re.findall(r'href="#([^"]*)"', shown[-1])) == ids == {page.anchor(name) for name in chapter.rows}
    with pytest.raises(ValueError, match="'fig1/gpu' was not reported"):
        chapter.shown("fig1/gpu")


def test_close_in_a_build_writes_the_rows(made):
    chapter = open_chapter("demo/coin", scale="recorded")
    report_all(chapter)
    chapter.not_run("fig1/gpu", "no GPU here")
    chapter.close()
    rows = json.loads((made / "build" / "claims" / "demo" / "coin.json").read_text())["rows"]
    verdicts = {row["claim"]: row["verdict"] for row in rows}
    assert verdicts == {
        "fig1/drawn": "drawn",
        "fig1/line": "holds",
        "fig1/fair": "fails",
        "fig1/order": "holds",
        "fig1/gpu": "not run",
    }
    scales = {row["claim"]: row["scale"] for row in rows}
    assert scales["fig1/line"] == "paper"
    assert scales["fig1/drawn"] is None


def test_a_chapter_without_claims_shows_its_records_only(demo, capsys):
    (demo / "book" / "chapters" / "demo" / "speed.py").touch()
    path = demo / "book" / "claims" / "demo.yml"
    path.write_text(f"chapters: [demo/speed]\n{path.read_text()}")
    chapter = open_chapter("demo/speed")
    chapter.record("demo/coins")
    chapter.table("Targets at $T_c$", ["target", "met"], [["faster than $1$ & all", "yes"]])
    chapter.close()
    shown = capsys.readouterr().out
    assert "faster than" in shown
    assert "& all  yes" in shown
    assert "spinbook-claim" not in shown
    assert "Records behind this chapter" in shown


def test_a_smoke_run_leaves_the_rows_of_the_build_alone(demo):
    chapter = open_chapter("demo/coin")
    report_all(chapter)
    chapter.not_run("fig1/gpu", "no GPU here")
    chapter.close()
    assert not (demo / "build" / "claims").exists()


def test_claims_are_known_and_reported_once(demo):
    chapter = open_chapter("demo/coin")
    with pytest.raises(ValueError, match=r"unknown claim 'fig1/unfair'.*fig1/fair"):
        chapter.claim("fig1/unfair", 1.0, 0.0)
    chapter.claim("fig1/drawn")
    with pytest.raises(ValueError, match="reported twice"):
        chapter.claim("fig1/drawn")


def test_a_figure_name_is_used_once_and_must_be_a_name(demo):
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    chapter = open_chapter("demo/coin")
    options = {"caption": "c", "alt": "a sufficiently long description", "data": {"x": [1]}}
    chapter.figure(plt.figure(), "fig1", **options)
    assert chapter.claim("fig1/drawn")["anchor"] == "fig1"
    with pytest.raises(ValueError, match="drawn twice"):
        chapter.figure(plt.figure(), "fig1", **options)
    with pytest.raises(ValueError, match="bad name 'fig 2'"):
        chapter.figure(plt.figure(), "fig 2", **options)
    plt.close("all")
