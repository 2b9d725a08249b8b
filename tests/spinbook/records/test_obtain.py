import dataclasses
import json
import re

import numpy as np
import pytest

from spinbook.records.experiment import Experiment
from spinbook.records.key import Key
from spinbook.records.obtain import audit, obtain
from spinbook.records.record import RecordError

SETTINGS = {"smoke": {"draws": 100}, "paper": {"draws": 10_000}}


class Toss:
    """A compute function that notes the scales that it is called for."""

    def __init__(self, bias=0.5):
        self.bias = bias
        self.scales = []

    def __call__(self, settings, run):
        self.scales.append(run.scale)
        heads = np.random.default_rng(run.seed).random(settings["draws"]) < self.bias
        return {"mean": heads.mean(), "mean_error": heads.std() / settings["draws"] ** 0.5}


@pytest.fixture
def coins(demo):
    """Obtain the record demo/coins."""

    def obtained(scale="smoke", toss=None, settings=SETTINGS, store=False, name="demo/coins", **declared):
        return obtain(Experiment(Key(demo, name, settings, **declared), toss or Toss()), scale, "cpu", store=store)

    return obtained


def test_smoke_computes_and_stores_nothing(demo, coins):
    toss = Toss()
    assert coins("smoke", toss).scale == "smoke"
    assert toss.scales == ["smoke"]
    assert not (demo / "book" / "records").exists()


def test_recorded_shows_what_is_stored_and_never_computes(coins):
    stored = coins("paper", store=True)
    toss = Toss()
    shown = coins("recorded", toss)
    assert toss.scales == []
    assert shown.scale == "paper"
    assert shown["mean"] == stored["mean"]


def test_recorded_without_a_record_says_which_command_makes_it(coins):
    toss = Toss()
    with pytest.raises(RecordError, match=r"spinbook run demo/coins --scale paper --device cpu --record"):
        coins("recorded", toss)
    assert toss.scales == []


def test_storing_keeps_the_smoke_run_and_is_not_done_twice(coins):
    toss = Toss()
    coins("paper", toss, store=True)
    coins("paper", toss, store=True)
    assert toss.scales == ["paper", "smoke"]


def test_new_smoke_settings_renew_only_the_smoke_run(coins):
    coins("paper", store=True)
    toss = Toss()
    changed = SETTINGS | {"smoke": {"draws": 200}}
    with pytest.raises(RecordError, match="keeps a smoke run of other settings"):
        coins("smoke", settings=changed)
    coins("paper", toss, changed, store=True)
    assert toss.scales == ["smoke"]
    coins("smoke", settings=changed)


def test_every_smoke_run_is_compared_with_the_stored_one(coins):
    coins("paper", store=True)
    coins("smoke")
    with pytest.raises(RecordError, match="disagrees with the stored"):
        coins("smoke", Toss(bias=0.9))


def test_numbers_without_an_error_are_compared_too(coins):
    def losses(loss):
        def compute(settings, run):
            return {"loss": loss + np.random.default_rng(run.seed).random(5) / 10, "weight.0": np.zeros(3)}

        return compute

    rules = {"loss": "seeds", "weight.*": "kept"}
    coins("paper", losses(1.0), store=True, compare=rules)
    coins("smoke", losses(1.0), compare=rules)
    with pytest.raises(RecordError, match=r"coins: loss = 1\.\d+ .* disagrees with the stored .* compared as seeds"):
        coins("smoke", losses(1.5), compare=rules)


def test_a_record_that_compares_nothing_is_refused(coins):
    with pytest.raises(ValueError, match="record 'demo/coins' compares nothing"):
        coins("smoke", lambda settings, run: {"x": 1.0}, compare={"x": "kept"})


def test_a_damaged_record_is_made_again(demo, coins, capsys):
    coins("paper", store=True)
    path = demo / "book" / "records" / "demo" / "coins.npz"
    path.unlink()
    with pytest.raises(RecordError, match=r"npz is not there; restore it with git, or make it again with"):
        coins("recorded")
    toss = Toss()
    assert coins("paper", toss, store=True).scale == "paper"
    assert toss.scales == ["paper", "smoke"]
    assert "it is made again" in capsys.readouterr().err


def test_nothing_is_computed_that_could_not_be_stored(demo, coins):
    (demo / "book" / "records").touch()
    toss = Toss()
    with pytest.raises(
        RecordError, match=r"coins cannot be stored, so nothing was computed: .*records is not a folder"
    ):
        coins("paper", toss, store=True)
    assert toss.scales == []


def test_targets_are_kept_as_they_stood_before_the_run(demo, coins):
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


def test_a_smaller_scale_does_not_replace_a_stale_larger_one(coins):
    coins("paper", store=True)
    with pytest.raises(RecordError, match="laptop may not replace it"):
        coins("laptop", settings={"smoke": {}, "laptop": {"draws": 9}, "paper": {"draws": 8}}, store=True)


def test_an_undeclared_scale_computes_the_next_smaller_and_does_not_store_it(demo, coins):
    toss = Toss()
    assert coins("laptop", toss, store=True).scale == "smoke"
    assert not (demo / "book" / "records").exists()


@pytest.mark.parametrize("scale", ["smoke", "paper", "recorded"])
def test_a_record_that_needs_a_device_is_empty_without_it(coins, scale):
    toss = Toss()
    assert not coins(scale, toss, device="cuda")
    assert toss.scales == []


