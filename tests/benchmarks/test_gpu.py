import json
import os
import subprocess
import sys

import pytest

COLUMNS = {"benchmark", "subject", "work", "value", "unit", "threads", "device", "spread"}

pytest.importorskip("triton", reason="triton is for Linux only")


def test_without_a_gpu_the_refusal_says_what_is_needed(tmp_path, request):
    output = tmp_path / "gpu_benchmarks.json"
    done = subprocess.run(
        [sys.executable, "benchmarks/gpu.py", str(output)],
        cwd=request.config.rootpath,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "device 'cuda': a CUDA device is needed" in done.stderr
    assert not output.exists()


def test_every_contestant_is_measured(request):
    """In Triton's interpreter, on tiny lattices; the rates mean nothing."""
    code = "import gpu, json, torch; print(json.dumps(list(gpu.rows(torch.device('cpu'), quick=True))))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=request.config.rootpath / "benchmarks",
        env={**os.environ, "TRITON_INTERPRET": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert all(set(row) == COLUMNS and row["unit"] == "flips/ns" and row["value"] > 0 for row in rows)
    assert [row["subject"] for row in rows] == 2 * [
        "multispin_triton",
        "multispin_triton heat_bath",
        "convolution",
        "torch.roll",
    ]
    assert {row["benchmark"] for row in rows} == {"one lattice, gpu", "many lattices, gpu"}
