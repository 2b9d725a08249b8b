"""How long the first call of a method takes: with an empty cache of compiled kernels, and in a later process.

Each is measured in a process of its own, after the import of spinlib, whose time is a row too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from first_call import first_calls
from measure import row

from spinlib.timing import median_and_spread

FIRST_CALL = Path(__file__).with_name("first_call.py")
LATER = 3  # processes that find the cache filled


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


def _in_a_process(name: str, cache: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, FIRST_CALL, name],
        env={**os.environ, "NUMBA_CACHE_DIR": cache},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])