class Chain:
    """demo/sum, which adds up demo/coins; `mean` is what it found of that, at which scale."""

    def __init__(self, root, toss):
        self.root, self.toss, self.seen = root, toss, []
        self.first = Experiment(Key(root, "demo/coins", SETTINGS), toss, sources={"coins.py": f"{id(toss)}"})

    def __call__(self, settings, run):
        coins = run.uses["demo/coins"]
        self.seen.append((run.scale, coins.scale))
        return {"sum": run.part("sum", lambda: 2 * coins["mean"])}

    def obtain(self, scale, store=False, **declared):
        key = Key(self.root, "demo/sum", {"smoke": {}, "paper": {}}, **{"compare": {"sum": 0.1}, **declared})
        return obtain(self.experiment(key), scale, "cpu", store=store)

    def experiment(self, key=None):
        key = key or Key(self.root, "demo/sum", {"smoke": {}, "paper": {}}, compare={"sum": 0.1})
        return Experiment(dataclasses.replace(key, uses=(self.first.key,)), self, (self.first,), {"sum.py": ""})


@pytest.fixture
def chain(demo):
    return Chain(demo, Toss())


def test_a_smoke_run_is_computed_from_smoke_runs_and_each_of_them_once(chain):
    obtain(chain.first, "smoke", "cpu")
    found = chain.obtain("smoke")
    assert found["sum"] == 2 * obtain(chain.first, "smoke", "cpu")["mean"]
    assert chain.toss.scales == ["smoke"]
    assert chain.seen == [("smoke", "smoke")]
    assert "uses" not in found.meta


def test_a_larger_run_is_computed_from_the_stored_record_which_must_be_there(chain):
    for store in (True, False):
        with pytest.raises(
            RecordError, match=r"record demo/coins is not there; make it with\n.*spinbook run demo/coins"
        ):
            chain.obtain("paper", store=store)
    assert chain.seen == []
    coins = obtain(chain.first, "paper", "cpu", store=True)
    found = chain.obtain("paper", store=True)
    assert found["sum"] == 2 * coins["mean"]
    assert chain.seen == [("paper", "paper"), ("smoke", "smoke")]
    assert found.meta["uses"] == {"demo/coins": coins.meta["sha256"]}
    assert chain.obtain("recorded")["sum"] == found["sum"]


def test_a_record_is_stale_when_one_that_it_uses_was_made_again(chain):
    obtain(chain.first, "paper", "cpu", store=True)
    chain.obtain("paper", store=True)
    again = SETTINGS | {"paper": {"draws": 20_000}}
    chain.first = Experiment(Key(chain.root, "demo/coins", again), chain.toss, sources=chain.first.sources)
    # Not made again yet: whoever opens the downstream record is told which one comes first.
    with pytest.raises(RecordError, match=r"record demo/coins is stale: it was made with version 1 and paper settings"):
        chain.obtain("recorded")
    with pytest.raises(RecordError, match="record demo/coins is stale"):
        chain.obtain("paper", store=True)
    before = chain.root / "book" / "records" / "demo" / "sum.npz"
    old = before.read_bytes()
    obtain(chain.first, "paper", "cpu", store=True)
    with pytest.raises(RecordError) as refused:
        chain.obtain("recorded")
    assert re.fullmatch(
        r"record demo/sum is stale: it was computed from record demo/coins as it was before \(sha256 \w{12}, now "
        r"\w{12}\); make it again with\n  python -m spinbook run demo/sum --scale paper --device cpu --record",
        str(refused.value),
    )
    with pytest.raises(RecordError, match="demo/sum is stale"):
        audit(chain.experiment(), "cpu", None)
    assert chain.obtain("paper", store=True)["sum"] == 2 * obtain(chain.first, "recorded", "cpu")["mean"]
    assert before.read_bytes() != old
    chain.obtain("recorded")


def test_parts_of_an_interrupted_run_are_not_taken_up_when_a_used_record_has_changed(chain, monkeypatch):
    first = obtain(chain.first, "paper", "cpu", store=True)
    with monkeypatch.context() as killed:
        killed.setattr("spinbook.records.record.Record.computed", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            chain.obtain("paper", store=True)
    assert list((chain.root / "build" / "parts" / "demo" / "sum").rglob("*.npz"))
    again = SETTINGS | {"paper": {"draws": 30_000}}
    chain.first = Experiment(Key(chain.root, "demo/coins", again), chain.toss, sources=chain.first.sources)
    second = obtain(chain.first, "paper", "cpu", store=True)
    assert chain.obtain("paper", store=True)["sum"] == 2 * second["mean"] != 2 * first["mean"]


def test_a_record_that_was_made_without_what_it_is_declared_to_use_is_stale(chain):
    obtain(chain.first, "paper", "cpu", store=True)
    chain.obtain("paper", store=True)
    key = Key(chain.root, "demo/sum", {"smoke": {}, "paper": {}}, compare={"sum": 0.1})
    with pytest.raises(RecordError, match="computed from record demo/coins, which its experiment no longer uses"):
        obtain(Experiment(key, chain), "recorded", "cpu")
    coins = dataclasses.replace(chain.first.key, uses=(dataclasses.replace(key, uses=chain.experiment().key.uses),))
    with pytest.raises(RecordError, match="made without record demo/sum, which its experiment uses"):
        obtain(Experiment(coins, chain.toss), "recorded", "cpu")


def test_an_audit_computes_from_the_stored_record(chain):
    obtain(chain.first, "paper", "cpu", store=True)
    chain.obtain("paper", store=True)
    chain.seen.clear()
    assert audit(chain.experiment(), "cpu", 7) == "demo/sum: 0 numbers with errors; 1 within a stated tolerance"
    assert chain.seen == [("paper", "paper")]
