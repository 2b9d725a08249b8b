import json

import numpy as np
import pytest

from spinbook import open_chapter
from spinbook.chapter import MODE
from spinbook.records.record import RecordError

SETTINGS = {"smoke": {"draws": 100}, "paper": {"draws": 10_000}}


class Toss:
    """A compute function that counts its calls."""

    def __init__(self, bias=0.5):
        self.bias = bias
        self.scales = []

    def __call__(self, settings, run):
        self.scales.append(run.scale)
        heads = np.random.default_rng(run.seed).random(settings["draws"]) < self.bias
        return {"mean": heads.mean(), "mean_error": heads.std() / settings["draws"] ** 0.5}


def coins(scale="smoke", toss=None, settings=SETTINGS, **options):
    chapter = open_chapter("demo/coin", scale=scale, **options)
    return chapter.record("coins", settings, toss or Toss())


def test_smoke_computes_and_stores_nothing(demo):
    toss = Toss()
    assert coins("smoke", toss).scale == "smoke"
    assert toss.scales == ["smoke"]
    assert not (demo / "book" / "records").exists()


def test_recorded_shows_what_is_stored_and_never_computes(demo):
    stored = coins("paper", store=True)
    toss = Toss()
    shown = coins("recorded", toss)
    assert toss.scales == []
    assert shown.scale == "paper"
    assert shown["mean"] == stored["mean"]


def test_recorded_without_a_record_says_which_command_makes_it(demo):
    toss = Toss()
    with pytest.raises(RecordError, match=r"run book/chapters/demo/coin.py --scale paper --device cpu --record"):
        coins("recorded", toss)
    assert toss.scales == []


def test_storing_keeps_the_smoke_run_and_is_not_done_twice(demo):
    toss = Toss()
    coins("paper", toss, store=True)
    coins("paper", toss, store=True)
    assert toss.scales == ["paper", "smoke"]


def test_new_smoke_settings_renew_only_the_twin(demo):
    coins("paper", store=True)
    toss = Toss()
    changed = SETTINGS | {"smoke": {"draws": 200}}
    with pytest.raises(RecordError, match="keeps a smoke run of other settings"):
        coins("smoke", settings=changed)
    coins("paper", toss, changed, store=True)
    assert toss.scales == ["smoke"]
    coins("smoke", settings=changed)


def test_every_smoke_run_is_compared_with_the_stored_one(demo):
    coins("paper", store=True)
    coins("smoke")
    with pytest.raises(RecordError, match="disagrees with the stored"):
        coins("smoke", Toss(bias=0.9))


def test_numbers_without_an_error_are_compared_too(demo):
    def losses(loss):
        def compute(settings, run):
            return {"loss": loss + np.random.default_rng(run.seed).random(5) / 10, "weight.0": np.zeros(3)}

        return compute

    def trained(scale, compute, **options):
        rules = {"loss": "seeds", "weight.*": "kept"}
        open_chapter("demo/coin", scale=scale, **options).record("losses", SETTINGS, compute, compare=rules)

    trained("paper", losses(1.0), store=True)
    trained("smoke", losses(1.0))
    with pytest.raises(RecordError, match=r"losses: loss = 1\.\d+ .* disagrees with the stored .* compared as seeds"):
        trained("smoke", losses(1.5))


def test_a_record_that_compares_nothing_is_refused(demo):
    chapter = open_chapter("demo/coin")
    with pytest.raises(ValueError, match="record 'coins' compares nothing"):
        chapter.record("coins", SETTINGS, lambda settings, run: {"x": 1.0}, compare={"x": "kept"})
    with pytest.raises(ValueError, match="allowed are seeds, trainings, counts"):
        chapter.record("dice", SETTINGS, Toss(), compare={"mean": "seed"})


