"""What is stored is found again for the same block only, whole, and never wrong."""

import os
import pickle
import re
import signal
import subprocess
import sys
import time
from dataclasses import fields, replace

import numpy as np
import pytest

import spinlib
from spinlib import checkpoint, sample
from spinlib.models import Ising, Potts
from spinlib.samplers import chains
from spinlib.samplers.chains import Block

COUPLING = np.random.default_rng(3).normal(size=(2, 4, 4))
BLOCK = Block(
    model=Ising((4, 4), coupling=COUPLING),
    method="metropolis",
    temperature=2.0,
    temperature_index=0,
    chains=range(3),
    start="random",
    n_samples=5,
    sweeps_between=2,
    burn_in=4,
    burn_in_method="metropolis",
    observables=("energy", "magnetization"),
    keep_spins=True,
    seed=1,
    device="cpu",
)
OTHERS = {
    "model": [
        Ising((4, 4)),
        Ising((4, 4), coupling=np.where(np.arange(32).reshape(2, 4, 4) == 31, -1, 1) * COUPLING),
        Ising((4, 4), coupling=COUPLING, field=0.1),
        Ising((4, 4), coupling=COUPLING, boundary="free"),
        Ising((4, 4), neighborhood="triangular"),
        Potts((4, 4), q=2),
        Potts((4, 4), q=3),
    ],
    "method": ["heat_bath"],
    "temperature": [np.nextafter(2.0, 3.0)],
    "temperature_index": [1],
    "chains": [range(3, 6), range(2)],
    "start": ["cold", np.ones((3, 4, 4), np.int8), -np.ones((3, 4, 4), np.int8)],
    "n_samples": [6],
    "sweeps_between": [1],
    "burn_in_method": ["heat_bath"],
    "burn_in": [5],
    "observables": [("energy",), ("magnetization", "energy"), ()],
    "keep_spins": [False],
    "seed": [2],
    "device": ["cuda"],
}
SETTINGS = {"n_samples": 3, "n_chains": 2, "method": "wolff", "burn_in": 4, "seed": 6}


def test_a_folder_is_made_and_anything_else_is_refused(tmp_path):
    assert checkpoint.folder(str(tmp_path / "a" / "b")).is_dir()
    file = tmp_path / "file"
    file.touch()
    for path in (file, file / "below"):
        with pytest.raises(ValueError, match=re.escape(f"checkpoint '{path}': ")):
            sample(Ising((4, 4)), 2.0, checkpoint=path, **SETTINGS)
    with pytest.raises(TypeError, match="checkpoint 3: has to be the path of a folder"):
        sample(Ising((4, 4)), 2.0, checkpoint=3, **SETTINGS)


def test_the_key_tells_apart_all_that_the_draws_follow_from(monkeypatch):
    assert set(OTHERS) == {field.name for field in fields(Block)}
    blocks = [BLOCK, *(replace(BLOCK, **{name: value}) for name, values in OTHERS.items() for value in values)]
    keys = [checkpoint.key(block) for block in blocks]
    monkeypatch.setattr(spinlib, "__version__", "another")
    assert len({*keys, checkpoint.key(BLOCK)}) == len(blocks) + 1


def test_the_key_of_equal_blocks_is_equal():
    used = replace(BLOCK, model=Ising((4, 4), coupling=COUPLING.copy()))
    chains.run(used)
    assert checkpoint.key(used) == checkpoint.key(BLOCK) == checkpoint.key(pickle.loads(pickle.dumps(BLOCK)))
    # Also in another process, whose strings have other hash values.
    script = "from spinlib import checkpoint, models; from spinlib.samplers.chains import Block; print(checkpoint.key("
    script += "Block(models.Potts((4, 4)), 'wolff', 1.0, 0, range(2), 'cold', 3, 1, 4, 'wolff', ('energy',), False, 0, "
    script += "'cpu')))"
    block = Block(Potts((4, 4)), "wolff", 1.0, 0, range(2), "cold", 3, 1, 4, "wolff", ("energy",), False, 0, "cpu")
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert printed.stdout.strip() == checkpoint.key(block)


def test_a_model_that_cannot_be_described_is_refused():
    class Drifting(Ising):
        pass

    with pytest.raises(TypeError, match="__reduce__"):
        checkpoint.key(replace(BLOCK, model=Drifting((4, 4))))


