import numpy as np
import pytest

from spinbook import record, twin
from spinbook.computation import Run
from spinbook.record import Key, Record, RecordError

KEY_SETTINGS = {"smoke": {"n": 2}, "paper": {"n": 4}}


def pairs(value, error):
    return {"x": (np.float64(value), np.float64(error))}


def test_within_four_combined_sigma_runs_agree():
    twin.compare(pairs([1.0, 2.0], [0.3, 0.0]), pairs([2.99, 2.0], [0.4, 0.0]), "demo/coins")


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
        twin.compare(pairs([1.0, 2.0], [0.3, 0.0]), pairs(value, error), "demo/coins")


def test_what_has_no_valid_error_in_either_run_is_not_compared():
    twin.compare(pairs([1.0], [np.nan]), pairs([9.0], [np.nan]), "demo/coins")


def test_names_must_be_the_same():
    with pytest.raises(RecordError, match="measured names differ"):
        twin.compare(pairs([1.0], [0.1]), {}, "demo/coins")


@pytest.fixture
def stored(tmp_path):
    key = Key(tmp_path, "demo/coin", "coins", KEY_SETTINGS, 1)
    smoke = Record.computed(
        key, Run(key, "smoke", "cpu", resumable=False), {"m": [[0.5, np.nan]], "m_error": [[0.1, np.nan]], "n": 3}
    )
    paper = Record.computed(key, Run(key, "paper", "cpu", resumable=False), {"m": 0.7, "m_error": 0.01})
    record.store(key, paper, twin.of(key, smoke))
    return key, smoke


def test_a_twin_survives_the_json(stored):
    key, smoke = stored
    value, error = twin.measured_of(record.read(key).meta["smoke"])["m"]
    np.testing.assert_array_equal(value, [[0.5, np.nan]])
    np.testing.assert_array_equal(error, [[0.1, np.nan]])
    twin.check(key, smoke)


def test_a_smoke_run_that_differs_is_an_error(stored):
    key, smoke = stored
    other = Record(dict(smoke) | {"m": [[1.5, np.nan]]}, smoke.meta)
    with pytest.raises(RecordError, match=r"m\[0, 0\] = 1.5 .* disagrees with the stored 0.5"):
        twin.check(key, other)


def test_a_twin_of_other_settings_is_an_error(stored, tmp_path):
    _, smoke = stored
    changed = Key(tmp_path, "demo/coin", "coins", {"smoke": {"n": 3}, "paper": {"n": 4}}, 1)
    assert not twin.is_current(changed)
    with pytest.raises(RecordError, match=r"other settings[\s\S]*--scale paper"):
        twin.check(changed, smoke)


def test_without_a_record_there_is_nothing_to_compare(tmp_path, stored):
    _, smoke = stored
    twin.check(Key(tmp_path, "demo/coin", "dice", KEY_SETTINGS, 1), smoke)
