import dataclasses
import re

import numpy as np
import pytest

from spinbook.records import comparison, record, smoke_check
from spinbook.records.computation import Run
from spinbook.records.key import Key
from spinbook.records.record import Record, RecordError

SETTINGS = {"smoke": {"n": 2}, "paper": {"n": 4}}
COMPARE = {"n": "exact", "loss": "trainings", "late": "seeds", "rate": "magnitude", "tau": 0.5}
SMOKE = {
    "m": [[0.5, np.nan]],
    "m_error": [[0.1, np.nan]],
    "n": 3,
    "loss": [1.0, 1.1, 1.3],
    "late": [1, 1, 2],
    "rate": [2.0, 3.0],
    "tau": 4,
}


def pairs(value, error):
    return comparison.quantities("r", {"x": np.float64(value), "x_error": np.float64(error)}, {})


def test_within_four_combined_sigma_runs_agree():
    smoke_check.compare(pairs([1.0, 2.0], [0.3, 0.0]), pairs([2.99, 2.0], [0.4, 0.0]), "demo/coins")


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ([3.01, 2.0], [0.4, 0.0]),  # beyond 4 * 0.5
        ([1.0, 2.001], [0.4, 0.0]),  # exact numbers must agree to rounding
        ([np.nan, 2.0], [0.4, 0.0]),
        ([1.0, 2.0], [np.nan, 0.0]),
        ([1.0], [0.4]),
    ],
)
def test_beyond_that_the_element_is_named(value, error):
    with pytest.raises(RecordError, match="demo/coins: x"):
        smoke_check.compare(pairs([1.0, 2.0], [0.3, 0.0]), pairs(value, error), "demo/coins")


def test_what_has_no_valid_error_in_either_run_is_not_compared():
    smoke_check.compare(pairs([1.0], [np.nan]), pairs([9.0], [np.nan]), "demo/coins")


def test_names_must_be_the_same():
    with pytest.raises(RecordError, match="compared names differ"):
        smoke_check.compare(pairs([1.0], [0.1]), {}, "demo/coins")


def of_scale(key, scale, **changed):
    return Record.computed(key, Run(key, scale, "cpu", resumable=False), SMOKE | changed)


@pytest.fixture
def stored(tmp_path):
    key = Key(tmp_path, "demo/coins", SETTINGS, 1, compare=comparison.check("coins", COMPARE))
    smoke = of_scale(key, "smoke")
    record.store(key, of_scale(key, "paper", m=0.7, m_error=0.01), smoke_check.of(key, smoke))
    return key, smoke


def test_a_smoke_run_survives_the_json(stored):
    key, smoke = stored
    kept = record.read(key).meta["smoke"]
    back = comparison.from_json(kept["numbers"])
    np.testing.assert_array_equal(back["m"].value, [[0.5, np.nan]])
    np.testing.assert_array_equal(back["m"].error, [[0.1, np.nan]])
    assert set(back) == {"m", "n", "loss", "late", "rate", "tau"}
    assert kept["compare"] == COMPARE
    smoke_check.check(key, smoke)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"m": [[1.5, np.nan]]}, r"m\[0, 0\] = 1.5 .* disagrees with the stored 0.5"),
        ({"n": 4}, "n = 4 disagrees with the stored 3"),
        ({"loss": [1.1, 1.1, 1.3]}, r"loss = 1.1666667 \+- 0.067 disagrees .* compared as trainings"),
        ({"late": [4, 4, 5]}, r"late = 4.3333333 \+- 0.33 disagrees .* compared as seeds"),
        ({"rate": [500.0, 600.0]}, "rate = 547.72256 disagrees"),
        ({"tau": 1.9}, "tau = 1.9 disagrees"),
    ],
)
def test_a_smoke_run_that_differs_is_an_error_with_or_without_an_error_beside_it(stored, changed, message):
    key, _ = stored
    with pytest.raises(RecordError, match=message):
        smoke_check.check(key, of_scale(key, "smoke", **changed))


def test_the_arithmetic_of_another_processor_is_no_difference(stored):
    key, _ = stored
    smoke_check.check(key, of_scale(key, "smoke", loss=[1.002, 1.101, 1.303], late=[1, 2, 2], m=[[0.52, np.nan]]))


def test_a_smoke_run_of_other_settings_or_other_rules_is_an_error(stored):
    key, smoke = stored
    settings = dataclasses.replace(key, settings=SETTINGS | {"smoke": {"n": 3}})
    rules = dataclasses.replace(key, compare=key.compare | {"tau": 0.1})
    for changed in (settings, rules):
        assert not smoke_check.is_current(changed, record.read(key).meta["smoke"])
        with pytest.raises(RecordError, match=r"other settings[\s\S]*python -m spinbook refresh demo/coins"):
            smoke_check.check(changed, smoke)


def test_without_a_record_there_is_nothing_to_compare(tmp_path, stored):
    _, smoke = stored
    dice = Key(tmp_path, "demo/dice", SETTINGS, 1, compare=COMPARE)
    smoke_check.check(dice, smoke)
    smoke_check.renew(dice, smoke)
    assert not dice.path.exists()