def test_what_is_stored_is_loaded(tmp_path):
    draws = chains.run(BLOCK)
    assert checkpoint.load(tmp_path, BLOCK) is None
    checkpoint.store(tmp_path, BLOCK, draws)
    assert_equal(checkpoint.load(tmp_path, BLOCK), draws)
    assert checkpoint.load(tmp_path, replace(BLOCK, seed=2)) is None
    (file,) = tmp_path.iterdir()
    assert_equal(dict(np.load(file, allow_pickle=False)), draws)


def test_a_damaged_file_is_noticed(tmp_path):
    block = replace(BLOCK, chains=range(1), n_samples=2)
    draws = chains.run(block)
    checkpoint.store(tmp_path, block, draws)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    for length in range(0, len(whole), 5):
        file.write_bytes(whole[:length])
        assert checkpoint.load(tmp_path, block) is None, f"{length} of {len(whole)} bytes"
    n_noticed = 0
    for position in range(len(whole)):
        file.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        loaded = checkpoint.load(tmp_path, block)
        n_noticed += loaded is None
        if loaded is not None:  # the archive's dates and the like
            assert_equal(loaded, draws)
    assert n_noticed > len(whole) / 2


def test_a_header_that_names_a_shorter_array_is_noticed(tmp_path):
    # numpy reads no further than the header says, and a long array's checksum stands behind its end.
    block = replace(BLOCK, n_samples=900)
    checkpoint.store(tmp_path, block, chains.run(block))
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"(3, 900)", b"(3, 100)", 1))
    assert len(whole) == file.stat().st_size
    assert checkpoint.load(tmp_path, block) is None
    file.write_bytes(whole)
    assert checkpoint.load(tmp_path, block) is not None


@pytest.mark.parametrize("failing", ["numpy.savez", "os.replace"])
def test_a_write_that_fails_leaves_nothing(tmp_path, monkeypatch, failing):
    def fail(*_, **__):
        raise OSError("the disk is full")

    draws = chains.run(BLOCK)
    monkeypatch.setattr(failing, fail)
    with pytest.raises(OSError, match="the disk is full"):
        checkpoint.store(tmp_path, BLOCK, draws)
    assert list(tmp_path.iterdir()) == []


def test_a_rerun_computes_only_what_is_missing(tmp_path, monkeypatch):
    model, computed = Ising((4, 4)), []
    run = chains.run

    def counted(block, report):
        computed.append(block.temperature)
        return run(block, report)

    alone = sample(model, [1.0, 2.0, 3.0], **SETTINGS)
    monkeypatch.setattr(chains, "run", counted)
    assert alone.identical(sample(model, [1.0, 2.0, 3.0], checkpoint=tmp_path, **SETTINGS))
    files = sorted(tmp_path.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    assert len(files) == 3
    files[0].unlink()
    files[1].write_bytes(files[1].read_bytes()[:-1])
    assert alone.identical(sample(model, [1.0, 2.0, 3.0], checkpoint=tmp_path, **SETTINGS))
    assert alone.identical(sample(model, [1.0, 2.0, 3.0], checkpoint=tmp_path, **SETTINGS))
    assert computed == [1.0, 2.0, 3.0, 1.0, 2.0]


def test_stored_draws_count_in_the_progress_bar(tmp_path, capsys):
    for _ in range(2):
        sample(Ising((4, 4)), [1.0, 2.0], checkpoint=tmp_path, progress=True, **SETTINGS)
        assert "12/12" in capsys.readouterr().err


def test_a_killed_program_leaves_whole_files_and_resumes(tmp_path):
    call = {"temperatures": np.linspace(1.0, 4.0, 20).tolist(), "n_samples": 2, "n_chains": 16, "method": "metropolis"}
    call |= {"burn_in": 200, "seed": 3}
    script = "from spinlib import sample; from spinlib.models import Ising; "
    script += f"sample(Ising((32, 32)), **{call!r}, checkpoint={str(tmp_path)!r})"
    program = subprocess.Popen([sys.executable, "-c", script])
    deadline = time.monotonic() + 60
    while len(list(tmp_path.glob("*.npz"))) < 2:
        assert time.monotonic() < deadline
        assert program.poll() is None
        time.sleep(0.001)
    os.kill(program.pid, signal.SIGKILL)
    program.wait()
    n_left = len(list(tmp_path.glob("*.npz")))
    assert 2 <= n_left < 20
    model = Ising((32, 32))
    assert sample(model, checkpoint=tmp_path, **call).identical(sample(model, **call))
    assert len(list(tmp_path.glob("*.npz"))) == 20


def assert_equal(found, expected):
    assert set(found) == set(expected)
    for name, values in expected.items():
        assert found[name].dtype == values.dtype
        assert np.array_equal(found[name], values)
