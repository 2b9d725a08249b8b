from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numba import njit

from spinlib.samplers.multispin.thread_barrier import arrive_and_wait


@njit(nogil=True)
def late_or_early(progress, thread, n_threads, rounds, arrivals):
    """How often another thread was not in the same round as this one between two meetings."""
    wrong = 0
    for step in range(rounds):
        progress[8 * thread] = step
        arrive_and_wait(arrivals, n_threads)
        for other in range(n_threads):
            wrong += progress[8 * other] != step
        arrive_and_wait(arrivals, n_threads)
    return wrong


@pytest.mark.parametrize(("n_threads", "rounds"), [(1, 100), (2, 3000), (3, 300)])
def test_no_thread_runs_ahead(n_threads, rounds):
    progress, arrivals = np.zeros(8 * n_threads, np.int64), np.zeros(1, np.int64)
    with ThreadPoolExecutor(n_threads) as executor:
        tasks = [
            executor.submit(late_or_early, progress, thread, n_threads, rounds, arrivals) for thread in range(n_threads)
        ]
        assert [task.result() for task in tasks] == [0] * n_threads
    assert arrivals[0] == (0 if n_threads == 1 else 2 * n_threads * rounds)
