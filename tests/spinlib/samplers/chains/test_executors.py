"""Workers that live, workers that are killed, and what is left of a run: with real processes."""

import os
import re
import signal
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context

import numpy as np
import pytest

from spinlib import sample
from spinlib.models import Ising
from spinlib.samplers.chains import executors

# Eight blocks, one per temperature, long enough for a signal to arrive. Their couplings travel with them.
MODEL = Ising((64, 64), coupling=np.random.default_rng(2).normal(size=(2, 64, 64)))
RUN = {"temperatures": np.arange(1.0, 5.0, 0.5), "n_samples": 4, "n_chains": 16}
RUN |= {"method": "metropolis", "burn_in": 100, "seed": 8}
SECONDS = 60


@contextmanager
def no_hanging():
    """What waits for a lost worker for ever fails instead; once more if what it leaves does not end either."""

    def give_up(*_):
        raise TimeoutError(f"this did not end within {SECONDS} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, SECONDS, 10)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(autouse=True)
def no_test_hangs():
    with no_hanging():
        yield


@pytest.fixture(scope="module")
def alone():
    """What every way of running has to give."""
    return sample(MODEL, **RUN)


@pytest.fixture(scope="module")
def cluster():
    """Two worker processes of one thread each behind a scheduler on this machine."""
    distributed = pytest.importorskip(
        "distributed", reason="distributed is not installed: pip install spinlib[cluster]"
    )
    with no_hanging():
        started = distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0")
    yield started
    with no_hanging():
        started.close()


@pytest.fixture
def client(cluster):
    from distributed import Client

    with Client(cluster, timeout="30s") as connected:
        connected.wait_for_workers(2, timeout=30)
        yield connected
        connected.wait_for_workers(2, timeout=30)


@pytest.fixture
def pool():
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as started:
        yield started


class Watched(Executor):
    """An executor that counts its tasks, and calls `then` when the first of them is finished."""

    def __init__(self, executor, then=lambda: None):
        self.executor, self.then, self.n_tasks = executor, then, 0

    def submit(self, *arguments):
        task = self.executor.submit(*arguments)
        self.n_tasks += 1
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task):
        then, self.then = self.then, lambda: None
        then()


def test_a_cluster_changes_no_sample(alone, client):
    assert alone.identical(sample(MODEL, executor=client.get_executor(pure=False), **RUN))


def test_a_cluster_does_not_confuse_models_of_other_couplings(client):
    # dask knows a task by a hash of its arguments, and takes the result of an equal one.
    settings = {"temperatures": 2.0, "n_samples": 2, "method": "metropolis", "burn_in": 1}
    models = [Ising((8, 8), coupling=sign * MODEL.coupling[:, :8, :8]) for sign in (1, -1)]
    with client.get_executor() as workers:
        first, second = (sample(model, executor=workers, **settings) for model in models)
    assert first.identical(sample(models[0], **settings))
    assert second.identical(sample(models[1], **settings))


def test_a_cluster_tries_the_blocks_of_a_killed_worker_again(alone, client, cluster):
    def n_lost():
        return sum(prefix.suspicious for prefix in cluster.scheduler.task_prefixes.values())

    pids, before = list(client.run(os.getpid).values()), n_lost()
    workers = Watched(client.get_executor(pure=False), then=lambda: os.kill(pids[0], signal.SIGKILL))
    assert alone.identical(sample(MODEL, executor=workers, **RUN))
    assert n_lost() > before, "the worker was killed between its blocks"
    client.wait_for_workers(2, timeout=30)
    assert pids[0] not in client.run(os.getpid).values()


def test_a_cluster_that_gives_up_says_which_block_was_lost(alone, client, cluster, monkeypatch, tmp_path):
    from distributed.scheduler import KilledWorker

    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 0)
    (pid, *_) = client.run(os.getpid).values()
    workers = Watched(client.get_executor(pure=False), then=lambda: os.kill(pid, signal.SIGKILL))
    with pytest.raises(KilledWorker) as caught:
        sample(MODEL, executor=workers, checkpoint=tmp_path, **RUN)
    n_finished = assert_explained(caught.value, tmp_path)

    rest = Watched(client.get_executor(pure=False))
    assert alone.identical(sample(MODEL, executor=rest, checkpoint=tmp_path, **RUN))
    assert rest.n_tasks == 8 - n_finished


def test_a_pool_whose_worker_is_killed_is_explained_and_a_rerun_resumes(alone, pool, tmp_path):
    pid = pool.submit(os.getpid).result(timeout=30)
    workers = Watched(pool, then=lambda: os.kill(pid, signal.SIGKILL))
    with pytest.raises(BrokenProcessPool) as caught:
        sample(MODEL, executor=workers, checkpoint=tmp_path, **RUN)
    n_finished = assert_explained(caught.value, tmp_path)

    with pytest.raises(BrokenProcessPool) as again:
        sample(MODEL, executor=pool, checkpoint=tmp_path, **RUN)
    assert assert_explained(again.value, tmp_path) == n_finished

    with ThreadPoolExecutor(1) as threads:
        rest = Watched(threads)
        assert alone.identical(sample(MODEL, executor=rest, checkpoint=tmp_path, **RUN))
    assert rest.n_tasks == 8 - n_finished


def test_without_a_checkpoint_the_error_says_that_one_would_help(monkeypatch):
    def fail(*_):
        raise MemoryError

    monkeypatch.setattr(executors, "Run", fail)
    with pytest.raises(MemoryError) as caught:
        sample(MODEL, **RUN)
    place, resume = caught.value.__notes__
    assert place.endswith("with metropolis from temperature 1.0, chain 0, to temperature 1.0, chain 15")
    assert resume.startswith("0 of 8 blocks were finished; they are lost: with checkpoint=<a folder> the same call")


def assert_explained(error, folder):
    """The notes name a block that is not stored and the number of those that are, which is returned."""
    place, resume = error.__notes__
    assert re.fullmatch(
        r"sampling Ising\(.*\) with metropolis from temperature ([1234]\.[05]), chain 0, to temperature \1, chain 15",
        place,
    )
    n_finished = int(re.match(r"(\d) of 8 blocks were finished", resume)[1])
    assert f"stored in {folder}: the same call" in resume
    assert 1 <= n_finished < 8
    assert len(list(folder.glob("*.0.npz"))) == n_finished
    return n_finished
