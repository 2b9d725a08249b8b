"""Spins that go to a file or an array instead of into memory."""

import signal
import subprocess
import sys
import time
from threading import Lock

import numpy as np
import pytest
import xarray as xr

from spinlib import sample
from spinlib.models import XY, Ising, Potts
from spinlib.samplers.chains.destination import FORMATS, BufferedRows, Rows

CALL = {"n_samples": 7, "n_chains": 3, "burn_in": 4, "sweeps_between": 2, "seed": 5}


def readable(ending):
    for module in {".zarr": ["zarr"], ".nc": ["h5netcdf", "h5py"]}.get(ending, []):
        pytest.importorskip(module)


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize(
    ("model", "method"),
    [(Ising((8, 6)), "multispin"), (Ising((8, 6)), "wolff"), (Potts((4, 4), 3), "heat_bath"), (XY((4, 6)), "auto")],
    ids=str,
)
def test_what_is_written_is_what_would_be_kept(tmp_path, ending, model, method):
    readable(ending)
    kept = sample(model, [1.0, 2.0, 3.0], method=method, **CALL)
    path = tmp_path / f"draws{ending}"
    written = sample(model, [1.0, 2.0, 3.0], method=method, out=path, **CALL)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert written.attrs == kept.attrs
    assert written.equals(kept)
    written.close()
    if ending == ".npy":
        np.testing.assert_array_equal(np.load(path), kept.spins)
    else:
        with xr.open_dataset(path, engine={".zarr": "zarr", ".nc": "h5netcdf"}[ending]) as found:
            assert found.load().identical(written)


@pytest.mark.parametrize("ending", FORMATS)
def test_workers_threads_and_checkpoints_write_the_same(tmp_path, ending):
    from concurrent.futures import ThreadPoolExecutor

    readable(ending)
    model, call = Ising((8, 8), field=0.1), {"method": "metropolis", **CALL}
    kept = sample(model, [1.0, 2.0], **call)
    with ThreadPoolExecutor(2) as executor:
        for number, way in enumerate(
            [{"executor": executor}, {"threads": 2}, {"checkpoint": tmp_path / "a"}, {"checkpoint": tmp_path / "a"}]
        ):
            with sample(model, [1.0, 2.0], out=tmp_path / f"{number}{ending}", **way, **call) as written:
                assert written.equals(kept)


def test_an_array_is_filled():
    array = np.zeros((2, 3, 7, 4, 4), np.int8)
    draws = sample(Ising((4, 4)), [1.0, 2.0], out=array, **CALL)
    assert np.shares_memory(draws.spins.values, array)
    assert draws.identical(sample(Ising((4, 4)), [1.0, 2.0], **CALL))


def test_the_limit_of_memory_is_not_for_files(tmp_path):
    model = Ising((2**11, 2**11))
    with pytest.raises(ValueError, match="2 GiB"):
        sample(model, 2.0, 1_000, method="heat_bath")

    class Enough(Exception):
        pass

    def stop(spins):
        if stop.called:
            raise Enough
        stop.called = True
        return np.zeros(len(spins))

    stop.called = False
    with pytest.raises(Enough):
        sample(model, 2.0, 1_000, method="heat_bath", burn_in=0, out=tmp_path / "a.npy", observables={"f": stop})
    assert list(tmp_path.iterdir()) == []


def test_rows_of_an_array():
    whole = np.arange(2 * 3 * 4 * 2).reshape(2, 3, 4, 2)
    for rows in (range(6), range(1, 3), range(2, 5), range(4, 6)):
        part = Rows(whole.copy(), rows, 3)
        flat = whole.reshape(6, 4, 2)[rows.start : rows.stop]
        assert (part.shape, part.ndim, part.dtype) == (flat.shape, flat.ndim, flat.dtype)
        np.testing.assert_array_equal(part[:, 1:3], flat[:, 1:3])
        part[:, 2:4] = -flat[:, 2:4]
        np.testing.assert_array_equal(part[:, :], np.concatenate([flat[:, :2], -flat[:, 2:]], axis=1))


@pytest.mark.parametrize("size", [1, 3, 4, 10])
def test_buffered_rows_hold_what_was_written(size):
    whole = np.random.default_rng(1).integers(100, size=(2, 3, 10, 2))
    array, rows = np.zeros_like(whole), range(1, 6)
    flat = whole.reshape(6, 10, 2)[1:]
    part, start = BufferedRows(array, rows, 3, size, Lock()), 0
    for n in (1, 2, 4, 1, 2):
        part[:, start : start + n] = flat[:, start : start + n]
        start += n
        if n == 4:
            np.testing.assert_array_equal(part[:, 2:5], flat[:, 2:5])
    np.testing.assert_array_equal(array.reshape(6, 10, 2)[1:], flat)
    assert not array[0, 0].any()


def test_many_short_chains_are_written_to_zarr_by_two_threads(tmp_path):
    pytest.importorskip("zarr")
    call = {"n_samples": 2, "n_chains": 150, "burn_in": 3, "method": "multispin", "threads": 2}
    kept = sample(Ising((8, 8)), [2.0, 3.0, 4.0], **call)
    with sample(Ising((8, 8)), [2.0, 3.0, 4.0], out=tmp_path / "a.zarr", **call) as written:
        assert written.equals(kept)


def test_a_killed_program_leaves_no_file_of_that_name(tmp_path):
    script = "from spinlib import sample; from spinlib.models import Ising; "
    script += f"sample(Ising((64, 64)), 2.0, 10**6, method='wolff', burn_in=0, out={str(tmp_path / 'a.npy')!r})"
    program = subprocess.Popen([sys.executable, "-c", script])
    deadline = time.monotonic() + 60
    while not list(tmp_path.iterdir()):
        assert time.monotonic() < deadline
        assert program.poll() is None
        time.sleep(0.01)
    program.send_signal(signal.SIGKILL)
    program.wait()
    assert not (tmp_path / "a.npy").exists()


@pytest.mark.parametrize(
    ("out", "error", "words"),
    [
        ("a.txt", ValueError, r"out 'a.txt': allowed are paths that end in \.npy, \.zarr, \.nc"),
        ("nowhere/a.npy", ValueError, "there is no folder"),
        (3, TypeError, "out 3: allowed are a path and an array"),
        (
            np.zeros((1, 1, 3, 4, 4)),
            ValueError,
            r"out, an array of float64 .*: needed is one of int8 \(1, 1, 3, 4, 4\)",
        ),
        (np.zeros((1, 3, 4, 4), np.int8), ValueError, r"needed is one of int8 \(1, 1, 3, 4, 4\)"),
        (np.broadcast_to(np.int8(1), (1, 1, 3, 4, 4)), ValueError, "read-only"),
    ],
)
def test_bad_destinations_are_named(tmp_path, monkeypatch, out, error, words):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=words):
        sample(Ising((4, 4)), 2.0, 3, out=out)
    (tmp_path / "there.npy").touch()
    with pytest.raises(ValueError, match="it exists"):
        sample(Ising((4, 4)), 2.0, 3, out="there.npy")
    with pytest.raises(ValueError, match="kept nowhere"):
        sample(Ising((4, 4)), 2.0, 3, out="other.npy", keep_spins=False)
    assert [path.name for path in tmp_path.iterdir()] == ["there.npy"]
