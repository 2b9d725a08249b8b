import subprocess
import sys
import time

import numpy as np
import pytest

from spinbook.records import computation
from spinbook.records.key import Key
from spinlib.files import write_npz

# An experiment whose parts log that they were computed; the third sleeps where the file `hang` exists.
SLOW = """
import pathlib, time
SETTINGS = {"smoke": {"n": 1}, "paper": {"n": 4}}
def part(i):
    with open("log", "a") as log:
        print(i, file=log)
    while i == 2 and pathlib.Path("hang").exists():
        time.sleep(0.01)
    return {"x": 1.0 * i, "x_error": 0.5}
def compute(settings, run):
    parts = [run.part(f"i={i}", part, i) for i in range(settings["n"])]
    return {k: [p[k] for p in parts] for k in parts[0]}
"""

# An experiment with a training of one step per epoch, which logs its steps; the third waits where `hang` exists.
TRAINING = """
import pathlib, time
import torch
from spinlib.learning.training import Objective, Plan, train
SETTINGS = {"smoke": {"epochs": 1}, "paper": {"epochs": 4}}
def training(epochs, checkpoint=None):
    line, steps = torch.nn.Linear(1, 1), pathlib.Path("log")
    torch.nn.init.ones_(line.weight)
    def loss(batch, rng):
        with steps.open("a") as log:
            print("step", file=log)
        while len(steps.read_text().split()) == 3 and pathlib.Path("hang").exists():
            time.sleep(0.01)
        return line.weight.square().sum()
    objectives, batches = {"loss": Objective(loss, ("line",))}, lambda rng: [()]
    curves = train({"line": line}, objectives, batches, Plan(epochs), torch.Generator(), checkpoint=checkpoint)
    return {"x": curves.losses["loss"], "x_error": 0.0 * curves.losses["loss"]}
def compute(settings, run):
    return run.part("training", training, settings["epochs"], checkpoint=True)
"""


def key(root, version=1):
    return Key(root, "demo/coins", {"smoke": {"n": 1}, "paper": {"n": 2}}, version)


def test_seeds_are_the_names_own():
    seeds = {computation.seed_of(name, scale) for name in ("dp/a", "dp/b", "vae/a") for scale in ("smoke", "paper")}
    assert len(seeds) == 6
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert computation.seed_of("dp/a", "smoke") == computation.seed_of("dp/a", "smoke")


def test_seeds_stack_what_is_wanted_of_all_and_keep_the_rest_of_the_first(tmp_path):
    calls = []

    def one(factor, seed):
        calls.append(seed)
        return {"x": factor * (seed - first.seed), "row": np.full(2, seed - first.seed), "only": seed - first.seed}

    first, again = (computation.Run(key(tmp_path), "paper", "cpu", resumable=True) for _ in range(2))
    for run in (first, again):
        found = run.seeds(one, 10, n=3, several=("x", "row"), label="side 4", offset=40)
        assert list(found) == ["x", "row", "only"]
        np.testing.assert_array_equal(found["x"], [400, 410, 420])
        np.testing.assert_array_equal(found["row"], [[40, 40], [41, 41], [42, 42]])
        assert found["only"] == 40
    assert calls == [first.seed + 40, first.seed + 41, first.seed + 42]  # the second run read its parts


@pytest.mark.parametrize("value", [{"a": np.arange(3), "b": 2.5}, np.eye(2), 1.25])
def test_a_part_comes_back_as_it_was_made(tmp_path, value):
    calls = []

    def make(x):
        calls.append(x)
        return x

    first = computation.Run(key(tmp_path), "paper", "cpu", resumable=True).part("k", make, value)
    second = computation.Run(key(tmp_path), "paper", "cpu", resumable=True).part("k", make, value)
    assert len(calls) == 1
    for got in (first, second):
        if isinstance(value, dict):
            assert set(got) == set(value)
            np.testing.assert_array_equal(got["a"], value["a"])
            assert got["b"] == 2.5
        else:
            np.testing.assert_array_equal(got, value)


def test_parts_of_other_settings_scales_and_keys_are_not_mixed_up(tmp_path):
    def run(scale="paper", version=1):
        return computation.Run(key(tmp_path, version), scale, "cpu", resumable=True)

    assert run().part("a/b", lambda: 1.0) == 1.0
    assert run().part("a_b", lambda: 2.0) == 2.0
    assert run("smoke").part("a/b", lambda: 3.0) == 3.0
    assert run(version=2).part("a/b", lambda: 4.0) == 4.0
    assert run().part("a/b", lambda: 5.0) == 1.0


def test_a_run_that_is_not_stored_leaves_and_reads_no_parts(tmp_path):
    computation.Run(key(tmp_path), "smoke", "cpu", resumable=True).part("k", lambda: 1.0)
    fresh = computation.Run(key(tmp_path), "smoke", "cpu", resumable=False)
    assert fresh.part("k", lambda: 2.0) == 2.0
    fresh.clear()
    assert not list((tmp_path / "build").rglob("*.npz"))


