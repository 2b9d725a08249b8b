"""The time of the first call of a method: with an empty cache of compiled kernels, and in a later process.

Each is measured in a process of its own, after all imports. `import spinlib` alone is a row too, and so is the time
that a user waits: from the start of Python to the first number of a short run, all imports included.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

from first_call import first_calls
from measure import row

from spinlib.timing import median_and_spread

FIRST_CALL = Path(__file__).with_name("first_call.py")
LATER = 3  # processes that find the cache filled
FIRST_NUMBER = """
from spinlib import sample
from spinlib.models import Ising
print(float(sample(Ising((32, 32)), 2.3, 100).energy.mean()))
"""


def rows(quick: bool) -> Iterator[dict[str, Any]]:
    """Seconds of the first call, cold and later, for each method, and of the import."""
    names = list(first_calls())
    imports = []
    for name in names[:2] if quick else names:
        with tempfile.TemporaryDirectory() as cache:
            cold, *later = [_in_a_process(name, cache) for _ in range(1 if quick else 1 + LATER)]
        yield row("warm-up", name, "first call ever", cold["call"], "s", 1, None)
        imports += [run["import"] for run in (cold, *later)]
        if later:
            value, spread = median_and_spread([run["call"] for run in later])
            yield row("warm-up", name, "first call of a later process", value, "s", 1, spread)
    value, spread = median_and_spread(imports)
    yield row("warm-up", "import of spinlib", "every process", value, "s", 1, spread)
    with tempfile.TemporaryDirectory() as cache:
        cold, *numbers = [_first_number(cache) for _ in range(1 + LATER)]
    yield row("warm-up", "from python to a number", "nothing compiled before", cold, "s", 1, None)
    value, spread = median_and_spread(numbers)
    yield row("warm-up", "from python to a number", "compiled before", value, "s", 1, spread)


def _first_number(cache: str) -> float:
    """Seconds from the start of Python to the end of a process that prints the mean energy of 100 draws."""
    return seconds_to_a_number(sys.executable, FIRST_NUMBER, {"NUMBA_CACHE_DIR": cache})


def seconds_to_a_number(python: Path | str, code: str, environment: dict[str, str]) -> float:
    """Seconds of a process of `python` that prints an energy per site. RuntimeError: it prints something else."""
    begin = perf_counter()
    done = subprocess.run(
        [python, "-c", code], env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )
    seconds = perf_counter() - begin
    if not -2.0 <= float(done.stdout) <= 2.0:
        raise RuntimeError(f"energy {done.stdout.strip()} per site: it lies between -2 and 2")
    return seconds


def _in_a_process(name: str, cache: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, FIRST_CALL, name],
        env={**os.environ, "NUMBA_CACHE_DIR": cache},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])