def test_a_damaged_record_is_made_again(demo, capsys):
    coins("paper", store=True)
    path = demo / "book" / "records" / "demo" / "coins.npz"
    path.unlink()
    with pytest.raises(RecordError, match=r"npz is not there; restore it with git, or make it again with"):
        coins("recorded")
    toss = Toss()
    assert coins("paper", toss, store=True).scale == "paper"
    assert toss.scales == ["paper", "smoke"]
    assert "it is made again" in capsys.readouterr().err


def test_nothing_is_computed_that_could_not_be_stored(demo):
    (demo / "book" / "records").touch()
    toss = Toss()
    with pytest.raises(
        RecordError, match=r"coins cannot be stored, so nothing was computed: .*records is not a folder"
    ):
        coins("paper", toss, store=True)
    assert toss.scales == []


def test_targets_are_kept_as_they_stood_before_the_run(demo):
    claims = demo / "book" / "claims" / "demo.yml"
    text = claims.read_text()

    def loosening(settings, run):
        claims.write_text(text.replace("tolerance: 0.01", "tolerance: 0.1"))
        return Toss()(settings, run)

    coins("paper", loosening, store=True)
    kept = json.loads((demo / "book" / "records" / "demo" / "coins.json").read_text())["claims"]
    assert kept["fig1/fair"] == {"relation": "equal", "target": 0.5, "tolerance": 0.01}
    assert set(kept) == {"fig1/line", "fig1/fair", "fig1/order"}
    # New smoke settings renew the smoke run, not the targets.
    coins("paper", settings=SETTINGS | {"smoke": {"draws": 200}}, store=True)
    assert json.loads((demo / "book" / "records" / "demo" / "coins.json").read_text())["claims"] == kept


@pytest.mark.parametrize(
    ("old", "new", "claim", "note"),
    [
        ("tolerance: 0.01", "tolerance: 0.1", "fig1/fair", "tolerance was 0.01 when record coins was made"),
        ("tolerance: 0.001", "tolerance: 0.0001", "fig1/line", "tolerance was 0.001 when record coins was made"),
        ("target: 0.5\n", "target: 0.51\n", "fig1/fair", "target was 0.5 when record coins was made"),
        ("relation: equal\n", "relation: at_least\n", "fig1/fair", "relation was equal when record coins was made"),
        ('"0.3", "0.5", "0.7"', '"0.5", "0.3", "0.7"', "fig1/order", "target was ['0.3', '0.5', '0.7'] when"),
        ("fig1/fair:", "fig1/just:", "fig1/just", "written after record coins was made"),
    ],
)
def test_a_claim_that_is_changed_after_the_run_is_marked(demo, old, new, claim, note):
    coins("paper", store=True)
    path = demo / "book" / "claims" / "demo.yml"
    assert path.read_text().count(old) == 1
    path.write_text(path.read_text().replace(old, new))
    chapter = open_chapter("demo/coin", scale="recorded")
    chapter.record("coins", SETTINGS, Toss())
    given = {
        "fig1/line": {"chi2": 1.0, "dof": 1},
        "fig1/order": {"ours": dict.fromkeys(("0.3", "0.5", "0.7"), (0.0, 1.0))},
    }
    row = chapter.claim(claim, **given.get(claim, {"ours": 0.5, "ours_error": 0.001}))
    assert row["note"].startswith(f"changed after the run: {note}")
    assert row["changed"] in row["note"]
    unchanged = "fig1/line" if claim != "fig1/line" else "fig1/fair"
    assert chapter.claim(unchanged, **given.get(unchanged, {"ours": 0.5, "ours_error": 0.001}))["changed"] == ""


def test_a_smaller_scale_does_not_replace_a_stale_larger_one(demo):
    coins("paper", store=True)
    with pytest.raises(RecordError, match="laptop may not replace it"):
        coins("laptop", settings={"smoke": {}, "laptop": {"draws": 9}, "paper": {"draws": 8}}, store=True)


