import dataclasses
import json
import os

import numpy as np
import pytest

from spinbook import record, storage
from spinbook.computation import Run
from spinbook.record import Key, Record, RecordError

SETTINGS = {"smoke": {"n": 2}, "paper": {"n": 4}}
TWIN = {"version": 1, "settings": SETTINGS["smoke"], "measured": {}}


@pytest.fixture
def key(tmp_path):
    return Key(tmp_path, "demo/coin", "coins", SETTINGS, 1)


def computed(key, scale="paper", data=None):
    run = Run(key, scale, "cpu", resumable=False)
    return Record.computed(key, run, data or {"x": np.arange(4.0), "x_error": 0.5, "label": np.array(["a", "b"])})


def test_what_is_stored_comes_back(key):
    record.store(key, computed(key), TWIN)
    back = record.load(key)
    np.testing.assert_array_equal(back["x"], np.arange(4.0))
    assert back["x_error"] == 0.5
    assert list(back["label"]) == ["a", "b"]
    assert (back.name, back.scale, back.settings) == ("coins", "paper", {"n": 4})
    assert back.wall_time >= 0
    assert back.device == back.provenance["device"]


def test_the_json_says_where_the_numbers_come_from(key):
    record.store(key, computed(key), TWIN)
    content = json.loads(key.path.read_text())
    assert {"name", "version", "scale", "settings", "seed", "wall_time", "sha256", "smoke", "checksum"} <= set(content)
    assert {"commit", "versions", "device", "peak_memory_mib", "date"} == set(content["provenance"])
    assert os.uname().nodename not in key.path.read_text()


@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_one_flipped_byte_anywhere_is_refused(key, suffix):
    record.store(key, computed(key), TWIN)
    path = key.path.with_suffix(suffix)
    whole = path.read_bytes()
    for position in range(0, len(whole), 7):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        with pytest.raises(RecordError, match=r"demo/coins is damaged[\s\S]*python -m spinbook run"):
            record.read(key)
    path.write_bytes(whole)
    assert record.read(key).scale == "paper"


@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_a_missing_file_is_named_with_the_command(key, suffix):
    record.store(key, computed(key), TWIN)
    key.path.with_suffix(suffix).unlink()
    with pytest.raises(RecordError, match=r"not there[\s\S]*run book/chapters/demo/coin.py --scale paper"):
        record.load(key)


@pytest.mark.parametrize("change", [{"version": 2}, {"settings": {"smoke": {"n": 2}, "paper": {"n": 5}}}])
def test_a_stale_record_is_refused(key, change):
    record.store(key, computed(key), TWIN)
    with pytest.raises(RecordError, match=r"stale[\s\S]*--scale paper --device cpu --record"):
        record.load(dataclasses.replace(key, **change))


def test_a_change_of_the_smoke_settings_leaves_the_paper_record_good(key):
    record.store(key, computed(key), TWIN)
    other = dataclasses.replace(key, settings={"smoke": {"n": 1}, "paper": {"n": 4}})
    assert record.load(other).scale == "paper"


def test_a_larger_scale_is_never_replaced_by_a_smaller(key):
    record.store(key, computed(key, "smoke"), TWIN)
    record.store(key, computed(key, "paper"), TWIN)
    before = key.path.read_bytes()
    with pytest.raises(RecordError, match="stored at scale paper: smoke may not replace it"):
        record.store(key, computed(key, "smoke"), TWIN)
    assert key.path.read_bytes() == before


def test_a_record_that_is_too_large_leaves_nothing(key):
    noise = np.random.default_rng(0).bytes(record.LIMIT_BYTES + 1)
    with pytest.raises(RecordError, match="more than 15"):
        record.store(key, computed(key, data={"x": np.frombuffer(noise, np.uint8)}), TWIN)
    assert not key.path.parent.exists()


def test_killed_between_the_two_files_the_record_is_refused_not_misread(key, monkeypatch):
    record.store(key, computed(key), TWIN)
    write = storage.write_atomically

    def killed_at_the_json(path, content):
        if path.suffix == ".json":
            raise KeyboardInterrupt
        write(path, content)

    monkeypatch.setattr(storage, "write_atomically", killed_at_the_json)
    with pytest.raises(KeyboardInterrupt):
        record.store(key, computed(key, data={"x": 1.0}), TWIN)
    with pytest.raises(RecordError, match="npz is not as it was written"):
        record.load(key)


@pytest.mark.parametrize("data", [{}, None, [1.0], {"x_error": 1.0}])
def test_what_is_no_result_is_refused(key, data):
    run = Run(key, "smoke", "cpu", resumable=False)
    with pytest.raises((TypeError, ValueError), match="record 'coins'"):
        Record.computed(key, run, data)


def test_an_unknown_name_is_answered_with_the_known(key):
    with pytest.raises(KeyError, match="has no 'y'; it has x, x_error, label"):
        computed(key)["y"]


def test_measured_pairs_have_one_shape(key):
    value, error = computed(key).measured()["x"]
    assert value.shape == error.shape == (4,)
    assert set(computed(key).measured()) == {"x"}


def test_settings_must_be_plain_and_have_a_smoke_scale():
    assert record.check_settings("r", {"smoke": {"L": (np.int64(4), 8)}}) == {"smoke": {"L": [4, 8]}}
    with pytest.raises(ValueError, match='lack the scale "smoke"'):
        record.check_settings("r", {"paper": {}})
    with pytest.raises(ValueError, match="unknown scale 'tiny'"):
        record.check_settings("r", {"smoke": {}, "tiny": {}})
    with pytest.raises(TypeError, match="cannot be stored as JSON"):
        record.check_settings("r", {"smoke": {"f": print}})


def test_an_empty_record_is_false_and_a_full_one_true(key):
    assert not Record.empty(key)
    assert computed(key)
