"""What is stored is found again for the same block only, whole, and never wrong."""

import functools
import os
import pickle
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace

import numpy as np
import pytest

import spinlib
from spinlib import sample
from spinlib.models import Ising, Potts
from spinlib.samplers.chains import block as chains
from spinlib.samplers.chains import checkpoint, executors
from spinlib.samplers.chains.block import Block, Chain
from spinlib.samplers.chains.executors import Task, fill
from spinlib.samplers.chains.measurements import Measurement
from spinlib.samplers.chains.pace import Pace

COUPLING = np.random.default_rng(3).normal(size=(2, 4, 4))
ENERGY, MAGNETIZATION = Measurement("energy"), Measurement("magnetization")


def FUNCTION(spins):
    return spins[:, 0, 0]


BLOCK = Block(
    model=Ising((4, 4), coupling=COUPLING),
    method="metropolis",
    chains=tuple(Chain(2.0, 0, number) for number in range(3)),
    start="random",
    n_samples=5,
    sweeps_between=2,
    burn_in=4,
    cluster_sweeps=0,
    observables=(ENERGY, MAGNETIZATION),
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
    "chains": [
        tuple(Chain(np.nextafter(2.0, 3.0), 0, number) for number in range(3)),
        tuple(Chain(2.0, 1, number) for number in range(3)),
        tuple(Chain(2.0, 0, number) for number in range(3, 6)),
        tuple(Chain(2.0, 0, number) for number in range(2)),
    ],
    "start": ["cold", np.ones((3, 4, 4), np.int8), -np.ones((3, 4, 4), np.int8)],
    "sweeps_between": [1],
    "cluster_sweeps": [2],
    "burn_in": [5],
    "observables": [(ENERGY,), (MAGNETIZATION, ENERGY), (ENERGY, MAGNETIZATION, Measurement("f", FUNCTION)), ()],
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
    # Draws of a longer run begin with those of a shorter one.
    assert set(OTHERS) == {field.name for field in fields(Block)} - {"n_samples"}
    assert checkpoint.key(replace(BLOCK, n_samples=9)) == checkpoint.key(BLOCK)
    blocks = [BLOCK, *(replace(BLOCK, **{name: value}) for name, values in OTHERS.items() for value in values)]
    keys = [checkpoint.key(block) for block in blocks]
    monkeypatch.setattr(spinlib, "__version__", "another")
    assert len({*keys, checkpoint.key(BLOCK)}) == len(blocks) + 1


def test_the_key_of_equal_blocks_is_equal():
    used = replace(BLOCK, model=Ising((4, 4), coupling=COUPLING.copy()))
    chains.run(used)
    assert checkpoint.key(used) == checkpoint.key(BLOCK) == checkpoint.key(pickle.loads(pickle.dumps(BLOCK)))
    # Also in another process, whose strings have other hash values.
    script = "from spinlib import models; from spinlib.samplers.chains import checkpoint; "
    script += "from spinlib.samplers.chains.block import Block, Chain; "
    script += "from spinlib.samplers.chains.measurements import Measurement; print(checkpoint.key("
    script += "Block(models.Potts((4, 4)), 'wolff', (Chain(1.0, 0, 0),), 'cold', 3, 1, 4, 0, "
    script += "(Measurement('energy'),), False, 0, 'cpu')))"
    block = Block(Potts((4, 4)), "wolff", (Chain(1.0, 0, 0),), "cold", 3, 1, 4, 0, (ENERGY,), False, 0, "cpu")
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert printed.stdout.strip() == checkpoint.key(block)


def test_a_model_that_cannot_be_described_is_refused():
    class Drifting(Ising):
        def __reduce__(self):
            return dict, ()

    with pytest.raises(TypeError, match="__reduce__"):
        checkpoint.key(replace(BLOCK, model=Drifting((4, 4))))


def stored(folder, block, n_draws=None):
    """Store the first draws of a block, all by default; returns these draws."""
    run, draws = chains.Run(block), chains.empty_draws(block, block.n_samples)
    while run.n_draws < (n_draws or block.n_samples):
        run.advance(draws, seconds=-1.0)
    checkpoint.store(folder, block, 0, {name: values[:, : run.n_draws] for name, values in draws.items()}, run.state())
    return draws


def loaded(folder, block):
    """Number of the stored draws, the arrays into which they are read, and the state."""
    draws = chains.empty_draws(block, block.n_samples)
    n_draws, state = checkpoint.load(folder, block, draws)
    return n_draws, {name: values[:, :n_draws] for name, values in draws.items()}, state


def test_what_is_stored_is_loaded(tmp_path):
    assert loaded(tmp_path, BLOCK)[0::2] == (0, None)
    draws = stored(tmp_path, BLOCK)
    n_draws, found, state = loaded(tmp_path, BLOCK)
    assert (n_draws, state) == (5, None)
    assert_equal(found, draws)
    assert loaded(tmp_path, replace(BLOCK, seed=2))[0] == 0
    first, _ = sorted(tmp_path.iterdir())
    assert_equal(dict(np.load(first, allow_pickle=False)), draws)


def test_a_shorter_and_a_longer_call_use_what_is_stored(tmp_path):
    draws = stored(tmp_path, BLOCK)
    n_draws, found, _ = loaded(tmp_path, replace(BLOCK, n_samples=2))
    assert n_draws == 2
    assert_equal(found, {name: values[:, :2] for name, values in draws.items()})
    longer = replace(BLOCK, n_samples=8)
    n_draws, found, state = loaded(tmp_path, longer)
    assert n_draws == 5
    run, rest = chains.Run(longer, state), chains.empty_draws(longer, 3)
    run.advance(rest, first=5)
    together = {name: np.concatenate([found[name], rest[name]], axis=1) for name in found}
    assert_equal(together, chains.run(longer))
    # Parts may overlap, as those of two programs in one folder do; a gap ends what can be used.
    checkpoint.store(tmp_path, longer, 4, {name: values[:, 4:8] for name, values in together.items()}, run.state())
    assert loaded(tmp_path, replace(BLOCK, n_samples=9))[0] == 8
    (tmp_path / f"{checkpoint.key(BLOCK)}.4.npz").rename(tmp_path / f"{checkpoint.key(BLOCK)}.6.npz")
    assert loaded(tmp_path, replace(BLOCK, n_samples=9))[0::2] == (0, None)


def test_a_damaged_file_is_noticed(tmp_path):
    block = replace(BLOCK, chains=BLOCK.chains[:1], n_samples=2)
    draws = stored(tmp_path, block)
    file, _ = sorted(tmp_path.iterdir())
    whole = file.read_bytes()
    for length in range(0, len(whole), 5):
        file.write_bytes(whole[:length])
        assert loaded(tmp_path, block)[0] == 0, f"{length} of {len(whole)} bytes"
    n_noticed = 0
    for position in range(len(whole)):
        file.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        n_draws, found, _ = loaded(tmp_path, block)
        n_noticed += n_draws == 0
        if n_draws:  # the archive's dates and the like
            assert_equal(found, draws)
    assert n_noticed > len(whole) / 2


def test_a_damaged_or_foreign_state_is_noticed(tmp_path):
    longer = replace(BLOCK, n_samples=7)
    stored(tmp_path, BLOCK)
    expected = chains.run(longer)
    _, file = sorted(tmp_path.iterdir())
    whole = dict(np.load(file))
    for changed in (
        {name: array for name, array in whole.items() if name != "sweeps"},
        {name: array for name, array in whole.items() if name != "rng"},
        whole | {"spins": whole["spins"][:1]},
        whole | {"sweeps": np.array(10_000)},
        whole | {"sweeps": np.array(2.5)},
        whole | {"sweeps": np.array(-7)},
        None,
    ):
        file.write_bytes(b"") if changed is None else np.savez(file, **changed)
        draws = chains.empty_draws(longer, 7)
        fill([Task(longer, draws)], None, tmp_path, lambda n: None)
        assert_equal(draws, expected)
        # As if nothing had been there, it is whole again.
        assert loaded(tmp_path, replace(longer, n_samples=9))[0] == 7
        assert_equal(stored(tmp_path, BLOCK), {name: values[:, :5] for name, values in expected.items()})
        for part in tmp_path.glob("*.5.npz"):
            part.unlink()


def test_a_header_that_names_a_shorter_array_is_noticed(tmp_path):
    # numpy reads no further than the header says, and a long array's checksum stands behind its end.
    block = replace(BLOCK, n_samples=900)
    stored(tmp_path, block)
    file, _ = sorted(tmp_path.iterdir())
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"(3, 900)", b"(3, 100)", 1))
    assert len(whole) == file.stat().st_size
    assert loaded(tmp_path, block)[0] == 0
    file.write_bytes(whole)
    assert loaded(tmp_path, block)[0] == 900


