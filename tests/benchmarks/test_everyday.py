import json
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from spinlib.models import Ising

COLUMNS = {"benchmark", "subject", "work", "value", "unit", "threads", "device", "spread"}
JOBS = """
    import numpy as np


    def curve(threads, method, length, temperatures, burn_in, n):
        if method == "wolff":
            raise ValueError("no clusters here")
        return {"seconds": n * len(temperatures) / threads}


    def series(threads, path, **arguments):
        np.save(path, np.arange(6.0).reshape(2, 1, 3))
        return {"seconds": 2.0, "burn_in": 0.5}
"""


@pytest.fixture
def everyday(load):
    return load("everyday")


@pytest.fixture
def skipped(load):
    return load("measure").Skipped


def test_a_quick_run_has_rows_of_every_group_and_no_ratio_without_peers(tmp_path, request):
    output = tmp_path / "benchmarks.json"
    command = [sys.executable, "benchmarks/run.py", str(output), "--quick", "--no-peers", "--only", "everyday"]
    done = subprocess.run(command, cwd=request.config.rootpath, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    rows = json.loads(output.read_text())
    assert all(set(row) == COLUMNS and row["device"] for row in rows)
    assert {row["benchmark"] for row in rows} >= {
        "everyday: curve", "everyday: energy error", "everyday: independent draws", "everyday: susceptibility error",
        "everyday: crossing, given draws", "everyday: configurations", "everyday: first number",
        "everyday: other models",
    }  # fmt: skip
    assert all(row["value"] > 0 for row in rows)
    assert {row["unit"] for row in rows} <= {"s", "J"}
    assert all(row["subject"].startswith(("sample ", "import ", "from ")) for row in rows)
    assert len({(row["benchmark"], row["subject"], row["work"], row["threads"]) for row in rows}) == len(rows)
    assert "times as fast" not in done.stdout


def test_jobs_take_turns_and_one_that_cannot_has_no_row(everyday, skipped, capsys, monkeypatch):
    log = []

    def job(name, *seconds, fails=False):
        answers = iter(seconds)

        def once():
            log.append(name)
            if fails:
                raise skipped("out of breath")
            return next(answers)

        return everyday.Job(name, 1, once)

    monkeypatch.setattr(everyday, "PATIENCE", 5.0)
    jobs = [job("a", 1.0, 3.0, 2.0), job("b", 6.0), job("c", fails=True)]
    rows = list(everyday.in_turns("test", "work", jobs, 3))
    # b has used up its time in one turn, which has no spread.
    assert log == ["a", "b", "c", "a", "a"]
    assert [(row["subject"], row["value"], row["spread"], row["unit"]) for row in rows] == [
        ("a", 2.0, 0.5, "s"),
        ("b", 6.0, None, "s"),
    ]
    assert "skipped: c, work, 1 threads: out of breath" in capsys.readouterr().out


@pytest.fixture
def made_up(load, monkeypatch, tmp_path):
    """A peer in this interpreter."""
    (tmp_path / "jobs_madeup.py").write_text(textwrap.dedent(JOBS))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return load("peer_jobs")


def test_a_peer_does_jobs_on_its_threads(made_up, skipped):
    arguments = {"length": 8, "temperatures": [2.0, 3.0], "burn_in": 1, "n": 3}
    with made_up.running(Path(sys.executable), ["madeup"], [1, 2]) as peers:
        assert peers["madeup", 1].job("curve", method="metropolis", **arguments) == {"seconds": 6.0}
        assert peers["madeup", 2].job("curve", method="metropolis", **arguments) == {"seconds": 3.0}
        answer, energy, magnetization = peers["madeup", 1].series(method="metropolis", n=3)
        assert answer == {"seconds": 2.0, "burn_in": 0.5}
        np.testing.assert_array_equal([energy, magnetization], np.arange(6.0).reshape(2, 1, 3))
        with pytest.raises(skipped, match="no clusters here"):
            peers["madeup", 1].job("curve", method="wolff", **arguments)
    assert peers["madeup", 2]._process.poll() is not None


def test_peers_that_are_not_there_are_left_out(made_up, capsys, tmp_path):
    with made_up.running(None, ["madeup"], [1]) as peers:
        assert peers == {}
    with made_up.running(tmp_path / "no" / "python", ["madeup"], [1]) as peers:
        assert peers == {}
    assert "skipped: madeup, 1 threads" in capsys.readouterr().out


def test_jobs_of_peers_are_of_the_pinned_versions(made_up):
    folder = made_up.HERE
    pinned = dict(
        line.split("==") for line in (folder / "peers.txt").read_text().splitlines() if not line.startswith("#")
    )
    drivers = list((folder / "peers").glob("jobs_*.py"))
    assert len(drivers) == 3
    for driver in drivers:
        name = driver.stem.removeprefix("jobs_")
        assert driver.read_text().startswith(f'"""{name} {pinned[name]}')


def test_files_of_configurations_are_removed_after_each_turn(load, monkeypatch, tmp_path):
    files = load("everyday_files")
    seen = []

    def written(model, temperatures, n_samples, *, out, keep_spins, **given):
        assert isinstance(model, Ising)
        seen.append((None if out is None else out.name, keep_spins, n_samples * given["n_chains"]))
        if out is not None and out.suffix == ".zarr":
            out.mkdir()
        elif out is not None:
            out.touch()
        return 1.0

    monkeypatch.setattr(files, "timed_front_door", written)
    for kept in (files.NOTHING, files.MEMORY, *files.FILES):
        assert files._seconds(625, 16, 1, kept, tmp_path) == 1.0
        assert list(tmp_path.iterdir()) == []
    assert seen == [
        (None, False, 10_000), (None, True, 10_000), ("configurations.zarr", True, 10_000),
        ("configurations.nc", True, 10_000), ("configurations.npy", True, 10_000),
    ]  # fmt: skip