def test_a_renewed_smoke_run_leaves_the_record_alone_and_says_what_changed(stored, capsys):
    key, smoke = stored
    before, arrays = record.read(key), key.path.with_suffix(".npz").read_bytes()
    text = key.path.read_bytes()
    smoke_check.renew(key, smoke)
    assert capsys.readouterr().out == "demo/coins: unchanged\n"
    assert key.path.read_bytes() == text
    smoke_check.renew(key, of_scale(key, "smoke", m=[[0.6, np.nan]]))
    assert capsys.readouterr().out == "demo/coins: rewritten, within errors of the old one\n"
    smoke_check.renew(key, of_scale(key, "smoke", n=5))
    assert "demo/coins: REWRITTEN, although record demo/coins: n = 5 disagrees" in capsys.readouterr().out
    after = record.read(key)
    assert key.path.with_suffix(".npz").read_bytes() == arrays
    assert {k: v for k, v in after.meta.items() if k != "smoke"} == {
        k: v for k, v in before.meta.items() if k != "smoke"
    }
    smoke_check.check(key, of_scale(key, "smoke", n=5))


def test_the_commit_of_the_smoke_run_is_kept_as_soon_as_it_has_one(stored, monkeypatch, capsys):
    key, smoke = stored
    for commit in ("a1+changes", "c3"):
        monkeypatch.setattr(smoke_check.provenance, "git_commit", lambda _, commit=commit: commit)
        smoke_check.renew(key, smoke)
        assert capsys.readouterr().out == "demo/coins: unchanged\n"
    assert record.read(key).meta["smoke"]["commit"] is None  # outside a clone
    dirty = record.read(key)
    record.replace_json(key, dirty, dirty.meta["smoke"] | {"commit": "a1+changes"})
    smoke_check.renew(key, smoke)
    assert capsys.readouterr().out == "demo/coins: the same numbers, now of a commit\n"
    assert record.read(key).meta["smoke"]["commit"] == "c3"


def test_the_smoke_run_of_a_stale_record_is_not_renewed(stored):
    key, smoke = stored
    with pytest.raises(RecordError, match="is stale"):
        smoke_check.renew(dataclasses.replace(key, version=2), smoke)


def test_a_record_without_a_number_that_is_compared_is_not_given_a_smoke_run(stored):
    key, _ = stored
    more = dataclasses.replace(key, compare=key.compare | {"later": "exact"})
    with pytest.raises(RecordError, match="demo/coins: later in its smoke run alone"):
        smoke_check.renew(more, of_scale(more, "smoke", later=1))


def test_a_smoke_run_may_leave_out_a_case_of_its_record(tmp_path):
    compare = {name.replace("late", "late*"): rule for name, rule in COMPARE.items()}
    key = Key(tmp_path, "demo/coins", SETTINGS, 1, compare=comparison.check("coins", compare))
    smoke = of_scale(key, "smoke")
    record.store(key, of_scale(key, "paper", later=[3, 3, 4]), smoke_check.of(key, of_scale(key, "smoke", n=5)))
    smoke_check.renew(key, smoke)
    smoke_check.check(key, smoke)
    assert record.read(key).meta["smoke"]["numbers"].keys() == smoke_check.of(key, smoke)["numbers"].keys()


def test_a_record_from_before_this_form_is_renewed(stored, capsys):
    key, smoke = stored
    old = record.read(key)
    old.meta["smoke"] = {"version": 1, "settings": {"n": 2}, "measured": {}}
    del old.meta["claims"]
    record.replace_json(key, old, old.meta["smoke"])
    with pytest.raises(RecordError, match="with other numbers to compare"):
        smoke_check.check(key, smoke)
    smoke_check.renew(key, smoke)
    assert capsys.readouterr().out == "demo/coins: written in the present form\n"
    smoke_check.check(key, smoke)


def audit(key, **changed):
    return smoke_check.audit(key, of_scale(key, "smoke"), of_scale(key, "smoke", **changed))


def test_an_audit_says_how_many_numbers_lie_within_two_errors(stored):
    key, _ = stored
    key = dataclasses.replace(key, compare=key.compare | {"losses": "kept"})
    rng = np.random.default_rng(3)
    a, b = (
        of_scale(key, "smoke", m=rng.normal(size=5000), m_error=np.ones(5000), losses=rng.random(3)) for _ in range(2)
    )
    text = smoke_check.audit(key, a, b)
    told = re.fullmatch(
        r"demo/coins: 5002 numbers with errors, (?P<share>[\d.]+) % within two errors \(95 % expected\), "
        r"rms (?P<rms>[\d.]+), largest [34]\.\d; 1 exact ones; 1 of the same order of magnitude; "
        r"1 within a stated tolerance",
        text,
    )
    apart = (a["m"] - b["m"]) / 2**0.5
    assert float(told["share"]) == pytest.approx(100 * np.mean(np.abs(apart) <= 2), abs=0.1)
    assert float(told["rms"]) == pytest.approx(np.sqrt(np.mean(apart**2)), abs=0.02)


def test_an_audit_that_disagrees_is_an_error(stored):
    key, _ = stored
    for changed, name in (
        ({"n": 4}, "n"),
        ({"tau": 9}, "tau"),
        ({"m": [[2.0, np.nan]]}, "m"),
        ({"rate": [900.0]}, "rate"),
    ):
        with pytest.raises(RecordError, match=rf"demo/coins: 3 numbers .*; {name} disagree \(limit 4.0\): {name}"):
            audit(key, **changed)


def test_what_few_repetitions_cannot_tell_apart_is_no_disagreement(stored):
    key, _ = stored
    assert "largest 2." in audit(key, loss=[2.0, 2.1, 2.5])
    with pytest.raises(RecordError, match="loss disagree"):
        audit(key, loss=[90.0, 90.1, 90.2])
