"""Files are there whole or not at all, and nothing in them is pickled."""

import os

import numpy as np
import pytest

from spinlib.files import read_npz, write_npz, written_whole


def test_arrays_come_back_as_they_were(tmp_path):
    arrays = {
        "numbers": np.arange(6.0).reshape(2, 3),
        "name/with/folders": np.array(3, np.int8),
        "text": np.array("é"),
        "flags": np.array([True, False]),
        "none": np.empty((0, 4), np.uint64),
    }
    write_npz(tmp_path / "new" / "some.npz", arrays)
    found = read_npz(tmp_path / "new" / "some.npz")
    assert list(found) == list(arrays)
    for name, values in arrays.items():
        assert found[name].dtype == values.dtype
        np.testing.assert_array_equal(found[name], values)


def test_objects_are_refused(tmp_path):
    with pytest.raises(TypeError, match="array 'bad' of dtype object"):
        write_npz(tmp_path / "some.npz", {"good": np.ones(2), "bad": np.array([{}, None])})
    np.savez(tmp_path / "pickled.npz", bad=np.array([{}, None]))
    with pytest.raises(ValueError, match="damaged, or is no npz file of arrays"):
        read_npz(tmp_path / "pickled.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["pickled.npz"]


def test_the_older_file_stays_until_the_new_one_is_on_the_disk(tmp_path, monkeypatch):
    file, events = tmp_path / "some.txt", []
    file.write_bytes(b"old")
    sync, replace = os.fsync, os.replace

    def watched(name, function):
        def call(*arguments):
            events.append((name, file.read_bytes()))
            return function(*arguments)

        return call

    monkeypatch.setattr(os, "fsync", watched("fsync", sync))
    monkeypatch.setattr(os, "replace", watched("replace", replace))
    with written_whole(file) as new:
        new.write(b"new")
        assert file.read_bytes() == b"old"
    # The contents, then the name, then the folder that holds the name.
    assert events == [("fsync", b"old"), ("replace", b"old"), ("fsync", b"new")]
    assert [path.name for path in tmp_path.iterdir()] == ["some.txt"]


def test_a_write_that_fails_leaves_the_older_file_alone(tmp_path):
    file = tmp_path / "some.txt"
    file.write_bytes(b"old")

    class Failure(Exception):
        pass

    def fail():
        with written_whole(file) as new:
            new.write(b"half")
            raise Failure

    with pytest.raises(Failure):
        fail()
    assert file.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["some.txt"]


def test_damage_is_noticed(tmp_path):
    file = tmp_path / "some.npz"
    write_npz(file, {"x": np.arange(1000)})
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    file.write_bytes(whole)
    with pytest.raises(ValueError, match="is damaged"):
        read_npz(file)
    with pytest.raises(FileNotFoundError):
        read_npz(tmp_path / "other.npz")
