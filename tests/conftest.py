"""Settings that have to stand before numba and torch are imported."""

import os

import pytest


def pytest_configure(config: pytest.Config) -> None:
    os.environ["NUMBA_CACHE_DIR"] = str(config.rootpath / ".pytest_cache" / "numba")
    # Tests may run side by side, one per core.
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ.setdefault(name, "1")
