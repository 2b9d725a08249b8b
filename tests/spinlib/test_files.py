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


# Large files in pieces.

LIMIT = 4000


def large(number, n=3000):
    """Arrays that take several files of LIMIT bytes: one that alone is larger, some that are not, and numbers."""
    rng = np.random.default_rng(number)
    return {"weights": rng.normal(size=(n // 30, 30)), "bias": rng.normal(size=7), "epoch": np.array(number)}


def assert_holds(file, arrays):
    found = read_npz(file)
    assert set(found) == set(arrays)
    for name, values in arrays.items():
        assert found[name].dtype == values.dtype
        np.testing.assert_array_equal(found[name], values)


def test_no_file_is_above_the_limit(tmp_path):
    file = tmp_path / "new" / "state.npz"
    write_npz(file, large(1), limit=LIMIT)
    sizes = {path.name: path.stat().st_size for path in file.parent.iterdir()}
    assert len(sizes) == 2 + 24_000 // LIMIT
    assert max(sizes.values()) <= LIMIT
    assert_holds(file, large(1))
    with np.load(file) as arrays:
        assert arrays["epoch"] == 1  # single numbers stand in the file itself


def test_what_is_small_enough_is_one_file_and_pieces_of_before_go(tmp_path):
    file = tmp_path / "state.npz"
    write_npz(file, large(1), limit=LIMIT)
    (tmp_path / "state.npz.backup").touch()
    (tmp_path / ".state.npz.half.tmp").touch()  # of a write that was killed
    write_npz(file, large(2, n=60), limit=LIMIT)
    assert_holds(file, large(2, n=60))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["state.npz", "state.npz.backup"]


def test_killed_at_any_moment_the_old_arrays_stand_or_the_new_ones(tmp_path, monkeypatch):
    class Killed(BaseException):
        pass

    replace, unlink, left, seen = os.replace, os.unlink, [0], []

    def counted(function):
        def call(*arguments, **options):
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return function(*arguments, **options)

        return call

    file = tmp_path / "state.npz"
    write_npz(file, large(1), limit=LIMIT)
    monkeypatch.setattr(os, "replace", counted(replace))
    monkeypatch.setattr(os, "unlink", counted(unlink))
    for steps in range(100):
        left[0] = steps
        try:
            write_npz(file, large(2), limit=LIMIT)
            break
        except Killed:
            left[0] = 1000
            seen.append(int(read_npz(file)["epoch"]))
            assert_holds(file, large(seen[-1]))
            write_npz(file, large(1), limit=LIMIT)
            assert len(list(tmp_path.iterdir())) == 8  # nothing is left of the write that was killed
    assert_holds(file, large(2))
    # Killed before all pieces and the file were there, and afterwards.
    assert seen.count(1) >= 8
    assert seen.count(2) >= 7
    assert seen == sorted(seen)


def test_a_piece_that_is_missing_or_damaged_is_named(tmp_path):
    file = tmp_path / "state.npz"
    write_npz(file, large(1), limit=LIMIT)
    one, other = sorted(tmp_path.glob("*.piece"))[:2]
    content = bytearray(one.read_bytes())
    content[1000] ^= 1
    one.write_bytes(content)
    with pytest.raises(ValueError, match=rf"state\.npz' is damaged.* the checksum of its piece {one.name} is wrong"):
        read_npz(file)
    one.write_bytes(other.read_bytes())
    with pytest.raises(ValueError, match=f"the checksum of its piece {one.name} is wrong"):
        read_npz(file)
    one.unlink()
    with pytest.raises(ValueError, match=rf"state\.npz' is damaged.* its piece {one.name} is missing"):
        read_npz(file)


def test_a_limit_below_the_names_of_the_pieces_is_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(ValueError, match="limit 400: the names of 62 pieces and single numbers take"):
        write_npz(tmp_path / "state.npz", large(1), limit=400)
    assert not list(tmp_path.iterdir())
