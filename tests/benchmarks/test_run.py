import json
import subprocess
import sys

import pytest

COLUMNS = {"benchmark", "subject", "work", "value", "unit", "threads", "device", "spread"}
# The others start processes that compile kernels anew, or need other hardware.
PARTS = [
    "one lattice", "64 lattices", "clusters", "ising and potts", "convolution grid", "against size",
    "against replicas", "other models", "independent samples",
]  # fmt: skip


def run(root, output, *options):
    command = [sys.executable, "benchmarks/run.py", str(output), "--quick", "--no-peers", *options]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300)


def test_a_quick_run_measures_every_candidate(tmp_path, request):
    output = tmp_path / "build" / "benchmarks.json"
    done = run(request.config.rootpath, output, "--threads", "1", "2", "--only", *PARTS)
    assert done.returncode == 0, done.stderr
    rows = json.loads(output.read_text())
    assert all(set(row) == COLUMNS for row in rows)
    assert {row["unit"] for row in rows} == {"flips/ns", "ms", "s", "sweeps"}
    assert all(row["value"] > 0 and row["device"] for row in rows)
    assert all(row["spread"] is None or row["spread"] >= 0 for row in rows)
    assert len({(row["benchmark"], row["subject"], row["work"], row["threads"]) for row in rows}) == len(rows)
    subjects = {row["subject"] for row in rows if row["benchmark"] == "one lattice" and row["threads"] == 1}
    assert {"multispin", "metropolis", "heat_bath", "swendsen_wang", "wolff", "convolution", "torch.roll"} < subjects
    assert {row["threads"] for row in rows} == {1, 2}
    assert {"potts", "xy", "cells"} <= {row["work"].split()[0] for row in rows}
    assert len([line for line in done.stdout.splitlines() if "threads" in line]) == len(rows)


def test_memory_is_measured_per_site(tmp_path, request):
    output = tmp_path / "benchmarks.json"
    done = run(request.config.rootpath, output, "--only", "memory")
    assert done.returncode == 0, done.stderr
    rows = {(row["subject"], row["work"]): row for row in json.loads(output.read_text())}
    assert {name for name, work in rows if work == "ising L=1024"} == {
        *("multispin", "metropolis", "heat_bath", "swendsen_wang", "wolff", "convolution")
    }
    for (method, _), row in rows.items():
        assert set(row) == COLUMNS
        assert (row["benchmark"], row["unit"], row["threads"]) == ("memory", "bytes/site", 1)
        # At least the spins themselves.
        assert 1.0 < row["value"] < (60.0 if method == "convolution" else 12.0)


def test_a_run_that_fails_is_named(load):
    with pytest.raises(RuntimeError, match=r"memory of no_such_method, Ising\(shape\), 2\.0"):
        load("peak_memory").bytes_per_site([("no_such_method", "Ising(shape)", 2.0)], 700)


def test_one_failure_leaves_the_rows_of_the_others(load, monkeypatch, tmp_path, capsys):
    benchmarks, measure = load("run"), load("measure")

    def fails(settings):
        yield measure.row("bad", "a", "b", 1.0, "ms", 1, 0.0)
        raise RuntimeError("the machine caught fire")

    def works(settings):
        yield measure.row("good", "a", "b", 2.0, "ms", 1, None)

    monkeypatch.setattr(benchmarks, "BENCHMARKS", {"bad": fails, "good": works})
    output = tmp_path / "benchmarks.json"
    monkeypatch.setattr(sys, "argv", ["run.py", str(output)])
    with pytest.raises(SystemExit, match="failed: bad"):
        benchmarks.main()
    assert [row["benchmark"] for row in json.loads(output.read_text())] == ["bad", "good"]
    assert "the machine caught fire" in capsys.readouterr().err