@pytest.mark.parametrize("failing", ["numpy.savez", "os.replace"])
def test_a_write_that_fails_leaves_nothing(tmp_path, monkeypatch, failing):
    def fail(*_, **__):
        raise OSError("the disk is full")

    monkeypatch.setattr(failing, fail)
    with pytest.raises(OSError, match="the disk is full"):
        stored(tmp_path, BLOCK)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def swept(monkeypatch):
    """For each block that is begun or resumed: temperature, and sweeps from where to where."""
    seen = []

    class Counted(chains.Run):
        def advance(self, *arguments):
            before = self.sweeps
            super().advance(*arguments)
            seen.append((self.block.chains[0].temperature, before, self.sweeps))

    monkeypatch.setattr(executors, "Run", Counted)
    return seen


def test_a_rerun_computes_only_what_is_missing(tmp_path, swept):
    model = Ising((4, 4))
    alone = sample(model, [1.0, 2.0, 3.0], **SETTINGS)
    swept.clear()
    assert alone.identical(sample(model, [1.0, 2.0, 3.0], checkpoint=tmp_path, **SETTINGS))
    files = sorted(tmp_path.glob("*.0.npz"), key=lambda path: path.stat().st_mtime_ns)
    assert len(files) == 3
    files[0].unlink()
    files[1].write_bytes(files[1].read_bytes()[:-1])
    assert alone.identical(sample(model, [1.0, 2.0, 3.0], checkpoint=tmp_path, **SETTINGS))
    assert alone.identical(sample(model, [1.0, 2.0, 3.0], checkpoint=tmp_path, **SETTINGS))
    assert swept == [(temperature, 0, 7) for temperature in (1.0, 2.0, 3.0, 1.0, 2.0)]


