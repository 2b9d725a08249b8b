"""Computation of blocks of chains, in threads or by the workers of an executor, with checkpoints.

An executor may repeat a block that was lost with its worker, as dask.distributed does. If it does not, the error names
the block and says how to resume; `spinlib.samplers.chains.checkpoint` keeps the draws finished so far.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Lock
from typing import Any, NamedTuple

from spinlib.samplers.chains import block as chains
from spinlib.samplers.chains import checkpoint
from spinlib.samplers.chains.block import Block, Run
from spinlib.samplers.chains.ensemble import State

# The time between two checkpoints, which an interruption loses at most.
SECONDS_PER_PART = 5.0

# Arrays, or objects that take values by slices like arrays.
Draws = Mapping[str, Any]
Report = Callable[[int], Any]


class Task(NamedTuple):
    """A block, the arrays for its draws (`empty_draws`), and its progress: number of draws, and state."""

    block: Block
    draws: Draws
    n_draws: int = 0
    state: State | None = None

    @property
    def sweeps(self) -> int:
        """Of each chain, so far."""
        if self.n_draws == self.block.n_samples:
            return self.block.n_sweeps
        return 0 if self.state is None else int(self.state["sweeps"])


def fill(
    tasks: Sequence[Task], executor: Executor | None, folder: Path | None, report: Report, threads: int = 1
) -> None:
    """Fill the arrays of each task with its block's draws.

    executor: None computes in this process, on so many threads, which write to the arrays themselves. folder: stored
    draws are read from it; the draws and the state of every block are stored every few seconds and at its end. This
    process stores them, so the workers need no common file system. report is called with numbers of sweeps, of all
    chains of a block together. An exception in a block gets a note that names the block and says how to resume.
    """
    waiting = []
    for task in tasks:
        if folder is not None:
            task = Task(task.block, task.draws, *checkpoint.load(folder, task.block, task.draws))
            report(task.sweeps * len(task.block.chains))
        if task.n_draws < task.block.n_samples:
            waiting.append(task)
    finished = len(tasks) - len(waiting)
    if executor is not None:
        blocks = _by_workers(waiting, executor, folder, report)
    elif threads > 1 and len(waiting) > 1:
        blocks = _by_threads(waiting, threads, folder, report)
    else:
        blocks = (_complete(task, folder, report) for task in waiting)
    try:
        for _ in blocks:
            finished += 1
    except Exception as error:
        error.add_note(f"{finished} of {len(tasks)} blocks were finished; {_how_to_resume(folder)}")
        raise


def _complete(task: Task, folder: Path | None, report: Report) -> Block:
    """Make the rest of a task's draws in this thread; returns its block."""
    block = task.block
    with _noting_block(block):
        run, _ = _resumed(block, task.n_draws, task.state)
        while run.sweeps < block.n_sweeps:
            first = run.n_draws
            run.advance(task.draws, 0, _seconds(folder), report)
            if folder is not None:
                made = {name: values[:, first : run.n_draws] for name, values in task.draws.items()}
                checkpoint.store(folder, block, first, made, run.state())
    return block


class _Stopped(Exception):
    """Raised in a thread to stop its work."""


def _by_threads(tasks: Sequence[Task], threads: int, folder: Path | None, report: Report) -> Iterator[Block]:
    """Yield each block when it is finished.

    An exception in one block, or Ctrl-C, stops the others after their present slice.
    """
    stop, one_at_a_time = Event(), Lock()

    def told(n: int) -> None:
        if stop.is_set():
            raise _Stopped
        with one_at_a_time:
            report(n)

    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(_complete, task, folder, told) for task in tasks]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            stop.set()
            for future in futures:
                future.cancel()


def _by_workers(tasks: Sequence[Task], executor: Executor, folder: Path | None, report: Report) -> Iterator[Block]:
    """Yield each block when it is finished.

    If draws are stored, a worker returns a block with its state after some seconds, and the next free worker continues
    it.
    """
    underway: dict[Future, Task] = {}
    done: SimpleQueue[Future] = SimpleQueue()

    def submit(task: Task) -> None:
        # A pool that has lost a worker raises here.
        with _noting_block(task.block):
            future = executor.submit(_part, task.block, task.n_draws, task.state, _seconds(folder))
        underway[future] = task
        future.add_done_callback(done.put)

    try:
        for task in tasks:
            submit(task)
        while underway:
            future = done.get()
            # No reference is kept, so that the draws of a finished task are not held twice.
            task = underway.pop(future)
            with _noting_block(task.block):
                first, draws, state = future.result()
            del future
            stop = first + next(iter(draws.values())).shape[1]
            for name, values in draws.items():
                task.draws[name][:, first:stop] = values
            if folder is not None:
                checkpoint.store(folder, task.block, first, draws, state)
            after = task._replace(n_draws=stop, state=state)
            report((after.sweeps - task.sweeps) * len(task.block.chains))
            if stop < task.block.n_samples:
                submit(after)
            else:
                yield task.block
    finally:
        for future in underway:
            future.cancel()


def _part(block: Block, n_draws: int, state: State | None, seconds: float) -> tuple[int, Draws, State | None]:
    """The next draws of a block, for about so many seconds: the number of the first, the draws, the state after."""
    run, first = _resumed(block, n_draws, state)
    draws = chains.empty_draws(block, block.n_samples - first)
    run.advance(draws, first, seconds)
    made = {name: values[:, : run.n_draws - first] for name, values in draws.items()}
    return first, made, run.state() if math.isfinite(seconds) else None


def _resumed(block: Block, n_draws: int, state: State | None) -> tuple[Run, int]:
    """A run that goes on after n_draws, with that number; or a new one, with 0, if the state is not of this block."""
    if state is not None:
        try:
            return Run(block, state), n_draws
        except ValueError:
            # The state was written by another program: ignore it.
            pass
    return Run(block), 0


def _seconds(folder: Path | None) -> float:
    return math.inf if folder is None else SECONDS_PER_PART


@contextmanager
def _noting_block(block: Block) -> Iterator[None]:
    """Add a note that names the block to an exception raised within."""
    try:
        yield
    except Exception as error:
        first, last = block.chains[0], block.chains[-1]
        error.add_note(
            f"sampling {block.model!r} with {block.method} from temperature {first.temperature}, chain {first.number}, "
            f"to temperature {last.temperature}, chain {last.number}"
        )
        raise


def _how_to_resume(folder: Path | None) -> str:
    if folder is None:
        return "they are lost: with checkpoint=<a folder> the same call would compute only the others"
    return f"they are stored in {folder}: the same call, with a new pool if one broke, computes only the others"
