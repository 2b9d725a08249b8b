import os

import numpy as np
import pytest

from spinbook.records import storage


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "folder" / "file"
    storage.write_atomically(path, b"old")

    def no_space(_):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="no space"):
        storage.write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(path.parent) == ["file"]


def test_plain_makes_json_values_of_numpy_ones():
    given = {"a": np.float64(1.5), "b": np.arange(2), "c": (1, [np.nan, np.inf]), "d": None, "e": True, 5: "x"}
    assert storage.plain(given) == {"a": 1.5, "b": [0, 1], "c": [1, [None, None]], "d": None, "e": True, "5": "x"}
    with pytest.raises(TypeError, match="object"):
        storage.plain({"a": object()})


def test_equal_contents_have_one_text():
    assert storage.canonical({"b": 1, "a": (2,)}) == storage.canonical({"a": [2], "b": 1})


def test_npz_keeps_types_and_shapes():
    arrays = {"i": np.int8([[1, -1]]), "f": np.float64(0.25), "t": np.array(["a", "bc"]), "b": np.array(True)}
    back = storage.from_npz(storage.to_npz(arrays))
    for name, array in arrays.items():
        assert back[name].dtype == np.asarray(array).dtype
        np.testing.assert_array_equal(back[name], array)


def test_npz_of_one_content_has_one_checksum():
    assert storage.sha256(storage.to_npz({"a": np.arange(5)})) == storage.sha256(storage.to_npz({"a": np.arange(5)}))


def test_objects_are_refused_in_both_directions(tmp_path):
    with pytest.raises(TypeError, match="'x' has dtype object"):
        storage.to_npz({"x": np.array([None, {}])})
    with open(tmp_path / "evil.npz", "wb") as file:
        np.savez(file, x=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="pickle"):
        storage.from_npz((tmp_path / "evil.npz").read_bytes())