def test_wall_time_counts_the_parts_of_an_interrupted_run(tmp_path):
    computation.Run(key(tmp_path), "paper", "cpu", resumable=True).part("k", lambda: time.sleep(0.2) or 1.0)
    resumed = computation.Run(key(tmp_path), "paper", "cpu", resumable=True)
    for _ in range(3):
        resumed.part("k", lambda: 1.0)
    assert 0.2 <= resumed.wall_time() < 0.4  # asked for several times, it counts once


def test_a_part_counts_the_seconds_of_its_interrupted_training(tmp_path):
    def training(killed, checkpoint):
        if killed:
            write_npz(checkpoint, {"seconds": 50.0})
            raise KeyboardInterrupt
        return 1.0 if checkpoint.exists() else 0.0

    def run():
        return computation.Run(key(tmp_path), "paper", "cpu", resumable=True)

    with pytest.raises(KeyboardInterrupt):
        run().part("k", training, True, checkpoint=True)
    second, third = run(), run()
    assert second.part("k", training, False, checkpoint=True) == 1.0
    third.part("k", training, True, checkpoint=True)  # read back
    for one in (second, third):
        assert 50.0 <= one.wall_time() < 60.0
    assert not list((tmp_path / "build").rglob("*.state"))


def test_a_damaged_checkpoint_is_left_to_whoever_continues_from_it(tmp_path):
    seen = []

    def training(checkpoint):
        seen.append(checkpoint.exists())
        checkpoint.parent.mkdir(parents=True, exist_ok=True)
        checkpoint.write_bytes(b"no archive")
        raise ValueError(f"{checkpoint.name} is damaged")

    for _ in range(2):
        with pytest.raises(ValueError, match="is damaged"):
            computation.Run(key(tmp_path), "paper", "cpu", resumable=True).part("k", training, checkpoint=True)
    assert seen == [False, True]


def until_it_hangs(command, demo, lines):
    """Start a command that has to stop after these lines of its log; the process."""
    (demo / "hang").touch()
    log, deadline = demo / "log", time.monotonic() + 60
    process = subprocess.Popen(command, cwd=demo)
    while not (log.exists() and log.read_text().split() == lines):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.01)
    return process


def test_killed_in_the_middle_a_record_resumes_part_by_part(demo):
    (demo / "book" / "experiments" / "demo" / "slow.py").write_text(SLOW)
    command = [sys.executable, "-m", "spinbook", "run", "demo/slow", "--scale", "paper", "--record"]
    process, log = until_it_hangs(command, demo, ["0", "1", "2"]), demo / "log"
    process.kill()
    process.wait()
    assert not (demo / "book" / "records").exists()

    (demo / "hang").unlink()
    log.unlink()
    subprocess.run(command, cwd=demo, check=True, timeout=60)
    # Parts 0 and 1 were done; 2 was not. The last 0 is the smoke run that the record keeps.
    assert log.read_text().split() == ["2", "3", "0"]
    assert sorted(p.name for p in (demo / "book" / "records" / "demo").iterdir()) == ["slow.json", "slow.npz"]
    assert not list((demo / "build" / "parts").rglob("*.npz"))


def test_a_command_that_is_stopped_again_and_again_finishes_a_training(demo):
    """As `timeout 480 make record ...` does: the training inside a part goes on from its last epoch."""
    (demo / "book" / "experiments" / "demo" / "trained.py").write_text(TRAINING)
    command = [sys.executable, "-m", "spinbook", "run", "demo/trained", "--scale", "paper", "--record"]
    process, log = until_it_hangs(command, demo, ["step"] * 3), demo / "log"
    process.terminate()  # as timeout does
    process.wait()
    assert not (demo / "book" / "records").exists()

    (demo / "hang").unlink()
    log.unlink()
    subprocess.run(command, cwd=demo, check=True, timeout=60)
    # The third epoch again, the fourth, and that of the smoke run.
    assert log.read_text().split() == ["step"] * 3
    with np.load(demo / "book" / "records" / "demo" / "trained.npz") as arrays:
        assert arrays["x"].shape == (4,)
    assert not list((demo / "build" / "parts").rglob("*.npz"))


def test_a_large_part_is_kept_in_files_below_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(computation, "_LARGEST", 5000)
    weights = np.random.default_rng(1).normal(size=(50, 60))
    run, again = (computation.Run(key(tmp_path), "paper", "cpu", resumable=True) for _ in range(2))
    run.part("k", lambda: {"weights": weights, "n": 3})
    sizes = [path.stat().st_size for path in (tmp_path / "build").rglob("*") if path.is_file()]
    assert len(sizes) > 5
    assert max(sizes) <= 5000
    found = again.part("k", lambda: {})
    np.testing.assert_array_equal(found["weights"], weights)
    assert found["n"] == 3