@pytest.mark.parametrize("method", ["metropolis", "wolff"])
def test_more_draws_and_temperatures_compute_only_what_is_new(tmp_path, swept, method):
    settings = {"method": method, "n_chains": 3, "burn_in": 4, "sweeps_between": 2, "seed": 6}
    first = sample(Ising((4, 4)), [2.0, 3.0], 5, checkpoint=tmp_path, **settings)
    swept.clear()
    second = sample(Ising((4, 4)), [1.0, 3.0, 2.0], 8, checkpoint=tmp_path, **settings)
    assert swept == [(1.0, 0, 20), (3.0, 14, 20), (2.0, 14, 20)]
    assert second.identical(sample(Ising((4, 4)), [1.0, 3.0, 2.0], 8, **settings))
    assert second.sel(temperature=[2.0, 3.0]).isel(draw=slice(5)).equals(first)


def test_more_draws_and_temperatures_compute_only_new_words(tmp_path, swept):
    """Packed spins share words: what is appended leaves those that are full as they are."""
    settings = {"method": "multispin", "n_chains": 64, "burn_in": 4, "sweeps_between": 2, "seed": 6}
    first = sample(Ising((4, 4)), [2.0, 3.0], 5, checkpoint=tmp_path, **settings)
    swept.clear()
    second = sample(Ising((4, 4)), [2.0, 3.0, 1.0], 8, checkpoint=tmp_path, **settings)
    assert swept == [(2.0, 14, 20), (3.0, 14, 20), (1.0, 0, 20)]
    assert second.identical(sample(Ising((4, 4)), [2.0, 3.0, 1.0], 8, **settings))
    assert second.isel(temperature=slice(2), draw=slice(5)).equals(first)


def test_parts_of_a_block_make_the_same_draws_here_and_by_workers(tmp_path, monkeypatch, swept):
    monkeypatch.setattr(executors, "SECONDS_PER_PART", 0.0)
    monkeypatch.setattr(Pace, "sweep", lambda self, call, n, multiple=1: call(1) or 1)
    alone = sample(Ising((4, 4)), [1.0, 2.0], **SETTINGS)
    swept.clear()
    with ThreadPoolExecutor(2) as workers:
        for folder, executor in ((tmp_path / "here", None), (tmp_path / "workers", workers)):
            assert alone.identical(sample(Ising((4, 4)), [1.0, 2.0], checkpoint=folder, executor=executor, **SETTINGS))
            # A part for each draw; the parts of the burn-in leave no draws.
            assert len(list(folder.iterdir())) == 2 * (3 + 1)
    assert sorted(swept) == sorted(2 * [(t, n, n + 1) for t in (1.0, 2.0) for n in range(7)])


