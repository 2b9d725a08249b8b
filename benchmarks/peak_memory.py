"""The most memory that a run takes, in bytes per site: `python peak_memory.py 2048 metropolis "Ising(shape)" 2.27 ...`

The arguments after the lattice's length are methods, models and temperatures; the program prints one number for each.
It is the peak memory of a run with a burn-in sweep and one draw that is measured and kept, beyond the memory that the
process had before. The peak is the highest resident memory of a process of its own, forked after a run on a smaller
lattice has loaded the kernels. Needs Linux.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

# A lattice of this size uses the same kernels as larger ones, also for packed spins.
SMALL = 640

Case = tuple[str, str, float]

# Torch is imported for the last ones alone.
CASES: list[Case] = [
    *((method, "Ising(shape)", 2.27) for method in ("multispin", "metropolis", "heat_bath", "swendsen_wang", "wolff")),
    *((method, "Potts(shape, q=3)", 1.0) for method in ("metropolis", "heat_bath", "swendsen_wang", "wolff")),
    *((method, "XY(shape)", 0.9) for method in ("metropolis", "over_relaxation", "wolff")),
    ("convolution", "Ising(shape)", 2.27),
    ("convolution", "Potts(shape, q=3)", 1.0),
]


def bytes_per_site(cases: Iterable[Case], length: int) -> list[float]:
    """The figure of each case, a method, a model as an expression in `shape` and a temperature, on length**2 sites."""
    given = [str(part) for case in cases for part in case]
    # Blocks of at least this size return to the system when they are freed, so that none of them hides the next.
    alone = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    settings = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}
    done = subprocess.run(
        [sys.executable, __file__, str(length), *given],
        env={**os.environ, **alone, **settings},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"memory of {', '.join(given)}: {done.stderr}")
    return [float(line) for line in done.stdout.split()]


def rows(quick: bool) -> Iterator[dict[str, Any]]:
    """The figure of each method for its models, on one thread."""
    from measure import row

    length = 1024 if quick else 2048
    chosen = [case for case in CASES if case[1].startswith("Ising")] if quick else CASES
    for (method, code, _), value in zip(chosen, bytes_per_site(chosen, length), strict=True):
        name = code.replace("(shape", "").removesuffix(")").replace(",", "").lower()
        yield row("memory", method, f"{name} L={length}", value, "bytes/site", 1, None)


def _highest() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _run(case: Case, length: int) -> None:
    import numpy as np

    from spinlib import sample
    from spinlib.models import XY, Ising, Potts

    method, code, temperature = case
    model = eval(code, {"shape": (length, length), "np": np, "XY": XY, "Ising": Ising, "Potts": Potts})
    sample(model, temperature, 1, method=method, start="random", burn_in=1)


def _measure(case: Case, length: int) -> None:
    """Print the case's figure; in a fork, so that it leaves nothing to the next one."""

    def large() -> None:
        # A fork starts without the pages of libraries; a run on a small lattice loads them.
        _run(case, SMALL)
        before = _highest()
        _run(case, length)
        print((_highest() - before) / (length**2 - SMALL**2), flush=True)

    def small_and_large() -> None:
        # The compiler's memory, and what it leaves behind, stays out of the figure.
        _run(case, SMALL)
        _in_a_fork(large)

    _in_a_fork(small_and_large)


def _in_a_fork(call: Callable[[], None]) -> None:
    child = os.fork()
    if child == 0:
        try:
            call()
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        raise RuntimeError("the run failed")


if __name__ == "__main__":
    from spinlib import sample  # noqa: F401  once for all cases

    parts = sys.argv[2:]
    for case in zip(parts[::3], parts[1::3], map(float, parts[2::3]), strict=True):
        _measure(case, int(sys.argv[1]))
