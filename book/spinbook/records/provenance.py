"""Where a number comes from: commit, library versions, device, memory, date. Never a host or user name."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

LIBRARIES = ("spinlib", "numpy", "scipy", "numba", "xarray", "torch")
DEVICES = ("cpu", "cuda", "mps", "xpu", "xla")


def check_device(device: str) -> None:
    """`cpu`, `cuda`, `cuda:1` and the like; raises ValueError where the accelerator is not present."""
    kind, _, index = device.partition(":")
    if kind not in DEVICES or (index and not index.isdigit()):
        raise ValueError(f"unknown device {device!r}: choose from {', '.join(DEVICES)}, or one with an index as cuda:0")
    if kind == "cuda":
        import torch

        if not torch.cuda.is_available() or int(index or 0) >= torch.cuda.device_count():
            raise ValueError(f"device {device!r} is not present here: torch sees {torch.cuda.device_count()} CUDA GPUs")


def device_name(device: str) -> str:
    """The hardware in words: processor model and threads, or the GPU's name."""
    if device.startswith("cuda"):
        import torch

        return torch.cuda.get_device_name(device)
    if device != "cpu":
        return device
    model = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    return f"{model}, {threads()} thread{'s' if threads() > 1 else ''}"


def threads() -> int:
    """Threads that a kernel may use: what numba was told, else the processors that this process may run on."""
    if "numba" in sys.modules:
        return int(sys.modules["numba"].get_num_threads())
    return int(os.environ.get("NUMBA_NUM_THREADS", 0)) or available_cores()


def available_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def git_commit(root: Path) -> str | None:
    """The commit of the working tree, with `+changes` where the code differs from it; None outside a clone."""

    def git(*arguments: str) -> str | None:
        try:
            done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, timeout=30)
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    commit = git("rev-parse", "HEAD")
    if commit is None:
        return None
    changed = git("status", "--porcelain", "--", "spinlib", "book/experiments", "book/chapters", "book/spinbook")
    return commit + ("+changes" if changed else "")


def versions() -> dict[str, str]:
    """Python and the installed ones of LIBRARIES."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def peak_memory_mib(device: str) -> float | None:
    """The process' peak resident memory in MiB, or the GPU's peak allocation on cuda; None where unknown."""
    if device.startswith("cuda"):
        import torch

        return round(torch.cuda.max_memory_allocated(device) / 2**20, 1)
    try:
        import resource
    except ImportError:  # not a Unix system
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)


def collect(root: Path, device: str) -> dict[str, Any]:
    """Everything above in one dict, with the date (UTC)."""
    return {
        "commit": git_commit(root),
        "versions": versions(),
        "device": device_name(device),
        "peak_memory_mib": peak_memory_mib(device),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }
