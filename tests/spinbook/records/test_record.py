import dataclasses
import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from spinbook.records import record, storage
from spinbook.records.computation import Run
from spinbook.records.key import Key
from spinbook.records.record import Record, RecordError

SETTINGS = {"smoke": {"n": 2}, "paper": {"n": 4}}
TWIN = {"version": 1, "settings": SETTINGS["smoke"], "compare": {}, "numbers": {}}


@pytest.fixture
def key(tmp_path):
    return Key(tmp_path, "demo/coins", SETTINGS, 1, compare={"label": "exact"})


DATA = {"x": np.arange(4.0), "x_error": 0.5, "label": np.array(["a", "b"])}


def computed(key, scale="paper", **data):
    return Record.computed(key, Run(key, scale, "cpu", resumable=False), DATA | data)


def test_what_is_stored_comes_back(key):
    record.store(key, computed(key), TWIN)
    back = record.load(key)
    np.testing.assert_array_equal(back["x"], np.arange(4.0))
    assert back["x_error"] == 0.5
    assert list(back["label"]) == ["a", "b"]
    assert (back.name, back.scale, back.settings) == ("demo/coins", "paper", {"n": 4})
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
    with pytest.raises(RecordError, match=r"not there[\s\S]*run demo/coins --scale paper"):
        record.load(key)
    record.store(key, computed(key), TWIN)
    assert record.load(key).scale == "paper"


def test_what_is_damaged_is_made_again_but_not_by_something_smaller(key, capsys):
    record.store(key, computed(key), TWIN)
    key.path.with_suffix(".npz").write_bytes(b"nothing")
    assert record.load_current(key, "paper") is None
    assert "demo/coins is damaged: its npz is not as it was written (sha256 differs); it is made again" in (
        capsys.readouterr().err
    )
    with pytest.raises(RecordError, match="stored at scale paper: smoke may not replace it"):
        record.store(key, computed(key, "smoke"), TWIN)
    key.path.write_text("{")
    record.store(key, computed(key, "smoke"), TWIN)  # nothing is known of the old one any more
    assert record.load(key).scale == "smoke"


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
        record.store(key, computed(key, x=np.frombuffer(noise, np.uint8)), TWIN)
    assert not key.path.parent.exists()


# Kills itself at the n-th system call that changes a folder or waits for the disk, before or after it.
KILLED = """
import os, pathlib, signal, sys
from spinbook.records import record
from spinbook.records.computation import Run
from spinbook.records.key import Key
root, which, after = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "after"
calls = 0
def dying(function):
    def called(*arguments, **options):
        global calls
        calls += 1
        if calls == which and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = function(*arguments, **options)
        if calls == which:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return called
key = Key(root, "demo/coins", {"smoke": {"n": 2}, "paper": {"n": 4}}, 1)
new = record.Record.computed(key, Run(key, "paper", "cpu", resumable=False), {"x": 1.0, "x_error": 0.1})
for name in ("replace", "fsync", "chmod"):
    setattr(os, name, dying(getattr(os, name)))
record.store(key, new, {"version": 1, "settings": {"n": 2}, "compare": {}, "numbers": {}})
print(calls)
"""


def store_and_die(root, which, when):
    command = [sys.executable, "-c", KILLED, str(root), str(which), when]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_killed_at_any_moment_the_old_record_stands_or_the_new_one(key, tmp_path):
    calls = int(store_and_die(tmp_path / "whole", 0, "after").stdout)
    assert calls == 7  # of the npz and the json: to disk, its name, its folder; then the npz in its place
    found = []
    for which, when in [(1, "before"), *((each, "after") for each in range(1, calls + 1))]:
        record.store(key, computed(key), TWIN)
        assert store_and_die(key.root, which, when).returncode == -9
        back = record.read(key)
        found.append(len(back) == 2)
        if found[-1]:
            assert back["x"] == 1.0
            assert storage.sha256(key.path.with_suffix(".npz").read_bytes()) == back.meta["sha256"]
        else:
            np.testing.assert_array_equal(back["x"], np.arange(4.0))
        record.store(key, computed(key), TWIN)
        assert len(record.load(key)) == 3
        assert sorted(os.listdir(key.path.parent)) == ["coins.json", "coins.npz"]  # and nothing is left over
    # The 5th call gives the json its name, and that decides.
    assert found == [False] * 5 + [True] * 3


def test_what_a_kill_left_is_read_where_the_folder_cannot_be_written(key, monkeypatch):
    record.store(key, computed(key), TWIN)
    assert store_and_die(key.root, 5, "after").returncode == -9

    def read_only(*_):
        raise PermissionError("read-only file system")

    monkeypatch.setattr(os, "replace", read_only)
    assert record.read(key)["x"] == 1.0


def test_room_is_looked_for_before_the_computation(key, monkeypatch):
    record.check_room(key)
    usage = shutil.disk_usage(key.root)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=2**20))
    with pytest.raises(RecordError, match=r"nothing was computed: .* has 1 MiB left on its disk, 32 MiB are needed"):
        record.check_room(key)
    monkeypatch.undo()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(RecordError, match=r"nothing was computed: .* cannot be written"):
        record.check_room(key)
    monkeypatch.undo()
    (key.root / "build").touch()
    with pytest.raises(RecordError, match=r"nothing was computed: .*build is not a folder"):
        record.check_room(key)


def test_a_write_that_fails_is_one_line_with_the_way_on(key, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "write_atomically", full)
    with pytest.raises(RecordError, match=r"could not be written .*No space left[\s\S]*--scale paper .*--record"):
        record.store(key, computed(key), TWIN)


@pytest.mark.parametrize("data", [{}, None, [1.0], {"x_error": 1.0}])
def test_what_is_no_result_is_refused(key, data):
    run = Run(key, "smoke", "cpu", resumable=False)
    with pytest.raises((TypeError, ValueError), match="record 'demo/coins'"):
        Record.computed(key, run, data)


def test_a_number_that_is_not_declared_is_refused(key):
    with pytest.raises(ValueError, match="'y' has neither an error beside it nor an entry in compare"):
        computed(key, y=3)


def test_an_unknown_name_is_answered_with_the_known(key):
    with pytest.raises(KeyError, match="has no 'y'; it has x, x_error, label"):
        computed(key)["y"]


def test_an_empty_record_is_false_and_a_full_one_true(key):
    assert not Record.empty(key)
    assert computed(key)
