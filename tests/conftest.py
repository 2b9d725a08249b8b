"""Settings that have to stand before numba and torch are imported."""

import hashlib
import os
from pathlib import Path

import pytest

SAMPLERS = Path(__file__).parents[1] / "spinlib" / "samplers"


def pytest_configure(config: pytest.Config) -> None:
    # numba's disk cache does not notice that a function in an imported file has changed: another source, another cache.
    sources = hashlib.sha256()
    for path in sorted(SAMPLERS.glob("*.py")):
        sources.update(path.name.encode() + path.read_bytes())
    os.environ["NUMBA_CACHE_DIR"] = str(config.rootpath / ".pytest_cache" / f"numba-{sources.hexdigest()[:16]}")
    # Tests may run side by side, one per core.
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ.setdefault(name, "1")
