"""Settings that have to stand before numba and torch are imported, and no silent skip in CI."""

import os

import pytest


def pytest_configure(config: pytest.Config) -> None:
    os.environ["NUMBA_CACHE_DIR"] = str(config.rootpath / ".pytest_cache" / "numba")
    # Tests may run side by side, one per core.
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ.setdefault(name, "1")


# The only reasons for which a test may be skipped in CI: hardware that a runner need not have.
ALLOWED_SKIPS = (
    "no CUDA device",
    "the processor has no bfloat16",
    "the interpreter does not compile",
    "Triton's interpreter makes no difference here",
)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With CI=true a skipped test is a failure, or what a runner lacks would go unnoticed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or os.environ.get("CI") != "true":  # without a reporter: one of the workers
        return
    reasons = {str(report.longrepr[2]).removeprefix("Skipped: ") for report in reporter.stats.get("skipped", [])}
    if forbidden := sorted(reason for reason in reasons if not reason.startswith(ALLOWED_SKIPS)):
        reporter.write_line("not to be skipped where CI=true: " + "; ".join(forbidden), red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