def test_an_undeclared_scale_computes_the_next_smaller_and_does_not_store_it(demo):
    toss = Toss()
    assert coins("laptop", toss, store=True).scale == "smoke"
    assert not (demo / "book" / "records").exists()


def test_a_record_that_needs_a_device_is_empty_without_it(demo):
    for scale in ("smoke", "paper", "recorded"):
        chapter = open_chapter("demo/coin", scale=scale)
        toss = Toss()
        assert not chapter.record("gpu", SETTINGS, toss, requires="cuda")
        assert toss.scales == []
        assert chapter.claim("fig1/gpu", 0.5, 0.0)["verdict"] == "not run"
        assert "--device cuda --record" in chapter.rows["fig1/gpu"]["note"]


def test_a_claim_needs_its_record_opened(demo):
    with pytest.raises(ValueError, match=r"rests on record .'coins'., which demo/coin did not open"):
        open_chapter("demo/coin").claim("fig1/fair", 0.5, 0.0)


def test_a_record_name_is_used_once(demo):
    chapter = open_chapter("demo/coin")
    chapter.record("coins", SETTINGS, Toss())
    with pytest.raises(ValueError, match="'coins' is opened twice"):
        chapter.record("coins", SETTINGS, Toss())


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
    chapter.record("coins", SETTINGS, Toss())
    chapter.record("gpu", SETTINGS, Toss(), requires="cuda")
    chapter.claim("fig1/drawn")
    chapter.claim("fig1/line", chi2=1.0, dof=1)
    chapter.claim("fig1/fair", 0.9, 0.001, reason="the coin is bent")
    chapter.claim("fig1/order", {"0.3": (0.3, 0.01), "0.5": (0.5, 0.01), "0.7": (0.7, 0.01)})


def test_close_wants_every_claim_of_the_chapter(demo):
    chapter = open_chapter("demo/coin")
    report_all(chapter)
    with pytest.raises(ValueError, match="does not report its claims fig1/gpu"):
        chapter.close()


def test_close_shows_the_table_and_in_a_build_writes_the_rows(demo, capsys):
    coins("paper", store=True)
    chapter = open_chapter("demo/coin", scale="recorded")
    report_all(chapter)
    chapter.not_run("fig1/gpu", "no GPU here")
    capsys.readouterr()
    chapter.close()
    shown = capsys.readouterr().out
    assert "the coin is bent" in shown
    assert "no GPU here" in shown
    rows = json.loads((demo / "build" / "claims" / "demo" / "coin.json").read_text())["rows"]
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
    chapter.record("coins", SETTINGS, Toss())
    chapter.table("Targets at $T_c$", ["target", "met"], [["faster than $1$ & all", "yes"]])
    chapter.close()
    shown = capsys.readouterr().out
    assert "faster than" in shown
    assert "& all  yes" in shown
    assert "Claims of this chapter" not in shown
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


def test_while_recording_there_are_no_claims_and_no_output(demo, capsys):
    token = MODE.set("record")
    try:
        chapter = open_chapter("demo/coin")
        chapter.record("coins", SETTINGS, Toss())
        assert chapter.claim("fig1/fair", 0.9, 0.001) is None
        assert chapter.not_run("fig1/gpu", "no GPU") is None
        chapter.table("Coins", ["side"], [["heads"]])
        chapter.close()
    finally:
        MODE.reset(token)
    assert capsys.readouterr().out == ""


def test_a_figure_name_is_used_once_and_must_be_a_name(demo):
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    chapter = open_chapter("demo/coin")
    options = {"caption": "c", "alt": "a sufficiently long description", "data": {"x": [1]}}
    chapter.figure(plt.figure(), "fig1", **options)
    with pytest.raises(ValueError, match="drawn twice"):
        chapter.figure(plt.figure(), "fig1", **options)
    with pytest.raises(ValueError, match="bad name 'fig 2'"):
        chapter.figure(plt.figure(), "fig 2", **options)
    plt.close("all")