def test_stored_draws_count_in_the_progress_bar(tmp_path, capsys):
    for _ in range(2):
        sample(Ising((4, 4)), [1.0, 2.0], checkpoint=tmp_path, progress=True, **SETTINGS)
        assert "28/28" in capsys.readouterr().err


def staggered(spins):
    return (spins * SIGNS).mean((1, 2))


SIGNS = 1 - 2 * (np.indices((4, 4)).sum(0) % 2)


def test_functions_count_with_what_they_refer_to(tmp_path, monkeypatch):
    model, settings = Ising((4, 4)), {"checkpoint": tmp_path, "keep_spins": False, **SETTINGS}
    first = sample(model, 2.0, observables={"f": staggered}, **settings)
    assert len(list(tmp_path.iterdir())) == 2
    assert first.identical(sample(model, 2.0, observables={"f": staggered}, **settings))
    assert len(list(tmp_path.iterdir())) == 2
    monkeypatch.setitem(globals(), "SIGNS", 2 * SIGNS)
    np.testing.assert_array_equal(sample(model, 2.0, observables={"f": staggered}, **settings).f, 2 * first.f)
    sample(model, 2.0, observables={"g": staggered}, **settings)
    sample(model, 2.0, observables={"f": lambda spins: spins[:, 0, 0]}, **settings)
    assert len(list(tmp_path.iterdir())) == 8
    with pytest.raises(TypeError, match=r"observable 'f'.*checkpoint.*partial"):
        sample(model, 2.0, observables={"f": functools.partial(np.sum, axis=(1, 2))}, **settings)


def test_a_killed_program_leaves_whole_files_and_resumes(tmp_path):
    call = {"temperatures": np.linspace(1.0, 4.0, 20).tolist(), "n_samples": 2, "n_chains": 16, "method": "metropolis"}
    call |= {"burn_in": 200, "seed": 3}
    script = "from spinlib import sample; from spinlib.models import Ising; "
    script += f"sample(Ising((32, 32)), **{call!r}, checkpoint={str(tmp_path)!r})"
    program = subprocess.Popen([sys.executable, "-c", script])
    deadline = time.monotonic() + 60
    while len(list(tmp_path.glob("*.0.npz"))) < 2:
        assert time.monotonic() < deadline
        assert program.poll() is None
        time.sleep(0.001)
    os.kill(program.pid, signal.SIGKILL)
    program.wait()
    n_left = len(list(tmp_path.glob("*.0.npz")))
    assert 2 <= n_left < 20
    model = Ising((32, 32))
    assert sample(model, checkpoint=tmp_path, **call).identical(sample(model, **call))
    assert len(list(tmp_path.glob("*.0.npz"))) == 20


def test_a_killed_block_loses_at_most_its_last_slice(tmp_path):
    call = {
        "temperatures": 2.0,
        "n_samples": 600,  # long enough for several parts on a fast machine
        "method": "metropolis",
        "burn_in": 300,
        "sweeps_between": 20,
        "seed": 3,
    }
    script = "from spinlib import sample; from spinlib.models import Ising; "
    script += "from spinlib.samplers.chains import executors; "
    script += "executors.SECONDS_PER_PART = 0.05; "
    script += f"sample(Ising((256, 256)), **{call!r}, checkpoint={str(tmp_path)!r})"
    program = subprocess.Popen([sys.executable, "-c", script])
    deadline = time.monotonic() + 60
    while len(list(tmp_path.glob("*.npz"))) < 4:
        assert time.monotonic() < deadline
        assert program.poll() is None
        time.sleep(0.001)
    os.kill(program.pid, signal.SIGKILL)
    program.wait()
    (state,) = tmp_path.glob("*.state.npz")
    assert call["burn_in"] < np.load(state)["sweeps"] < call["burn_in"] + call["n_samples"] * call["sweeps_between"]
    model = Ising((256, 256))
    assert sample(model, checkpoint=tmp_path, **call).identical(sample(model, **call))


def assert_equal(found, expected):
    assert set(found) == set(expected)
    for name, values in expected.items():
        assert found[name].dtype == values.dtype
        assert np.array_equal(found[name], values)
