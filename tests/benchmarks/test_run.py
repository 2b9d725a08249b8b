import json
import subprocess
import sys

COLUMNS = {"benchmark", "subject", "work", "value", "unit", "threads", "device", "spread"}


def test_a_quick_run_measures_every_candidate(tmp_path, request):
    output = tmp_path / "build" / "benchmarks.json"
    command = [sys.executable, "benchmarks/run.py", str(output), "--quick", "--threads", "1", "2"]
    done = subprocess.run(command, cwd=request.config.rootpath, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    rows = json.loads(output.read_text())
    assert all(set(row) == COLUMNS and row["unit"] == "flips/ns" for row in rows)
    assert all(row["value"] > 0 and row["spread"] >= 0 and row["device"] for row in rows)
    assert len({(row["benchmark"], row["subject"], row["work"], row["threads"]) for row in rows}) == len(rows)
    subjects = {row["subject"] for row in rows if row["benchmark"] == "one lattice" and row["threads"] == 1}
    assert {"multispin", "metropolis", "heat_bath", "swendsen_wang", "wolff", "convolution"} < subjects
    assert {row["threads"] for row in rows} == {1, 2}
    assert any(row["work"].startswith("potts") for row in rows)
    assert done.stdout.count("flips/ns") == len(rows)
